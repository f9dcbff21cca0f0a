import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ScoreStore } from '../store/score-store.ts';
import type { Counters } from './broadcaster-types.ts';

interface SweeperDeps {
  readonly store: Pick<ScoreStore, 'sweep' | 'state'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** Those that are certainly ours. Two who sweep the same do no harm, only the work twice. */
  readonly partitions: () => readonly number[];
  readonly maySweep: (partition: number) => boolean;
}

interface SweeperOptions {
  /** From the end of one round to the beginning of the next. */
  readonly pauseMs: number;
  /** Sessions and windows that one call ends at most, so that no call holds up the partition for long. */
  readonly limit: number;
}

export interface Sweeper {
  /** No call begins any more; resolves when the running one is done. */
  stop(): Promise<void>;
}

/**
 * Ends in the background what is over: sessions that nobody has renewed, windows that nobody needs any more. One partition after the
 * other, and those that have more in turns, so that none has to wait for a very full one. What it changes is marked dirty, and so the ticks tell it.
 */
export function startSweeper(deps: SweeperDeps, { pauseMs, limit }: SweeperOptions): Sweeper {
  const { store, clock, logger, counters, partitions, maySweep } = deps;
  let stopped = false;
  let isFailing = false;
  let cancelTimer = (): void => undefined;
  let running: Promise<void> = Promise.resolve();

  function arm(): void {
    if (stopped) return;
    const begin = (): void => {
      const { sweptSessions, sweptWindows } = counters;
      running = round()
        .catch((error: unknown) => logger.error({ err: error }, 'a round of sweeping failed'))
        .then(() => {
          tell(counters.sweptSessions - sweptSessions, counters.sweptWindows - sweptWindows);
          arm();
        });
    };
    cancelTimer = clock.after(pauseMs, begin, 'about');
  }

  /** Sessions end all the time; windows a few times a day, and their scores are gone. */
  function tell(sessions: number, windows: number): void {
    if (sessions + windows === 0) return;
    logger[windows > 0 ? 'info' : 'debug']({ sessions, windows }, 'what was over has been ended');
  }

  async function round(): Promise<void> {
    let failures = 0;
    for (let left = partitions(); left.length > 0; ) {
      const full: number[] = [];
      for (const partition of left) {
        if (stopped || store.state !== 'up') return;
        if (!maySweep(partition)) continue;
        const outcome = await sweep(partition);
        if (outcome === 'failed') failures += 1;
        else if (outcome === 'more') full.push(partition);
      }
      left = full;
    }
    if (failures === 0 && isFailing) logger.info({}, 'sweeping works again');
    isFailing = failures > 0;
  }

  /** One warning per outage. What was not swept is still there in the next round. */
  async function sweep(partition: number): Promise<'done' | 'more' | 'failed'> {
    try {
      const { sessions, windows, more } = await store.sweep(partition, clock.now(), limit);
      counters.sweptSessions += sessions;
      counters.sweptWindows += windows;
      // Having found nothing and yet more would never end.
      return more && sessions + windows > 0 ? 'more' : 'done';
    } catch (error) {
      counters.failedSweeps += 1;
      if (!isFailing) logger.warn({ err: error, partition }, 'sweeping failed; it is tried again');
      isFailing = true;
      return 'failed';
    }
  }

  arm();
  return {
    stop: () => {
      stopped = true;
      cancelTimer();
      return running;
    },
  };
}
