import { HealthReplySchema, ReadyReplySchema } from '../../protocol/replies.ts';
import { answer } from './formats.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

/** What this process needs to be of use; the problems are for operators to read. */
export interface Health {
  ready(): { readonly ready: boolean; readonly problems: readonly string[]; readonly probeAgeMs: number };
}

const HEALTH: RouteDoc = {
  tag: 'Operation',
  summary: 'Whether the process runs',
  replies: { 200: { description: 'It does', schema: HealthReplySchema, example: { status: 'ok' } } },
};

const READY: RouteDoc = {
  tag: 'Operation',
  summary: 'Whether the node can serve',
  replies: {
    200: {
      description: 'It can',
      schema: ReadyReplySchema,
      example: { ready: true, problems: [], probeAgeMs: 640 },
    },
    503: {
      description: 'It cannot, and why',
      schema: ReadyReplySchema,
      example: { ready: false, problems: ["the score store can't be reached"], probeAgeMs: 4120 },
    },
  },
};

/** `/healthz` says that the process runs (else restart it), `/readyz` that it can serve (else send nobody here). */
export function healthRoutes(health: Health): readonly DescribedRoute[] {
  return [
    {
      method: 'GET',
      pattern: '/healthz',
      doc: HEALTH,
      handler: (request) => answer(request, { status: 'ok' }),
    },
    {
      method: 'GET',
      pattern: '/readyz',
      doc: READY,
      handler: (request) => {
        const { ready, ...details } = health.ready();
        const reply = answer(request, { ready, ...details }, ready ? 200 : 503);
        return ready ? reply : { ...reply, headers: { ...reply.headers, 'retry-after': '1' } };
      },
    },
  ];
}
