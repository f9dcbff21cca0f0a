import { type OrderScratch, orderByScore } from './order.ts';
import { ScoreCounts } from './score-counts.ts';

/** After so many looks into counted scores since they changed, putting them in order is cheaper than another pass over all of them. */
const MAX_LOOKS = 16;
/** Up to so many are put in order faster than counters are cleared. */
const FEW = 1024;

/**
 * Who is where among some teams at one moment: the order, best score first and of equal scores the earlier registered team (whose place is
 * lower), and ranks, 1 and the number of teams with a strictly better score. Scores are counted where that is possible, which is enough
 * for all ranks and for a few pages; else, and for many pages, they are put in order.
 */
export class Standing {
  readonly #counts = new ScoreCounts();
  readonly #scratch: OrderScratch;
  #order = new Uint32Array(0);
  #scores: Float64Array = new Float64Array(0);
  #places = 0;
  #unit = 1;
  #isCounted = false;
  #isOrdered = false;
  #looks = 0;

  constructor(scratch: OrderScratch) {
    this.#scratch = scratch;
  }

  /** Of scores that stay as they are while the standing is read; all are whole multiples of `unit` apart. */
  update(scores: Float64Array, places: number, unit: number): void {
    this.#scores = scores;
    this.#places = places;
    this.#unit = unit;
    this.#looks = 0;
    this.#isOrdered = false;
    this.#isCounted = places > FEW && this.#counts.update(scores, places, unit);
    if (!this.#isCounted) this.#putInOrder();
  }

  get places(): number {
    return this.#places;
  }

  /** From the top; what is beyond the end is left out. */
  slice(offset: number, limit: number): Uint32Array {
    const start = Math.min(offset, this.#places);
    const end = Math.min(offset + limit, this.#places);
    if (!this.#isOrdered && this.#looks++ < MAX_LOOKS) return this.#counts.slice(start, end);
    this.#putInOrder();
    return this.#order.subarray(start, end);
  }

  /** Of one of the scores. */
  rankOf(score: number): number {
    if (this.#isCounted) return this.#counts.rankOf(score);
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
    if (this.#isCounted) {
      this.#counts.writeRanks(ranks);
      return;
    }
    const [order, scores] = [this.#order, this.#scores];
    let rank = 0;
    let previous = Number.NaN;
    for (let i = 0; i < this.#places; i++) {
      const place = order[i] as number;
      const score = scores[place] as number;
      if (score !== previous) rank = i + 1;
      ranks[place] = rank;
      previous = score;
    }
  }

  get memoryBytes(): number {
    return this.#order.byteLength + this.#counts.memoryBytes;
  }

  #putInOrder(): void {
    if (this.#isOrdered) return;
    if (this.#order.length < this.#places) this.#order = new Uint32Array(this.#places);
    orderByScore(this.#scores, this.#places, this.#unit, this.#order, this.#scratch);
    this.#isOrdered = true;
  }
}
