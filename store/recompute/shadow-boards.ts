import type { LogEntry } from '../score-store.ts';
import { windowKey } from '../windows-of.ts';
import type { ShadowBoard } from './shadow-board.ts';

/** The boards that an entry changes, and the windows; not those whose settings follow from their board. */
export function boardsOf(entry: LogEntry): ReadonlySet<string> {
  if (entry.kind !== 'batch') return new Set('board' in entry ? [entry.board] : []);
  const boards = new Set<string>();
  for (const operation of entry.operations) if ('board' in operation) boards.add(operation.board);
  for (const [board, windows] of entry.windows ?? []) {
    for (const window of windows) boards.add(windowKey(board, window));
  }
  return boards;
}

/** Several boards of one partition that one replay brings forward; each may begin at a position of its own. */
export class ShadowBoards {
  readonly #shadows = new Map<string, { readonly shadow: ShadowBoard; readonly from: number }>();

  add(board: string, shadow: ShadowBoard, from: number): void {
    this.#shadows.set(board, { shadow, from });
  }

  get boards(): IterableIterator<[string, { readonly shadow: ShadowBoard; readonly from: number }]> {
    return this.#shadows.entries();
  }

  replay(entry: LogEntry, after: number): void {
    for (const board of boardsOf(entry)) {
      const known = this.#shadows.get(board);
      if (known !== undefined && entry.to > known.from)
        known.shadow.replay(entry, Math.max(after, known.from));
    }
  }
}
