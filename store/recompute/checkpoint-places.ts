import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import { type BoardSummary, MAX_BATCH_OPERATIONS, type ScoreStore } from '../score-store.ts';
import type { Obstacles } from './obstacles.ts';
import { MAX_CHECKPOINT_MEMBERS, type RecomputeDependencies } from './recompute-board.ts';

export type CheckpointStore = RecomputeDependencies['store'] &
  Pick<ScoreStore, 'listBoards' | 'readCheckpointPositions' | 'advanceCheckpoints'>;

export interface SweepDependencies {
  readonly store: CheckpointStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Rates results again. */
  readonly scoring: Scoring;
  /** Of the partition. */
  readonly obstacles: Obstacles;
}

/** A board, or a window of one, that can have another checkpoint. */
export interface Placed {
  readonly board: string;
  /** Members; unknown for a window. */
  readonly total: number | undefined;
  /** Of its checkpoint; of its creation where that is damaged. */
  readonly position: number;
  /** It wants the next one. */
  readonly isOld: boolean;
}

export interface PlacesOptions {
  readonly boards: readonly BoardSummary[];
  readonly trimmedTo: number;
  /** Up to where a checkpoint is old. */
  readonly oldTo: number;
}

/** Where the checkpoints stand of those boards, and of their windows, that can have another. */
export async function findPlaces(
  deps: SweepDependencies,
  { boards, trimmedTo, oldTo }: PlacesOptions,
): Promise<readonly Placed[]> {
  const { store, obstacles } = deps;
  const placed: Placed[] = [];
  for await (const some of inBatches(withWindows(deps, boards))) {
    const positions = await store.readCheckpointPositions(some.map(({ board }) => board));
    for (const [index, { board, total }] of some.entries()) {
      const found = positions[index];
      // It has been removed since it was listed.
      if (found === undefined) continue;
      const isDamaged = found === 'damaged';
      const position = isDamaged ? ((await store.readCreation(board)) ?? -1) : found;
      const why = tooLarge(total) ?? tooLate(position, trimmedTo, isDamaged);
      if (why === undefined) placed.push({ board, total, position, isOld: isDamaged || position <= oldTo });
      else obstacles.tell(board, why);
    }
  }
  return placed;
}

export function tooLarge(total = 0): string | undefined {
  return total > MAX_CHECKPOINT_MEMBERS ? `it has more than ${MAX_CHECKPOINT_MEMBERS} members` : undefined;
}

function tooLate(position: number, trimmedTo: number, isDamaged: boolean): string | undefined {
  if (position >= trimmedTo && position >= 0) return undefined;
  const last = isDamaged ? "its creation, and its last one can't be read" : 'its last one';
  return `the log no longer reaches back to ${last}`;
}

/** The windows of a board are those of some weeks; what a board had in earlier settings is not looked for. */
async function* withWindows(
  { store, obstacles }: SweepDependencies,
  boards: readonly BoardSummary[],
): AsyncGenerator<Pick<Placed, 'board' | 'total'>> {
  for (const { id, total, config } of boards) {
    yield { board: id, total };
    if ((config.windows ?? []).length === 0) continue;
    const windows = await obstacles.around(id, () => store.listWindows(id));
    for (const board of windows ?? []) yield { board, total: undefined };
  }
}

export async function* inBatches<T>(all: Iterable<T> | AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const each of all) {
    batch.push(each);
    if (batch.length < MAX_BATCH_OPERATIONS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
