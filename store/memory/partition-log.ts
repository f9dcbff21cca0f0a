import type { LogEntry, LogPage } from '../score-store.ts';

/** An entry without its positions, which the log gives it. */
export type LogStep = LogEntry extends infer E
  ? E extends LogEntry
    ? Omit<E, 'from' | 'to'>
    : never
  : never;

/** The steps of one partition, the latest of them: trimmed from the front, so that enough positions are kept. */
export class PartitionLog {
  readonly #entries: LogEntry[] = [];
  /** Trimmed entries that are still in the array, in front. */
  #trimmed = 0;
  #trimmedTo = 0;

  append(entry: LogEntry, keptOperations: number): void {
    this.#entries.push(entry);
    for (;;) {
      const oldest = this.#entries[this.#trimmed];
      if (oldest === undefined || entry.to - oldest.to < keptOperations) break;
      this.#trimmedTo = oldest.to;
      this.#trimmed++;
    }
    // Moving the rest to the front only when it is the lesser half costs each entry a constant time.
    if (this.#trimmed * 2 <= this.#entries.length) return;
    this.#entries.splice(0, this.#trimmed);
    this.#trimmed = 0;
  }

  read(after: number, limit: number, position: number): LogPage {
    const first = this.#firstAfter(after);
    return {
      entries: this.#entries.slice(first, first + limit),
      trimmedTo: this.#trimmedTo,
      position,
    };
  }

  /** The place of the first kept entry that ends after a position. */
  #firstAfter(after: number): number {
    let low = this.#trimmed;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && entry.to <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
