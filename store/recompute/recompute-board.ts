/**
 * The slow, simple, exact way to a board's scores: its partition's log is replayed into a shadow, the store is compared with it member by
 * member, and what differs is set right, while writes go on. Each part of the board is read atomically with the partition's position,
 * and the shadow is brought to exactly that position before the two are compared; from then on both follow the same log, so that a
 * member that was found right stays so. docs/operations.md tells operators what the answer means.
 */
import type { BoardConfig } from '../../protocol/boards.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import { baseOf, partitionOfBoard } from '../partitions.ts';
import { MAX_BATCH_OPERATIONS, type ScoreStore } from '../score-store.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint-format.ts';
import { LogReplay, type Unprovable } from './log-replay.ts';
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
    | 'saveCheckpoint'
    | 'loadCheckpoint'
    | 'readConfigs'
    | 'listWindows'
  >;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Rates results again. */
  readonly scoring: Scoring;
}

export interface RecomputeOptions {
  /** Or one of its windows. */
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
  /** Whether there is now a checkpoint, from which the board can be recomputed when the log has been trimmed. */
  readonly checkpoint: 'saved' | 'board_too_large';
}

/** Rejects with `StoreUnavailableError`; what was repaired until then stays repaired. */
export async function recomputeBoard(
  deps: RecomputeDependencies,
  { board, maxCheckpointMembers = MAX_CHECKPOINT_MEMBERS }: RecomputeOptions,
): Promise<Recomputation | Unprovable> {
  const { store, logger } = deps;
  const partition = partitionOfBoard(board, store.partitions);
  const start = await findStart(deps, partition, board);
  if ('refused' in start) return start;
  const shadow = new ShadowBoard(board, start.state, { scoring: deps.scoring, newConfig: start.newConfig });
  const replay = new LogReplay({ store, shadow }, { partition, position: start.position });
  const behind = await replay.advanceTo(start.end);
  if (behind !== undefined) return behind;

  const comparison = await compare(deps, { board, shadow, replay });
  if ('refused' in comparison) return comparison;
  const { position } = replay;
  const isSmall = shadow.total <= maxCheckpointMembers;
  if (isSmall) await store.saveCheckpoint(board, { position, texts: formatCheckpoint(shadow) });
  const { checked, corrected, unsettled } = comparison;
  logger.info({ board, position, checked, corrected, unsettled }, 'a board was recomputed from its log');
  const checkpoint = isSmall ? 'saved' : 'board_too_large';
  return { ...comparison, fromPosition: start.position, position, checkpoint };
}

interface Start {
  readonly position: number;
  readonly state: BoardState;
  /** The settings with which it would come into being then; absent: the defaults. */
  readonly newConfig?: BoardConfig;
  /** The partition's position now. */
  readonly end: number;
}

/** The beginning of all, or the board's checkpoint where that has been trimmed. */
async function findStart(
  { store }: RecomputeDependencies,
  partition: number,
  board: string,
): Promise<Start | Unprovable> {
  const { trimmedTo, position: end } = await store.readLog(partition, 0, 1);
  if (trimmedTo === 0) return { position: 0, state: { members: [] }, end };
  const checkpoint = await store.loadCheckpoint(board);
  const reason = `the log of partition ${partition} begins at position ${trimmedTo}`;
  if (checkpoint === undefined) return unprovable(`${reason}, and the store does not know of the board`);
  if (checkpoint.position < trimmedTo) {
    const last = checkpoint.texts.length === 0 ? 'creation' : 'last checkpoint';
    return unprovable(`${reason}, but the board's ${last} was at position ${checkpoint.position}`);
  }
  const state = parseCheckpoint(checkpoint.texts);
  if (state === undefined) return unprovable(`${reason}, and the board's checkpoint can't be read`);
  const { position } = checkpoint;
  if (baseOf(board) === board) return { position, state, end };
  // What order and ties are now, they were when the window got its first member: no change is possible while it has one.
  const [newConfig] = await store.readConfigs([baseOf(board)]);
  return { position, state, end, ...(newConfig === undefined ? {} : { newConfig }) };
}

function unprovable(what: string): Unprovable {
  const advice =
    'recompute while the log still reaches back to the last checkpoint of the board, which each recomputation leaves';
  return { refused: 'conflict', message: `${what}: what it has to be can't be proven; ${advice}` };
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
): Promise<Comparison | Unprovable> {
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
    cursor = page.next;
  }
  const { position, total } = await store.readRecords(board, []);
  const last = await replay.advanceTo(position);
  if (last !== undefined) return afterRepairs(last, found - unsettled);
  // What stands in a store without being anybody's can't be repaired by member, but must not go untold.
  const strays = Math.abs(total - shadow.total);
  return { checked, corrected: found - unsettled, unsettled: Math.max(unsettled, strays), differences };
}

function afterRepairs(refusal: Unprovable, corrected: number): Unprovable {
  if (corrected === 0) return refusal;
  return { ...refusal, message: `${refusal.message} (${corrected} members had been set right before)` };
}
