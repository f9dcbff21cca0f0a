/**
 * Numbers of a producer that are known to be settled where their verdict is kept: what its partitions said when it was claimed, and
 * what has been settled since then.
 */
export class SettledNumbers {
  readonly #lasts: readonly number[];
  /** All from the one to the other have been settled since; none where the latter is lower. */
  #from = 1;
  #to = 0;

  /** By partition, the highest number that was settled there. */
  constructor(lasts: readonly number[]) {
    this.#lasts = lasts;
  }

  has(number: number, partition: number): boolean {
    return number <= (this.#lasts[partition] ?? 0) || (number >= this.#from && number <= this.#to);
  }

  /** All numbers from the one to the other are settled, in every partition. */
  add(from: number, to: number): void {
    if (this.#to < this.#from || from > this.#to + 1) {
      this.#from = from;
      this.#to = to;
    } else if (to >= this.#from - 1) {
      this.#from = Math.min(this.#from, from);
      this.#to = Math.max(this.#to, to);
    }
  }
}
