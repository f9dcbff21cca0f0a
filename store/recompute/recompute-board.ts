/**
 * The slow, simple, exact way to a board's scores: its partition's log is replayed into a shadow, the store is compared with it member by
 * member, and what differs is set right, while writes go on. Each part of the board is read atomically with the partition's position,
 * and the shadow is brought to exactly that position before the two are compared; from then on both follow the same log, so that a
 * member that was found right stays so. docs/operations.md tells operators what the answer means.
 */
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import { partitionOfBoard } from '../partitions.ts';
import { MAX_BATCH_OPERATIONS, type ScoreStore, type Stray } from '../score-store.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint-format.ts';
import { LogReplay, type Refusal, type Unprovable } from './log-replay.ts';
import { checkMembers, type Difference } from './member-check.ts';
import { type BoardState, ShadowBoard } from './shadow-board.ts';

/** Differences that are listed and logged, the first; all are counted and repaired. */
export const MAX_LISTED_DIFFERENCES = 100;
/** Members up to which a board gets a checkpoint: some ten megabytes in the store. */
export const MAX_CHECKPOINT_MEMBERS = 200_000;

export interface RecomputeDependencies {
  readonly store: Pick<
    ScoreStore,
    | 'partitions'
    | 'readLog'
    | 'readRecords'
    | 'scanMembers'
    | 'repairBoard'
    | 'removeStrays'
    | 'saveCheckpoint'
    | 'loadCheckpoint'
  >;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RecomputeOptions {
  readonly board: string;
  /** Default `MAX_CHECKPOINT_MEMBERS`. */
  readonly maxCheckpointMembers?: number;
}

export interface Recomputation {
  /** Members of the board, by its log and by the store. */
  readonly checked: number;
  /** Members that differed and were set right. */
  readonly corrected: number;
  /** Members that differed and could not be set right, being written too often or on no board; 0 where all is well. */
  readonly unsettled: number;
  readonly differences: readonly Difference[];
  /** Where the replay began: 0, or the position of the checkpoint. */
  readonly fromPosition: number;
  /** The position of the partition to which all of this holds. */
  readonly position: number;
  /**
   * Whether there is now a checkpoint, from which the board can be recomputed when the log has been trimmed. `not_saved`: the board
   * was removed in the last moment.
   */
  readonly checkpoint: 'saved' | 'board_too_large' | 'not_saved';
}

/** Rejects with `StoreUnavailableError`; what was repaired until then stays repaired. */
export async function recomputeBoard(
  deps: RecomputeDependencies,
  { board, maxCheckpointMembers = MAX_CHECKPOINT_MEMBERS }: RecomputeOptions,
): Promise<Recomputation | Refusal> {
  const { store, logger } = deps;
  const partition = partitionOfBoard(board, store.partitions);
  const start = await findStart(deps, partition, board);
  if ('refused' in start) return start;
  const shadow = new ShadowBoard(board, start.state);
  const replay = new LogReplay({ store, shadow }, { partition, position: start.position });
  const behind = await replay.advanceTo(start.end);
  if (behind !== undefined) return behind;

  const comparison = await compare(deps, { board, shadow, replay });
  if ('refused' in comparison) return comparison;
  const { position } = replay;
  const isSmall = shadow.total <= maxCheckpointMembers;
  const isSaved =
    isSmall && (await store.saveCheckpoint(board, { position, texts: formatCheckpoint(shadow) }));
  const { checked, corrected, unsettled } = comparison;
  logger.info({ board, position, checked, corrected, unsettled }, 'a board was recomputed from its log');
  const checkpoint = isSaved ? 'saved' : isSmall ? 'not_saved' : 'board_too_large';
  return { ...comparison, fromPosition: start.position, position, checkpoint };
}

interface Start {
  readonly position: number;
  readonly state: BoardState;
  /** The partition's position now. */
  readonly end: number;
}

/** The beginning of all, or the board's checkpoint where that has been trimmed. */
async function findStart(
  { store }: RecomputeDependencies,
  partition: number,
  board: string,
): Promise<Start | Refusal> {
  const { trimmedTo, position: end } = await store.readLog(partition, 0, 1);
  if (trimmedTo === 0) return { position: 0, state: { members: [] }, end };
  const checkpoint = await store.loadCheckpoint(board);
  const reason = `the log of partition ${partition} begins at position ${trimmedTo}`;
  if (checkpoint === undefined) {
    const { exists } = await store.readRecords(board, []);
    return exists ? unprovable(`${reason}, and the board's creation is unknown`) : notFound(board);
  }
  if (checkpoint.position < trimmedTo) {
    const last = checkpoint.texts.length === 0 ? 'creation' : 'last checkpoint';
    return unprovable(`${reason}, but the board's ${last} was at position ${checkpoint.position}`);
  }
  const state = parseCheckpoint(checkpoint.texts);
  if (state === undefined) return unprovable(`${reason}, and the board's checkpoint can't be read`);
  return { position: checkpoint.position, state, end };
}

function unprovable(what: string): Unprovable {
  const advice =
    'recompute while the log still reaches back to the last checkpoint of the board, which each recomputation leaves';
  return { refused: 'conflict', message: `${what}: what it has to be can't be proven; ${advice}` };
}

function notFound(board: string): Refusal {
  return { refused: 'not_found', message: `there is no board ${board}` };
}

interface Compared {
  readonly board: string;
  readonly shadow: ShadowBoard;
  readonly replay: LogReplay;
}

type Comparison = Pick<Recomputation, 'checked' | 'corrected' | 'unsettled' | 'differences'>;

async function compare(
  { store, clock, logger }: RecomputeDependencies,
  { board, shadow, replay }: Compared,
): Promise<Comparison | Refusal> {
  const differences: Difference[] = [];
  let [checked, found, unsettled] = [0, 0, 0];
  const onDifference = (difference: Difference): void => {
    found++;
    if (differences.length === MAX_LISTED_DIFFERENCES) return;
    differences.push(difference);
    logger.warn({ board, ...difference }, 'a score differs from what the log gives');
  };
  const check = async (members: readonly string[]): Promise<Unprovable | undefined> => {
    for (let from = 0; from < members.length; from += MAX_BATCH_OPERATIONS) {
      const some = members.slice(from, from + MAX_BATCH_OPERATIONS);
      const left = await checkMembers({ store, clock, replay, shadow, onDifference }, board, some);
      if (typeof left !== 'number') return afterRepairs(left, found - unsettled);
      checked += some.length;
      unsettled += left;
    }
    return undefined;
  };

  const removeStrays = async (strays: readonly Stray[]): Promise<void> => {
    for (let from = 0; from < strays.length; from += MAX_BATCH_OPERATIONS) {
      await store.removeStrays(board, strays.slice(from, from + MAX_BATCH_OPERATIONS), clock.now());
    }
  };

  const known = new Set(shadow.members());
  const refusal = await check([...known]);
  if (refusal !== undefined) return refusal;
  // Those that the log did not know are found by looking at everybody who is there; it may have come to know them by now.
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await store.scanMembers(board, cursor);
    const unknown = [...new Set(page.members)].filter((member) => !known.has(member));
    const stopped = await check(unknown);
    if (stopped !== undefined) return stopped;
    for (const member of unknown) known.add(member);
    for (const { member, score } of page.strays) onDifference({ member, found: { score } });
    // One that is not removed is a member's by now. The total, in the end, tells of what else may be left.
    if (page.strays.length > 0) await removeStrays(page.strays);
    cursor = page.next;
  }
  const { position, exists, total } = await store.readRecords(board, []);
  const last = await replay.advanceTo(position);
  if (last !== undefined) return afterRepairs(last, found - unsettled);
  if (!exists && shadow.config === undefined) return afterRepairs(notFound(board), found - unsettled);
  // What counts in a store and was not found on the way must not go untold.
  const strays = Math.abs(total - shadow.total);
  return { checked, corrected: found - unsettled, unsettled: Math.max(unsettled, strays), differences };
}

function afterRepairs<R extends Refusal>(refusal: R, corrected: number): R {
  if (corrected === 0) return refusal;
  return { ...refusal, message: `${refusal.message} (${corrected} members had been set right before)` };
}
