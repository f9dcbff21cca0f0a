/**
 * Takes checkpoints by itself, before the log is trimmed beyond the last ones, so that every board can be recomputed at any time. Beside
 * it, everything that scores depend on goes on: it works a fifth of the time at most, in small steps, and looks rarely. One process
 * does it for a partition at a time, whoever owns it; two at once would do no harm, since a repair is made only where a member stands
 * as it was found, and an earlier checkpoint never takes the place of a later one.
 */
import type { Clock } from '../../runtime/clock.ts';
import { OperatingError } from '../../runtime/errors.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import { partitionOfBoard } from '../partitions.ts';
import type { BoardSummary } from '../score-store.ts';
import type { CheckpointStore } from './checkpoint-places.ts';
import { sweepPartition } from './checkpoint-sweep.ts';
import { Obstacles } from './obstacles.ts';
import { Pace, PaceEnded } from './pace.ts';

/** A partition is swept when its oldest checkpoint is as far behind as this share of what its log keeps. */
const SWEPT_AFTER_SHARE = 1 / 4;
/** A sweep leaves out boards that have a checkpoint not older than this share. */
const FRESH_SHARE = 1 / 8;
const BOARDS_PER_PAGE = 500;
/** After any position: a page of the log without entries. */
const END_OF_LOG = Number.MAX_SAFE_INTEGER - 1;

export interface CheckpointKeeperDependencies {
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Rates results again. */
  readonly scoring: Scoring;
  /** Whether it is this process that looks after the partition. Asked before each step. */
  readonly mayWorkOn: (partition: number) => boolean;
}

export interface CheckpointKeeperOptions {
  /** Milliseconds between two looks at the positions of all partitions. */
  readonly intervalMs: number;
  /** Operations that the log of a partition keeps at least. */
  readonly logOperations: number;
}

/** `stop` resolves after the call of the store that is under way. */
export function createCheckpointKeeper(
  { store, clock, logger, scoring, mayWorkOn }: CheckpointKeeperDependencies,
  { intervalMs, logOperations }: CheckpointKeeperOptions,
): Service {
  /** What the present steps are for. */
  let partitionAtWork: number | undefined;
  const pace = new Pace({
    clock,
    mayWork: () => partitionAtWork === undefined || mayWorkOn(partitionAtWork),
  });
  const paced = inPace(store, pace);
  /** Of each partition: no checkpoint is behind this position, but those that can't be helped. */
  const keptTo = Array.from({ length: store.partitions }, () => 0);
  const obstacles = keptTo.map(() => new Obstacles(logger));
  let isAnswered = true;
  let running: Promise<void> | undefined;

  /** With the position that was seen, since boards that are listed later may have begun right after it. */
  async function findDue(): Promise<Map<number, number>> {
    const due = new Map<number, number>();
    for (const [partition, kept] of keptTo.entries()) {
      if (!mayWorkOn(partition)) continue;
      partitionAtWork = partition;
      const { position } = await paced.readLog(partition, END_OF_LOG, 1);
      // The store may have been restored to an earlier position.
      const from = position < kept ? 0 : kept;
      keptTo[partition] = from;
      if (position - from >= Math.max(1, logOperations * SWEPT_AFTER_SHARE)) due.set(partition, position);
    }
    return due;
  }

  async function listBoards(): Promise<Map<number, BoardSummary[]>> {
    const boards = new Map<number, BoardSummary[]>();
    for (let after: string | undefined, more = true; more; ) {
      const page = await paced.listBoards({
        limit: BOARDS_PER_PAGE,
        ...(after === undefined ? {} : { after }),
      });
      for (const board of page) {
        const partition = partitionOfBoard(board.id, store.partitions);
        const known = boards.get(partition);
        if (known === undefined) boards.set(partition, [board]);
        else known.push(board);
      }
      after = page.at(-1)?.id;
      more = page.length === BOARDS_PER_PAGE;
    }
    return boards;
  }

  async function sweep(partition: number, seen: number, boards: readonly BoardSummary[]): Promise<void> {
    if (!mayWorkOn(partition)) return;
    partitionAtWork = partition;
    const known = obstacles[partition] ?? new Obstacles(logger);
    const swept = await sweepPartition(
      { store: paced, clock, logger, scoring, obstacles: known },
      { partition, boards, lag: Math.max(1, logOperations * FRESH_SHARE) },
    );
    if (typeof swept === 'number') keptTo[partition] = Math.min(swept, seen);
    else giveUp(partition, seen, { why: swept.message });
  }

  /** For now: at once it would most likely fail again. */
  function giveUp(partition: number, seen: number, reason: object): void {
    keptTo[partition] = seen;
    logger.error({ partition, ...reason }, 'checkpoints could not be taken');
  }

  /** A log that was tampered with must not end the process. */
  async function trySweep(partition: number, seen: number, boards: readonly BoardSummary[]): Promise<void> {
    try {
      await sweep(partition, seen, boards);
    } catch (error) {
      if (error instanceof OperatingError || error instanceof PaceEnded) throw error;
      giveUp(partition, seen, { err: error });
    }
  }

  async function round(): Promise<void> {
    const due = await findDue();
    if (due.size === 0) return;
    partitionAtWork = undefined;
    const boards = await listBoards();
    for (const [partition, seen] of due) await trySweep(partition, seen, boards.get(partition) ?? []);
  }

  async function run(): Promise<void> {
    while (await pace.rest(intervalMs)) {
      try {
        await round();
        isAnswered = true;
      } catch (error) {
        if (error instanceof PaceEnded) continue;
        if (isAnswered) logger.warn({ err: error }, 'checkpoints wait until the store answers');
        isAnswered = false;
      }
    }
  }

  return {
    start: async () => {
      running ??= run();
    },
    stop: async () => {
      pace.end();
      await running;
    },
  };
}

/** The same store, each of whose calls waits for its time. */
function inPace(store: CheckpointStore, pace: Pace): CheckpointStore {
  const paced =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await pace.breathe();
      return call(...args);
    };
  return {
    partitions: store.partitions,
    readLog: paced((...args) => store.readLog(...args)),
    readRecords: paced((...args) => store.readRecords(...args)),
    scanMembers: paced((...args) => store.scanMembers(...args)),
    repairBoard: paced((...args) => store.repairBoard(...args)),
    removeStrays: paced((...args) => store.removeStrays(...args)),
    saveCheckpoint: paced((...args) => store.saveCheckpoint(...args)),
    loadCheckpoint: paced((...args) => store.loadCheckpoint(...args)),
    readCreation: paced((...args) => store.readCreation(...args)),
    readConfigs: paced((...args) => store.readConfigs(...args)),
    listWindows: paced((...args) => store.listWindows(...args)),
    listBoards: paced((...args) => store.listBoards(...args)),
    readCheckpointPositions: paced((...args) => store.readCheckpointPositions(...args)),
    advanceCheckpoints: paced((...args) => store.advanceCheckpoints(...args)),
  };
}
