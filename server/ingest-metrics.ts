import type { MetricGroup } from '../runtime/metrics.ts';
import type { RunningIngest } from './ingest/ingest.ts';

type Found = Pick<RunningIngest, 'batches' | 'pendingEvents'>;

export function ingestMetrics(ingest: Found): MetricGroup<Found> {
  return {
    read: () => ingest,
    metrics: {
      scorewire_pending_events: {
        kind: 'gauge',
        help: 'Accepted events that the store has not settled',
        value: (read) => read.pendingEvents(),
      },
      scorewire_batch_operations: {
        kind: 'histogram',
        help: 'Operations of a batch that was given to the store',
        value: ({ batches }) => batches.operations,
      },
      scorewire_batch_seconds: {
        kind: 'histogram',
        help: 'What the store took for a batch',
        value: ({ batches }) => batches.seconds,
      },
    },
  };
}
