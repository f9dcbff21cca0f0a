import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';

/** The library and what it shows come from this server; nothing is asked of any other. */
SwaggerUI({
  dom_id: '#docs',
  url: '/openapi.json',
  deepLinking: true,
  // The badge of its maker's validator would send the document there.
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
