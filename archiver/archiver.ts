/**
 * Copies the log of every partition into the archive, for ever: what is acknowledged stays where analysts can ask for it, also after the
 * log was trimmed. It only reads the store. Any number of archivers may run: one of them has the archive open, the others stand by.
 * A kill at any moment loses and doubles nothing, since rows and position change together, and whoever comes next goes on from there.
 */
import type { Clock } from '../runtime/clock.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ScoreStore } from '../store/score-store.ts';
import { type Archive, ArchiveError } from './archive.ts';
import type { ArchiverOptions } from './archiver-options.ts';
import { Copier } from './copier.ts';
import { type ArchiverStats, type FailedPart, Progress } from './progress.ts';

export interface ArchiverDependencies {
  readonly store: Pick<ScoreStore, 'readLog' | 'partitions'>;
  readonly archive: Archive;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Archiver extends Service {
  stats(): ArchiverStats;
}

/** `start` does not wait for the archive; `stop` resolves after the transaction that is under way. */
export function createArchiver(
  { store, archive, clock, logger }: ArchiverDependencies,
  { intervalMs, retryMs, stopMs, limits }: ArchiverOptions,
): Archiver {
  const progress = new Progress();
  const [firstRetryMs, longestRetryMs] = retryMs;
  let copier: Copier | undefined;
  let isStandby = false;
  let nextRetryMs = firstRetryMs;
  /** Since when each part fails is told once, and when it works again. */
  const failing = new Set<FailedPart>();
  let ended = false;
  let wake = (): void => undefined;
  let running: Promise<void> | undefined;

  async function open(): Promise<Copier | undefined> {
    const reached = await archive.open(store.partitions);
    if (reached === undefined) {
      if (!isStandby) logger.info({}, 'another archiver writes: this one stands by');
      isStandby = true;
      progress.standBy();
      return undefined;
    }
    isStandby = false;
    logger.info({}, 'this archiver writes from now on');
    return new Copier({ store, archive, clock, logger, progress }, limits, reached);
  }

  /** Gives how long to rest. */
  async function turn(): Promise<number> {
    copier ??= await open();
    if (copier === undefined) return intervalMs;
    const more = await copier.round(() => ended);
    if (!more) await archive.confirm();
    return more ? 0 : intervalMs;
  }

  async function leave(): Promise<void> {
    copier = undefined;
    await archive.close().catch(() => undefined);
  }

  /** Whatever it was: a defect must not end the process, which may serve others too. */
  async function fail(error: unknown): Promise<number> {
    const part: FailedPart = error instanceof ArchiveError ? 'archive' : 'store';
    progress.fail(part);
    if (!failing.has(part)) logger.error({ err: error }, `archiving waits until the ${part} answers`);
    failing.add(part);
    // What became of the last change is in doubt, so all is asked again. A store that is away is no reason to give up the archive.
    if (part === 'archive') await leave();
    else await archive.confirm().catch(leave);
    const pause = nextRetryMs;
    nextRetryMs = Math.min(2 * nextRetryMs, longestRetryMs);
    return pause;
  }

  function succeed(): void {
    nextRetryMs = firstRetryMs;
    for (const part of failing) logger.info({}, `the ${part} answers again`);
    failing.clear();
  }

  async function run(): Promise<void> {
    while (!ended) {
      const pause = await turn().then(
        (ms) => {
          succeed();
          return ms;
        },
        (error: unknown) => fail(error),
      );
      await rest(pause);
    }
    await leave();
  }

  function rest(ms: number): Promise<void> {
    if (ended) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  return {
    start: async () => {
      running ??= run();
    },
    stop: async () => {
      ended = true;
      wake();
      // An archive that does not answer is left: what was under way is in it, or not at all.
      const cancel = clock.after(stopMs, () => void archive.close().catch(() => undefined));
      await running;
      cancel();
    },
    stats: () => ({
      active: copier !== undefined,
      lagOperations: progress.lagOperations(),
      lagSeconds: progress.lagSeconds(clock.now()),
      operations: progress.operations,
      batchSeconds: progress.batchSeconds,
      gapOperations: progress.gapOperations,
      lostOperations: progress.lostOperations,
      failures: progress.failures,
    }),
  };
}
