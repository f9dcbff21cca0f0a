import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricGroup, NumberMetric } from './metrics.ts';

/** Seconds by which the event loop came later to a timer than it was asked to, since this was last read. */
export type LoopLag = Readonly<Record<(typeof SHOWN)[number], number>>;

/**
 * Lag is seen by waking up again and again. The library does so a hundred times a second, which costs a process that has nothing to do more than all
 * the rest of it.
 */
const EVERY_MS = 100;
const SHOWN = ['mean', 'max', 'p50', 'p90', 'p99'] as const;

type Delays = Pick<IntervalHistogram, 'count' | 'mean' | 'max' | 'percentile' | 'reset'>;

export function loopLag(seen: Delays = watch()): MetricGroup<LoopLag> {
  // What is seen is the time from one waking to the next, in nanoseconds.
  const lag = (between: number): number => Math.max(0, between / 1e9 - EVERY_MS / 1000);
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

function watch(): Delays {
  const delays = monitorEventLoopDelay({ resolution: EVERY_MS });
  delays.enable();
  return delays;
}
