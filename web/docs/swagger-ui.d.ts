/** As much of the library as the page uses; it brings no types. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  function SwaggerUI(options: {
    readonly dom_id: string;
    readonly url: string;
    readonly deepLinking: boolean;
    readonly validatorUrl: null;
    readonly defaultModelsExpandDepth: number;
  }): void;

  export { SwaggerUI as default };
}
