import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import {
  type BoardSummary,
  type CheckpointMove,
  MAX_BATCH_OPERATIONS,
  type ScoreStore,
} from '../score-store.ts';
import { compareBoard } from './board-comparison.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint-format.ts';
import { LogReplay, type Unprovable } from './log-replay.ts';
import { MAX_CHECKPOINT_MEMBERS, type RecomputeDependencies } from './recompute-board.ts';
import { ShadowBoard } from './shadow-board.ts';
import { boardsOf, ShadowBoards } from './shadow-boards.ts';

export type CheckpointStore = RecomputeDependencies['store'] &
  Pick<ScoreStore, 'listBoards' | 'readCheckpointPositions' | 'advanceCheckpoints'>;

export interface SweepDependencies {
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Rates results again. */
  readonly scoring: Scoring;
  /** Boards of the partition that the last sweep could not help, and why: told once. */
  readonly hopeless: Map<string, string>;
}

export interface SweepOptions {
  readonly partition: number;
  /** All boards of the partition. */
  readonly boards: readonly BoardSummary[];
  /** Boards whose checkpoint is this far behind get the next. */
  readonly lag: number;
}

interface Placed {
  readonly board: string;
  readonly total: number;
  /** Of the checkpoint. */
  readonly position: number;
}

/**
 * Gives every board of a partition whose checkpoint is old the next one. What the log has not named since keeps its checkpoint, which
 * only moves on. The others are brought forward from theirs by the log, together, as many as fit into memory; each is compared with
 * the store, set right where it differs, and saved. Gives the position up to which no checkpoint is behind.
 */
export async function sweepPartition(
  deps: SweepDependencies,
  { partition, boards, lag }: SweepOptions,
): Promise<number | Unprovable> {
  const { store } = deps;
  const { position: end, trimmedTo } = await store.readLog(partition, 0, 1);
  const placed = await place(deps, boards, trimmedTo);
  const old = placed.filter(({ position }) => end - position >= lag);
  if (old.length > 0) {
    const named = new Map<string, number>();
    const note = {
      replay: (entry: Parameters<typeof boardsOf>[0]) => {
        for (const board of boardsOf(entry)) named.set(board, entry.to);
      },
    };
    const reading = new LogReplay({ store, shadow: note }, { partition, position: oldestOf(old, end) });
    const unreadable = await reading.advanceTo(end);
    if (unreadable !== undefined) return unreadable;
    const isQuiet = ({ board, position }: Placed): boolean => (named.get(board) ?? 0) <= position;
    const quiet = old.filter(isQuiet).map(({ board, position }) => ({ board, from: position }));
    for (const moves of inBatches<CheckpointMove>(quiet)) await store.advanceCheckpoints(moves, end);
    for (const group of groupsOf(old.filter((each) => !isQuiet(each)))) {
      const refusal = await checkTogether(deps, { partition, group, end });
      if (refusal !== undefined) return refusal;
    }
  }
  return oldestOf(
    placed.filter(({ position }) => end - position < lag),
    end,
  );
}

/** Where the checkpoints stand of those boards that can have another. */
async function place(
  { store, logger, hopeless }: SweepDependencies,
  boards: readonly BoardSummary[],
  trimmedTo: number,
): Promise<Placed[]> {
  const placed: Placed[] = [];
  const told = new Map(hopeless);
  hopeless.clear();
  for (const some of inBatches(boards)) {
    const positions = await store.readCheckpointPositions(some.map(({ id }) => id));
    for (const [index, { id: board, total }] of some.entries()) {
      const position = positions[index];
      // It has been removed since it was listed.
      if (position === undefined) continue;
      const why = hopelessness(position, total, trimmedTo);
      if (why === undefined) {
        placed.push({ board, total, position });
        continue;
      }
      hopeless.set(board, why);
      if (told.get(board) !== why) logger.error({ board }, `a board gets no checkpoint: ${why}`);
    }
  }
  return placed;
}

function hopelessness(position: number, total: number, trimmedTo: number): string | undefined {
  if (total > MAX_CHECKPOINT_MEMBERS) return `it has more than ${MAX_CHECKPOINT_MEMBERS} members`;
  if (position < trimmedTo) return 'the log no longer reaches back to its last one';
  return undefined;
}

interface Group {
  readonly partition: number;
  readonly group: readonly Placed[];
  readonly end: number;
}

/** The log is read once for all of them. */
async function checkTogether(
  deps: SweepDependencies,
  { partition, group, end }: Group,
): Promise<Unprovable | undefined> {
  const { store, logger } = deps;
  const shadows = new ShadowBoards();
  let first = end;
  for (const { board } of group) {
    const checkpoint = await store.loadCheckpoint(board);
    // It has been removed, or somebody has just recomputed it.
    if (checkpoint === undefined || checkpoint.position >= end) continue;
    const state = await parseCheckpoint(checkpoint.texts);
    if (state === undefined) {
      logger.error({ board }, "a board's checkpoint can't be read: recompute it while the log is whole");
      continue;
    }
    shadows.add(
      board,
      await ShadowBoard.restored(board, state, { scoring: deps.scoring }),
      checkpoint.position,
    );
    first = Math.min(first, checkpoint.position);
  }
  const replay = new LogReplay({ store, shadow: shadows }, { partition, position: first });
  const behind = await replay.advanceTo(end);
  if (behind !== undefined) return behind;
  for (const [board, { shadow }] of shadows.boards) {
    const comparison = await compareBoard(deps, { board, shadow, replay });
    if ('refused' in comparison) {
      if (comparison.refused === 'not_found') continue;
      return comparison;
    }
    const { corrected, unsettled } = comparison;
    if (corrected + unsettled > 0) {
      const message = 'scores differed from what the log gives; what could be was set right';
      logger.error({ board, corrected, unsettled }, message);
    }
    const texts = await formatCheckpoint(shadow);
    await store.saveCheckpoint(board, { position: replay.position, texts });
  }
  return undefined;
}

/** As many boards at once as have no more members together than the largest that gets a checkpoint. */
function* groupsOf(boards: readonly Placed[]): Generator<readonly Placed[]> {
  let group: Placed[] = [];
  let members = 0;
  for (const each of boards) {
    if (members + each.total > MAX_CHECKPOINT_MEMBERS || group.length === MAX_BATCH_OPERATIONS) {
      yield group;
      [group, members] = [[], 0];
    }
    group.push(each);
    members += each.total;
  }
  if (group.length > 0) yield group;
}

function* inBatches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += MAX_BATCH_OPERATIONS) {
    yield all.slice(from, from + MAX_BATCH_OPERATIONS);
  }
}

function oldestOf(boards: readonly Placed[], end: number): number {
  return boards.reduce((oldest, { position }) => Math.min(oldest, position), end);
}
