/** Keys in the order in which they were changed last, by the number of that change. */
export class ChangeOrder {
  readonly #latest = new Map<string, number>();
  /** Ascending by number. An entry is outdated where the key has changed again. */
  #entries: { readonly number: number; readonly key: string }[] = [];
  #number = 0;

  /** The number of the last change. */
  get number(): number {
    return this.#number;
  }

  add(key: string): number {
    this.#number++;
    this.#latest.set(key, this.#number);
    this.#entries.push({ number: this.#number, key });
    // Dropping the outdated only when they are the greater half costs each change a constant time.
    if (this.#entries.length > 2 * this.#latest.size) {
      this.#entries = this.#entries.filter(({ number, key: each }) => this.#latest.get(each) === number);
    }
    return this.#number;
  }

  /** At most so many keys that were last changed after `after`, and up to which change that is all. */
  after(after: number, limit: number): { readonly keys: readonly string[]; readonly reached: number } {
    const keys: string[] = [];
    for (let i = this.#firstAfter(after); i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (entry === undefined || this.#latest.get(entry.key) !== entry.number) continue;
      keys.push(entry.key);
      if (keys.length === limit) return { keys, reached: entry.number };
    }
    return { keys, reached: this.#number };
  }

  #firstAfter(after: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.number ?? 0) <= after) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
