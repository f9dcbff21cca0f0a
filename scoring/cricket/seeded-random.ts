/** Chance that is the same in every run and everywhere: mulberry32. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  /** One of several by their weights, which need not add up to 1. */
  weighted<T>(from: readonly [readonly [T, number], ...(readonly [T, number])[]]): T {
    let left = this.next() * from.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [each, weight] of from) {
      left -= weight;
      if (left < 0) return each;
    }
    return from[0][0];
  }

  shuffled<T>(from: readonly T[]): T[] {
    const list = [...from];
    for (let end = list.length - 1; end > 0; end -= 1) {
      const other = this.below(end + 1);
      [list[end], list[other]] = [list[other] as T, list[end] as T];
    }
    return list;
  }
}
