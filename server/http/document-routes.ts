import { asyncApiDocument } from '../documents/asyncapi.ts';
import { openApiDocument } from '../documents/openapi.ts';
import type { HttpRoute } from '../transport/http-types.ts';
import type { DescribedRoute } from './route-doc.ts';

/** The descriptions that programs read; people read the first one at `/docs`, which is a page like the others. */
export function documentRoutes(routes: readonly DescribedRoute[]): readonly HttpRoute[] {
  return [
    documentRoute('/openapi.json', openApiDocument(routes)),
    documentRoute('/asyncapi.json', asyncApiDocument()),
  ];
}

function documentRoute(pattern: string, document: object): HttpRoute {
  const reply = {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      // Tools of any site may read how to speak with us; there is nothing secret in it.
      'access-control-allow-origin': '*',
    },
    body: JSON.stringify(document),
  };
  return { method: 'GET', pattern, handler: () => reply };
}
