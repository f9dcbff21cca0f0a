/**
 * The slow, simple, exact way to a board's scores: its partition's log is replayed into a shadow, the store is compared with it member by
 * member, and what differs is set right, while writes go on. Each part of the board is read atomically with the partition's position,
 * and the shadow is brought to exactly that position before the two are compared; from then on both follow the same log, so that a
 * member that was found right stays so. docs/operations.md tells operators what the answer means.
 */
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import { partitionOfBoard } from '../partitions.ts';
import type { ScoreStore } from '../score-store.ts';
import { type Comparison, compareBoard } from './board-comparison.ts';
import { type BoardStart, findStart } from './board-start.ts';
import { formatCheckpoint } from './checkpoint-format.ts';
import { LogReplay, type Refusal } from './log-replay.ts';
import { ShadowBoard } from './shadow-board.ts';

/** Members up to which a board gets a checkpoint: some ten megabytes in the store. */
export const MAX_CHECKPOINT_MEMBERS = 200_000;

/** Of all. */
const BEGINNING: BoardStart = { position: 0, state: { members: [] } };

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
    | 'readCreation'
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

export interface Recomputation extends Comparison {
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
  const { trimmedTo, position: end } = await store.readLog(partition, 0, 1);
  const start = trimmedTo === 0 ? BEGINNING : await findStart(deps, board, trimmedTo);
  if ('refused' in start) return start;
  const rules = { scoring: deps.scoring, newConfig: start.newConfig };
  const shadow = await ShadowBoard.restored(board, start.state, rules);
  const replay = new LogReplay({ store, shadow }, { partition, position: start.position });
  const behind = await replay.advanceTo(end);
  if (behind !== undefined) return behind;

  const comparison = await compareBoard(deps, { board, shadow, replay });
  if ('refused' in comparison) return comparison;
  const { position } = replay;
  const isSmall = shadow.total <= maxCheckpointMembers;
  const isSaved =
    isSmall && (await store.saveCheckpoint(board, { position, texts: await formatCheckpoint(shadow) }));
  const { checked, corrected, unsettled } = comparison;
  logger.info({ board, position, checked, corrected, unsettled }, 'a board was recomputed from its log');
  const checkpoint = isSaved ? 'saved' : isSmall ? 'not_saved' : 'board_too_large';
  return { ...comparison, fromPosition: start.position, position, checkpoint };
}
