import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ScoreStore } from '../store/score-store.ts';

interface ProberDeps {
  readonly store: Pick<ScoreStore, 'writeProbes' | 'state'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Those that are certainly ours, and none while nobody watches probes. */
  readonly partitions: () => readonly number[];
}

export interface Prober {
  /** Nothing is written any more; resolves when the running call is done. */
  stop(): Promise<void>;
}

/**
 * Writes into partitions that may have nothing else to tell, so that silence always means that something is broken. What a heartbeat does not
 * prove is proved by what becomes of this: that writes become dirty names, that ticks take and read them, that gateways
 * are heard, and that they are answered.
 */
export function startProber(
  { store, clock, logger, partitions }: ProberDeps,
  { periodMs }: { readonly periodMs: number },
): Prober {
  let cancelTimer = (): void => undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  const arm = (): void => {
    if (stopped || periodMs === 0) return;
    const begin = (): void => {
      running = write().then(arm);
    };
    cancelTimer = clock.after(periodMs, begin, 'about');
  };
  const write = async (): Promise<void> => {
    const ours = partitions();
    if (ours.length === 0 || store.state !== 'up') return;
    try {
      await store.writeProbes(ours, clock.now());
    } catch (error) {
      // Gateways see that it stays away; the ticks tell of the same outage.
      logger.debug({ err: error }, 'probes could not be written');
    }
  };

  arm();
  return {
    stop: () => {
      stopped = true;
      cancelTimer();
      return running;
    },
  };
}
