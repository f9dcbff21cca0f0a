import type { BoardSettings } from '../../protocol/boards.ts';
import { compareByteOrder } from '../../protocol/names.ts';
import { assert } from '../../runtime/errors.ts';
import { baseOf, partitionOfBoard } from '../partitions.ts';
import {
  type ConfigureVerdict,
  type ScoreStore,
  type StoreOptions,
  StoreUnavailableError,
} from '../score-store.ts';
import { windowKey } from '../windows-of.ts';
import type { Keys } from './keys.ts';
import { listWindows, parseConfig } from './replies.ts';
import type { RunScript } from './scripts.ts';
import { NEW_CONFIG } from './sending.ts';
import { createWindowRemoval } from './window-removal.ts';

type Writes = Pick<ScoreStore, 'configureBoard' | 'removeBoard' | 'removeMember'>;

/** How often a board may get further windows under a change that concerns all of them. */
const MAX_NEW_WINDOWS = 10;

/** Changes of boards that are not operations. The windows that a script must know are told by it, and come as keys with the next attempt. */
export function createWrites(run: RunScript, keys: Keys, options: StoreOptions): Writes {
  const maxDirtyNames = String(options.maxDirtyNames);
  const maxConversionMembers = String(options.maxConversionMembers);
  const logOperations = String(options.logOperations);
  const removeWindow = createWindowRemoval(run, keys, options);

  const locate = (board: string) => {
    const partition = keys.partitions[partitionOfBoard(board, keys.partitions.length)];
    assert(partition, 'a board has a partition');
    const ofWindow = (window: string) => partition.board(windowKey(board, window));
    return { partition, ofBoard: partition.board(board), ofWindow };
  };

  /** `undefined` where the scripts say that the board has other windows. */
  const configure = async (
    board: string,
    settings: BoardSettings,
    acceptedAt: number,
    windows: readonly string[],
  ): Promise<ConfigureVerdict | { readonly windows: readonly string[] }> => {
    const { partition, ofBoard, ofWindow } = locate(board);
    const { dirty, allDirty, boards, configs, totals, position, log, created } = partition;
    const { ranking, arrivals } = ofBoard;
    const reply = await run(
      'configure-board',
      [
        ...[dirty, allDirty, boards, configs, totals, ranking, arrivals, position, log, created],
        ...[ofBoard.windows, ...windows.map((window) => ofWindow(window).ranking)],
      ],
      [
        ...[board, String(acceptedAt), maxDirtyNames, NEW_CONFIG, maxConversionMembers],
        ...[...given(settings), logOperations, ...windows],
      ],
    );
    const [outcome, ...rest] = reply as [number, ...(string | number)[]];
    if (outcome === 1) return { ok: true, config: parseConfig(String(rest[0])) };
    if (outcome === -2) return { windows: rest.map(String) };
    const message =
      outcome === -1
        ? 'order and ties cannot be changed while a window has members'
        : `order and ties can be changed up to ${maxConversionMembers} members; this board has ${rest[0]}`;
    return { ok: false, code: 'conflict', message };
  };

  /** From a board that has no windows but these with it, or from a window; else the windows that it may be in. */
  const removeOne = async (
    board: string,
    member: string,
    acceptedAt: number,
    windows: readonly string[],
  ): Promise<boolean | readonly string[]> => {
    const { partition, ofBoard, ofWindow } = locate(board);
    const { dirty, allDirty, configs, totals, position, log } = partition;
    const reply = await run(
      'remove-member',
      [
        ...[dirty, allDirty, configs, totals, ofBoard.ranking, ofBoard.arrivals, position, log],
        ...[partition.windows, ofBoard.windows],
        ...windows.flatMap((window) => [ofWindow(window).ranking, ofWindow(window).arrivals]),
      ],
      [board, member, String(acceptedAt), maxDirtyNames, logOperations, ...windows],
    );
    return typeof reply === 'number' ? reply === 1 : (reply as string[]).sort(compareByteOrder);
  };

  const removeOneBoard = async (board: string, acceptedAt: number): Promise<boolean | readonly string[]> => {
    const { partition, ofBoard } = locate(board);
    const { dirty, allDirty, boards, configs, totals, position, log, created } = partition;
    const { ranking, arrivals, checkpoint, windows } = ofBoard;
    const reply = await run(
      'remove-board',
      [
        ...[dirty, allDirty, boards, configs, totals, ranking, arrivals, position, log, created],
        ...[checkpoint, windows],
      ],
      [board, String(acceptedAt), maxDirtyNames, logOperations],
    );
    return typeof reply === 'number' ? reply === 1 : (reply as string[]).sort(compareByteOrder);
  };

  return {
    async configureBoard(board, settings, acceptedAt): Promise<ConfigureVerdict> {
      let windows: readonly string[] = [];
      for (let attempts = 0; attempts < MAX_NEW_WINDOWS; attempts++) {
        const verdict = await configure(board, settings, acceptedAt, windows);
        if ('ok' in verdict) return verdict;
        windows = verdict.windows;
      }
      throw newWindowsAllTheTime('refused');
    },

    async removeBoard(board, acceptedAt): Promise<boolean> {
      if (baseOf(board) !== board) return removeWindow(board, acceptedAt);
      let removedAny = false;
      for (let attempts = 0; attempts < MAX_NEW_WINDOWS; attempts++) {
        const removed = await removeOneBoard(board, acceptedAt);
        if (typeof removed === 'boolean') return removed || removedAny;
        for (const window of removed) {
          if (await removeWindow(windowKey(board, window), acceptedAt)) removedAny = true;
        }
      }
      throw newWindowsAllTheTime('unknown');
    },

    async removeMember(board, member, acceptedAt): Promise<boolean> {
      let windows: readonly string[] = [];
      let removedAny = false;
      for (let attempts = 0; attempts < MAX_NEW_WINDOWS; attempts++) {
        const removed = await removeOne(board, member, acceptedAt, windows);
        if (typeof removed === 'boolean') return removed || removedAny;
        windows = removed;
        for (const window of windows) {
          const ofWindow = await removeOne(windowKey(board, window), member, acceptedAt, []);
          if (ofWindow === true) removedAny = true;
        }
      }
      throw newWindowsAllTheTime('unknown');
    },
  };
}

function newWindowsAllTheTime(change: 'refused' | 'unknown'): StoreUnavailableError {
  return new StoreUnavailableError('the windows of the board change all the time', { change });
}

/** What is left out keeps its value. */
function given({ order, ties, top, windows, timezone }: BoardSettings): string[] {
  return [
    ...[order ?? '', ties ?? '', top === undefined ? '' : String(top)],
    ...[windows === undefined ? '' : listWindows(windows), timezone ?? ''],
  ];
}
