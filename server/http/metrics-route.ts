import { MetricsTextSchema } from '../../protocol/parameters.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { DescribedRoute, RouteDoc } from './route-doc.ts';

const EXAMPLE = `# HELP scorewire_connections Open WebSockets and streams of events
# TYPE scorewire_connections gauge
scorewire_connections 1204
`;

const METRICS: RouteDoc = {
  tag: 'Operation',
  summary: 'What the process counts, for Prometheus',
  description:
    'Of this process alone, and for whoever can reach it: no token is looked at. There are no names of boards, players or clients in it.',
  replies: {
    200: {
      description: 'The metrics',
      mediaType: 'text/plain',
      schema: MetricsTextSchema,
      example: EXAMPLE,
    },
  },
};

export function metricsRoute(metrics: Pick<Metrics, 'contentType' | 'text'>): DescribedRoute {
  const headers = {
    'content-type': metrics.contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  return {
    method: 'GET',
    pattern: '/metrics',
    doc: METRICS,
    handler: async () => ({ status: 200, headers, body: await metrics.text() }),
  };
}
