import { assert } from '../../runtime/errors.ts';
import { type LogEntry, type LogPage, MAX_BATCH_OPERATIONS, type ScoreStore } from '../score-store.ts';
import { ReplayError } from './shadow-board.ts';
import { Turns } from './turns.ts';

/** Entries asked for at once, at most. */
const MAX_PAGE_ENTRIES = 128;
/** Operations that a page is to have, about: each is read and unpacked in one go, which holds up what else this process and the store do. */
const PAGE_OPERATIONS = 8000;

/** Why a partition's log can't prove what its boards have to be. */
export interface Unprovable {
  readonly refused: 'conflict';
  readonly message: string;
}

/** Why there is nothing to recompute, or no way to. What was repaired until then stays repaired. */
export type Refusal = Unprovable | { readonly refused: 'not_found'; readonly message: string };

export interface LogReplayDependencies {
  readonly store: Pick<ScoreStore, 'readLog'>;
  /** It is as the log has it at `position`, and is told what comes then. Operations up to `after` have been replayed before. */
  readonly shadow: { replay(entry: LogEntry, after: number): void };
}

export interface LogReplayOptions {
  readonly partition: number;
  readonly position: number;
}

/** Brings a shadow to any later position of its partition's log. Entries that were read beyond it wait for the next time. */
export class LogReplay {
  readonly #store: LogReplayDependencies['store'];
  readonly #shadow: LogReplayDependencies['shadow'];
  readonly #partition: number;
  #position: number;
  #page: readonly LogEntry[] = [];
  #next = 0;
  #pageEntries = Math.ceil(PAGE_OPERATIONS / MAX_BATCH_OPERATIONS);
  readonly #turns = new Turns();

  constructor({ store, shadow }: LogReplayDependencies, { partition, position }: LogReplayOptions) {
    // Comparisons with what is no number would let the log be passed over unread.
    assert(Number.isSafeInteger(position), 'a replay begins at a position');
    this.#store = store;
    this.#shadow = shadow;
    this.#partition = partition;
    this.#position = position;
  }

  /** The position that the shadow is at. */
  get position(): number {
    return this.#position;
  }

  /** `position` is one at which the store was read, so it lies between two entries. */
  async advanceTo(position: number): Promise<Unprovable | undefined> {
    assert(Number.isSafeInteger(position), 'a replay goes to a position');
    if (position < this.#position) return this.#wentBack(position);
    while (this.#position < position) {
      const entry = this.#page[this.#next] ?? (await this.#turnPage(position));
      if ('refused' in entry) return entry;
      // The first entry may have begun before a position that is in its middle.
      const isNext = entry.from <= this.#position && entry.to > this.#position;
      if (!isNext) return this.#hole(entry.from);
      if (entry.kind === 'batch' && entry.operations.length !== entry.to - entry.from) {
        return this.#hole(entry.from);
      }
      if (entry.to > position) return this.#wentBack(position);
      const refusal = this.#replay(entry);
      if (refusal !== undefined) return refusal;
      this.#position = entry.to;
      this.#next++;
      await this.#turns.after(entry.to - entry.from);
    }
    return undefined;
  }

  #replay(entry: LogEntry): Unprovable | undefined {
    try {
      this.#shadow.replay(entry, this.#position);
      return undefined;
    } catch (error) {
      if (error instanceof ReplayError) return { refused: 'conflict', message: error.message };
      throw error;
    }
  }

  /** The entry after the last one that was read. */
  async #turnPage(wanted: number): Promise<LogEntry | Unprovable> {
    const page = await this.#store.readLog(this.#partition, this.#position, this.#pageEntries);
    if (page.trimmedTo > this.#position) return this.#trimmed(page);
    this.#page = page.entries;
    this.#next = 0;
    const [first, last] = [page.entries[0], page.entries.at(-1)];
    if (first !== undefined && last !== undefined) {
      // The next entries are likely to be like these.
      const entries = (PAGE_OPERATIONS * page.entries.length) / (last.to - first.from);
      this.#pageEntries = Math.min(MAX_PAGE_ENTRIES, Math.ceil(entries));
      return first;
    }
    return page.position < wanted ? this.#wentBack(page.position) : this.#hole(page.position);
  }

  #trimmed({ trimmedTo }: LogPage): Unprovable {
    const message =
      `the log now begins at position ${trimmedTo}, but had been replayed to ${this.#position} only: ` +
      'it is trimmed faster than it can be read; try again at a quieter time';
    return { refused: 'conflict', message };
  }

  #hole(next: number): Unprovable {
    const message = `the log is damaged: what follows position ${this.#position} is missing (next is ${next})`;
    return { refused: 'conflict', message };
  }

  #wentBack(position: number): Unprovable {
    const message =
      `the store went back to position ${position} while its log had been replayed to ${this.#position}: ` +
      'it lost or restored data meanwhile; try again';
    return { refused: 'conflict', message };
  }
}
