import { type OrderScratch, orderByScore } from './order.ts';

/**
 * Who is where among some teams at one moment: their order, best score first and of equal scores the earlier registered team (whose place is
 * lower). The rank of a team, 1 and the number of teams with a strictly better score, is found in the order.
 */
export class Standing {
  #order = new Uint32Array(0);
  #scores: Float64Array = new Float64Array(0);
  #places = 0;

  /** Of scores that stay as they are while the standing is read. */
  update(scores: Float64Array, places: number, unit: number, scratch: OrderScratch): void {
    if (this.#order.length < places) this.#order = new Uint32Array(places);
    this.#scores = scores;
    this.#places = places;
    orderByScore(scores, places, unit, this.#order, scratch);
  }

  get places(): number {
    return this.#places;
  }

  /** From the top; what is beyond the end is left out. */
  slice(offset: number, limit: number): Uint32Array {
    return this.#order.subarray(Math.min(offset, this.#places), Math.min(offset + limit, this.#places));
  }

  rankOf(score: number): number {
    let [low, high] = [0, this.#places];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#scores[this.#order[middle] as number] as number) > score) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }

  /** The ranks of all, each at its place. */
  writeRanks(ranks: Uint32Array): void {
    let rank = 0;
    let previous = Number.NaN;
    for (let i = 0; i < this.#places; i++) {
      const place = this.#order[i] as number;
      const score = this.#scores[place] as number;
      if (score !== previous) rank = i + 1;
      ranks[place] = rank;
      previous = score;
    }
  }

  get memoryBytes(): number {
    return this.#order.byteLength;
  }
}
