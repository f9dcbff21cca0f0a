import type { RecordableHistogram } from 'node:perf_hooks';
import { loopDelays } from './clock.ts';
import type { MetricGroup, NumberMetric } from './metrics.ts';

/** Seconds by which the event loop came later to a timer than it was asked to, since this was last read. */
export type LoopLag = Readonly<Record<(typeof SHOWN)[number], number>>;

const SHOWN = ['mean', 'max', 'p50', 'p90', 'p99'] as const;

type Delays = Pick<RecordableHistogram, 'count' | 'mean' | 'max' | 'percentile' | 'reset'>;

/**
 * Lag is seen by waking up again and again. The library does so a hundred times a second, which costs a process that has nothing to do more than all
 * the rest of it; so it is seen where the process wakes up anyway.
 */
export function loopLag(seen: Delays = loopDelays): MetricGroup<LoopLag> {
  const lag = (nanoseconds: number): number => nanoseconds / 1e9;
  const gauge = (shown: keyof LoopLag): NumberMetric<LoopLag> => ({
    kind: 'gauge',
    help: `Lag of the event loop since it was last read, ${shown}`,
    value: (found) => found[shown],
  });
  return {
    read: () => {
      const found: LoopLag = {
        // Before anything was seen it is no number.
        mean: seen.count === 0 ? 0 : lag(seen.mean),
        max: lag(seen.max),
        p50: lag(seen.percentile(50)),
        p90: lag(seen.percentile(90)),
        p99: lag(seen.percentile(99)),
      };
      seen.reset();
      return found;
    },
    metrics: Object.fromEntries(
      SHOWN.map((shown) => [`nodejs_eventloop_lag_${shown}_seconds`, gauge(shown)]),
    ),
  };
}
