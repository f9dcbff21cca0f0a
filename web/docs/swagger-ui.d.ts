/** As much of the library as the page uses; it brings no types. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  function SwaggerUI(options: {
    readonly dom_id: string;
    readonly url: string;
    readonly deepLinking: boolean;
    readonly validatorUrl: null;
    readonly defaultModelsExpandDepth: number;
  }): void;

  // biome-ignore lint/style/noDefaultExport: this is how the library exports it
  export { SwaggerUI as default };
}
