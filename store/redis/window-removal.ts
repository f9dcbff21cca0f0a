import { assert } from '../../runtime/errors.ts';
import { baseOf, partitionOfBoard } from '../partitions.ts';
import type { StoreOptions } from '../score-store.ts';
import type { Keys } from './keys.ts';
import type { RunScript } from './scripts.ts';

/** False where there was none, or where it may not go yet at the time `overAt`. */
export type RemoveWindow = (key: string, acceptedAt: number, overAt?: number) => Promise<boolean>;

export function createWindowRemoval(run: RunScript, keys: Keys, options: StoreOptions): RemoveWindow {
  return async (key, acceptedAt, overAt) => {
    const board = baseOf(key);
    const partition = keys.partitions[partitionOfBoard(key, keys.partitions.length)];
    assert(partition, 'a window has a partition');
    const { dirty, allDirty, position, log, created, windows } = partition;
    const { ranking, arrivals, checkpoint } = partition.board(key);
    const removed = await run(
      'remove-window',
      [
        ...[dirty, allDirty, position, log, created, windows, partition.board(board).windows],
        ...[ranking, arrivals, checkpoint],
      ],
      [
        ...[board, key.slice(board.length + 1), String(acceptedAt), String(options.maxDirtyNames)],
        ...[String(options.logOperations), overAt === undefined ? '' : String(overAt)],
      ],
    );
    return removed === 1;
  };
}
