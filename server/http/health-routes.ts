import type { HttpRoute } from '../transport/http-types.ts';
import { answer } from './formats.ts';

/** What this process needs to be of use; the problems are for operators to read. */
export interface Health {
  ready(): { readonly ready: boolean; readonly problems: readonly string[] };
}

/** `/healthz` says that the process runs (else restart it), `/readyz` that it can serve (else send nobody here). */
export function healthRoutes(health: Health): readonly HttpRoute[] {
  return [
    { method: 'GET', pattern: '/healthz', handler: (request) => answer(request, { status: 'ok' }) },
    {
      method: 'GET',
      pattern: '/readyz',
      handler: (request) => {
        const { ready, problems } = health.ready();
        const reply = answer(request, { ready, problems }, ready ? 200 : 503);
        return ready ? reply : { ...reply, headers: { ...reply.headers, 'retry-after': '1' } };
      },
    },
  ];
}
