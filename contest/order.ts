import { sumUp } from './columns.ts';

/** Keys have at most so many bits: two digits of 13, so that a sort is two passes and a pass has few enough piles for the caches. */
const DIGIT_BITS = 13;
const KEY_BITS = 2 * DIGIT_BITS;
/** Up to so many neighbours are sorted by inserting, up to so many places by comparing. */
const FEW = 32;
const MODERATELY_MANY = 1024;

/** Room for sorting, shared by all that sort in turn: 12 bytes for each place of the longest column. */
export class OrderScratch {
  /** Pairs of a key and a place side by side, so that moving a pair touches one line of the cache. */
  pairs = new Uint32Array(0);
  keys = new Uint32Array(0);

  reserve(places: number): void {
    if (places <= this.keys.length) return;
    this.pairs = new Uint32Array(2 * places);
    this.keys = new Uint32Array(places);
  }

  get memoryBytes(): number {
    return this.pairs.byteLength + this.keys.byteLength;
  }
}

/**
 * Writes into `order` the places of the scores, best score first; of equal scores the earlier place is first. All scores
 * are whole multiples of `unit` apart from each other.
 *
 * The key of a score is its distance from the best one in units, which is mostly a small number: millionths are the finest that points and
 * bonuses can be, and in most contests they are much coarser. Where it is not, keys are rounded, and neighbours with equal keys are compared.
 */
export function orderByScore(
  scores: Float64Array,
  places: number,
  unit: number,
  order: Uint32Array,
  scratch: OrderScratch,
): void {
  if (places <= MODERATELY_MANY) {
    for (let place = 0; place < places; place++) order[place] = place;
    orderByComparing(scores, order, 0, places);
    return;
  }
  const { best, worst } = extremesOf(scores, places);
  const distance = (best - worst) / unit;
  let bits = 0;
  while (2 ** bits <= distance) bits++;
  scratch.reserve(places);
  const isExact = bits <= KEY_BITS;
  const keyBits = Math.max(1, Math.min(bits, KEY_BITS));
  // Exact keys are rounded to the nearest, since the factor is not exact itself; others down, which keeps the order just as well.
  const factor = isExact ? 1 / unit : 1 / unit / 2 ** (bits - KEY_BITS);
  sortByKeys(scores, places, { best, factor, rounding: isExact ? 0.5 : 0, keyBits }, order, scratch);
  if (!isExact) orderEqualKeys(scores, places, order, scratch.keys);
}

export function extremesOf(
  scores: Float64Array,
  places: number,
): { readonly best: number; readonly worst: number } {
  let best = places === 0 ? 0 : (scores[0] as number);
  let worst = best;
  for (let place = 1; place < places; place++) {
    const score = scores[place] as number;
    best = Math.max(best, score);
    worst = Math.min(worst, score);
  }
  return { best, worst };
}

interface Keys {
  readonly best: number;
  readonly factor: number;
  readonly rounding: number;
  readonly keyBits: number;
}

/** By the lower digit, then by the upper one; each pass keeps the order of equals. */
function sortByKeys(
  scores: Float64Array,
  places: number,
  { best, factor, rounding, keyBits }: Keys,
  order: Uint32Array,
  { pairs, keys }: OrderScratch,
): void {
  const bits = Math.ceil(keyBits / 2);
  const mask = 2 ** bits - 1;
  const greatest = 2 ** keyBits - 1;
  const lower = new Uint32Array(mask + 1);
  const upper = new Uint32Array(mask + 1);
  for (let place = 0; place < places; place++) {
    const key = Math.min((best - (scores[place] as number)) * factor + rounding, greatest) >>> 0;
    (lower[key & mask] as number)++;
    (upper[key >>> bits] as number)++;
  }
  sumUp(lower);
  sumUp(upper);
  for (let place = 0; place < places; place++) {
    const key = Math.min((best - (scores[place] as number)) * factor + rounding, greatest) >>> 0;
    const at = 2 * (lower[key & mask] as number)++;
    pairs[at] = key;
    pairs[at + 1] = place;
  }
  for (let i = 0; i < 2 * places; i += 2) {
    const key = pairs[i] as number;
    const at = (upper[key >>> bits] as number)++;
    keys[at] = key;
    order[at] = pairs[i + 1] as number;
  }
}

function orderEqualKeys(scores: Float64Array, places: number, order: Uint32Array, keys: Uint32Array): void {
  for (let start = 0; start < places; ) {
    let end = start + 1;
    while (end < places && keys[end] === keys[start]) end++;
    orderByComparing(scores, order, start, end);
    start = end;
  }
}

function orderByComparing(scores: Float64Array, order: Uint32Array, start: number, end: number): void {
  if (end - start <= FEW) insert(scores, order, start, end);
  else order.subarray(start, end).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
}

function insert(scores: Float64Array, order: Uint32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const place = order[i] as number;
    const score = scores[place] as number;
    let at = i;
    while (at > start && (scores[order[at - 1] as number] as number) < score) {
      order[at] = order[at - 1] as number;
      at--;
    }
    order[at] = place;
  }
}
