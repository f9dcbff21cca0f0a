import type { MetricGroup, NumberMetric } from '../runtime/metrics.ts';
import type { Archiver } from './archiver.ts';
import type { ArchiverStats } from './progress.ts';

const number = (
  kind: 'counter' | 'gauge',
  help: string,
  value: (stats: ArchiverStats) => number,
): NumberMetric<ArchiverStats> => ({ kind, help, value });

export function archiverMetrics(archiver: Pick<Archiver, 'stats'>): MetricGroup<ArchiverStats> {
  return {
    read: () => archiver.stats(),
    metrics: {
      scorewire_archiver_active: number('gauge', '1 while this process is the one that archives', (stats) =>
        Number(stats.active),
      ),
      scorewire_archiver_lag_operations: number(
        'gauge',
        'Operations that were in the log at the last look and are not archived',
        (stats) => stats.lagOperations,
      ),
      scorewire_archiver_lag_seconds: number(
        'gauge',
        'For how long something may have been waiting to be archived',
        (stats) => stats.lagSeconds,
      ),
      scorewire_archiver_operations_total: number(
        'counter',
        'Operations that were archived',
        (stats) => stats.operations,
      ),
      scorewire_archiver_batch_seconds: {
        kind: 'histogram',
        help: 'What the archive took for a transaction of operations',
        value: (stats) => stats.batchSeconds,
      },
      scorewire_archiver_gap_operations_total: number(
        'counter',
        'Operations that were trimmed before they were archived',
        (stats) => stats.gapOperations,
      ),
      scorewire_archiver_lost_operations_total: number(
        'counter',
        'Archived operations that were put aside, since the store has lost them',
        (stats) => stats.lostOperations,
      ),
      scorewire_archiver_failures_total: {
        kind: 'counter',
        help: 'Failed attempts, by what failed',
        labels: ['part'],
        value: (stats) => [...stats.failures].map(([part, count]) => [{ part }, count] as const),
      },
    },
  };
}
