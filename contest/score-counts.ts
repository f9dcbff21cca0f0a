import { sumUp } from './columns.ts';
import { extremesOf } from './order.ts';

/** So many different scores can be counted for each place: counters for more would take longer, and more memory, than sorting. */
const MAX_COUNTERS_PER_PLACE = 4;

/**
 * How many have which score, where the scores are coarse enough: a counter for each score that there can be, from the best to the worst one in
 * steps of the unit that divides all distances. After summing up a counter says how many are better, which is the rank of everybody, and where
 * in the order those with this score are. Nobody has to be sorted for that.
 */
export class ScoreCounts {
  #scores: Float64Array = new Float64Array(0);
  #places = 0;
  #best = 0;
  #unit = 1;
  /** How many are better than the score that is so many units below the best; one more for all of them. */
  #better = new Uint32Array(1);
  /** Of those counters, which are used. */
  #steps = 0;

  /** False where the scores are too many different ones to be counted. */
  update(scores: Float64Array, places: number, unit: number): boolean {
    const { best, worst } = extremesOf(scores, places);
    const steps = places === 0 ? 0 : Math.round((best - worst) / unit) + 1;
    if (steps > MAX_COUNTERS_PER_PLACE * places) return false;
    if (this.#better.length < steps + 1) this.#better = new Uint32Array(Math.ceil(1.25 * steps) + 1);
    const counters = this.#better.subarray(0, steps + 1).fill(0);
    const factor = 1 / unit;
    for (let place = 0; place < places; place++) {
      (counters[((best - (scores[place] as number)) * factor + 0.5) >>> 0] as number)++;
    }
    sumUp(counters);
    this.#scores = scores;
    this.#places = places;
    this.#best = best;
    this.#unit = unit;
    this.#steps = steps;
    return true;
  }

  /** Of somebody who is counted. */
  rankOf(score: number): number {
    const steps = Math.round((this.#best - score) / this.#unit);
    return 1 + (this.#better[Math.max(0, Math.min(steps, this.#steps))] as number);
  }

  /** Those from `start` to `end` of the order, found in one pass over all scores. */
  slice(start: number, end: number): Uint32Array {
    const found = new Uint32Array(Math.max(0, end - start));
    if (found.length === 0) return found;
    const [first, last] = [this.#stepsAt(start), this.#stepsAt(end - 1)];
    const next = this.#better.slice(first, last + 1);
    const scores = this.#scores;
    const factor = 1 / this.#unit;
    for (let place = 0; place < this.#places; place++) {
      const steps = ((this.#best - (scores[place] as number)) * factor + 0.5) >>> 0;
      if (steps < first || steps > last) continue;
      // Equals come in the order of their places.
      const at = (next[steps - first] as number)++ - start;
      if (at >= 0 && at < found.length) found[at] = place;
    }
    return found;
  }

  writeRanks(ranks: Uint32Array): void {
    const scores = this.#scores;
    const better = this.#better;
    const best = this.#best;
    const factor = 1 / this.#unit;
    for (let place = 0; place < this.#places; place++) {
      const steps = ((best - (scores[place] as number)) * factor + 0.5) >>> 0;
      ranks[place] = 1 + (better[steps] as number);
    }
  }

  get memoryBytes(): number {
    return this.#better.byteLength;
  }

  /** How far below the best is who is at this place of the order? */
  #stepsAt(position: number): number {
    let [low, high] = [0, this.#steps - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#better[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
