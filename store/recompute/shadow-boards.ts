import { assert } from '../../runtime/errors.ts';
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

interface Placed {
  readonly shadow: ShadowBoard;
  readonly from: number;
}

/** Several boards of one partition that one replay brings forward; each may begin at a position of its own. */
export class ShadowBoards {
  readonly #shadows = new Map<string, Placed>();
  readonly #failures = new Map<string, string>();

  add(board: string, shadow: ShadowBoard, from: number): void {
    assert(Number.isSafeInteger(from), 'a board begins at a position');
    this.#shadows.set(board, { shadow, from });
  }

  get boards(): IterableIterator<[string, Placed]> {
    return this.#shadows.entries();
  }

  /** Why boards could not be brought forward any more, by board. */
  get failures(): ReadonlyMap<string, string> {
    return this.#failures;
  }

  /** Does not fail: one that can't be replayed is left out from then on. */
  replay(entry: LogEntry, after: number): void {
    // Settings concern the windows of a board too, wherever they are.
    const keys = entry.kind === 'batch' ? boardsOf(entry) : [...this.#shadows.keys()];
    for (const board of keys) {
      const known = this.#shadows.get(board);
      if (known === undefined || entry.to <= known.from) continue;
      try {
        known.shadow.replay(entry, Math.max(after, known.from));
      } catch (error) {
        this.#shadows.delete(board);
        this.#failures.set(board, error instanceof Error ? error.message : String(error));
      }
    }
  }
}
