import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogEntry, LogPage, ScoreStore } from '../score-store.ts';
import { ReplayError, type ShadowBoard } from './shadow-board.ts';

/** Entries asked for at once: each has at most `MAX_BATCH_OPERATIONS` operations, so that a page stays within some megabytes. */
const PAGE_ENTRIES = 128;
/** Operations after which others get their turn of the event loop. */
const TURN_OPERATIONS = 2000;

/** Why a partition's log can't prove what its boards have to be. */
export interface Unprovable {
  readonly refused: 'conflict';
  readonly message: string;
}

export interface LogReplayDependencies {
  readonly store: Pick<ScoreStore, 'readLog'>;
  /** It is as the log has it at `position`. */
  readonly shadow: ShadowBoard;
}

export interface LogReplayOptions {
  readonly partition: number;
  readonly position: number;
}

/** Brings a shadow to any later position of its partition's log. Entries that were read beyond it wait for the next time. */
export class LogReplay {
  readonly #store: LogReplayDependencies['store'];
  readonly #shadow: ShadowBoard;
  readonly #partition: number;
  #position: number;
  #page: readonly LogEntry[] = [];
  #next = 0;
  #operationsOfTurn = 0;

  constructor({ store, shadow }: LogReplayDependencies, { partition, position }: LogReplayOptions) {
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
    if (position < this.#position) return this.#wentBack(position);
    while (this.#position < position) {
      const entry = this.#page[this.#next] ?? (await this.#turnPage(position));
      if ('refused' in entry) return entry;
      // The first entry may have begun before a position that is in its middle.
      if (entry.from > this.#position || entry.to <= this.#position) return this.#hole(entry.from);
      if (entry.kind === 'batch' && entry.operations.length !== entry.to - entry.from) {
        return this.#hole(entry.from);
      }
      if (entry.to > position) return this.#wentBack(position);
      const refusal = this.#replay(entry);
      if (refusal !== undefined) return refusal;
      this.#position = entry.to;
      this.#next++;
      await this.#giveTurns(entry.to - entry.from);
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
    const page = await this.#store.readLog(this.#partition, this.#position, PAGE_ENTRIES);
    if (page.trimmedTo > this.#position) return this.#trimmed(page);
    this.#page = page.entries;
    this.#next = 0;
    const [first] = page.entries;
    if (first !== undefined) return first;
    return page.position < wanted ? this.#wentBack(page.position) : this.#hole(page.position);
  }

  async #giveTurns(operations: number): Promise<void> {
    this.#operationsOfTurn += operations;
    if (this.#operationsOfTurn < TURN_OPERATIONS) return;
    this.#operationsOfTurn = 0;
    await nextTurn();
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
