import { equalJson } from './json-equality.ts';
import type { Json, Row, Rows } from './views.ts';

/** A row that both lists hold, at these places. */
export interface KeptRow {
  readonly before: number;
  readonly after: number;
}

/** The part of both lists to look at: from `start` (the same in both) up to each end. */
export interface Middle {
  readonly start: number;
  readonly beforeEnd: number;
  readonly afterEnd: number;
}

/** What one more splice costs in JSON: `[12,1,],`. */
const SPLICE_BYTES = 8;

/**
 * The rows that a patch leaves alone, ascending in both lists: the longest increasing run of places among
 * equal rows, found in n log n. A run so short that saying it again costs less than one more splice is given up.
 */
export function keptRows(before: Rows, after: Rows, middle: Middle): readonly KeptRow[] {
  const { start, beforeEnd, afterEnd } = middle;
  if (beforeEnd === start || afterEnd === start) return [];
  const kept: KeptRow[] = [];
  let place = start;
  const end = Math.min(beforeEnd, afterEnd);
  while (place < end) {
    const one = before[place] as Row;
    const other = after[place] as Row;
    if (keyOf(one) === keyOf(other)) {
      if (equalJson(one, other)) kept.push({ before: place, after: place });
      place += 1;
      continue;
    }
    const exchanged = exchangedEnd(before, after, place, Math.min(end, place + LONGEST_EXCHANGE));
    if (exchanged === undefined) break;
    const part = { start: place, beforeEnd: exchanged, afterEnd: exchanged };
    for (const pair of longestIncreasing(equalRows(before, after, part))) kept.push(pair);
    place = exchanged;
  }
  if (place < beforeEnd && place < afterEnd) {
    const rest = { start: place, beforeEnd, afterEnd };
    for (const pair of longestIncreasing(equalRows(before, after, rest))) kept.push(pair);
  }
  return withoutTinyRuns(kept, after);
}

/** Looking further would cost more than it saves, where a row has come or gone and no two parts are alike. */
const LONGEST_EXCHANGE = 32;

/**
 * Where the rows from `start` on, as few as can be, have the same keys in both lists, in any order: pairs of such a part never cross those of the
 * next, so each is looked at by itself. `undefined` where there is no such part.
 */
function exchangedEnd(before: Rows, after: Rows, start: number, end: number): number | undefined {
  // Of each key: how many more there were before than there are after, up to here.
  const surplus = new Map<Json | undefined, number>();
  for (let i = start; i < end; i++) {
    const gone = keyOf(before[i] as Row);
    const come = keyOf(after[i] as Row);
    if (gone !== come) {
      count(surplus, gone, 1);
      count(surplus, come, -1);
    }
    if (surplus.size === 0) return i + 1;
  }
  return undefined;
}

function count(surplus: Map<Json | undefined, number>, key: Json | undefined, more: number): void {
  const counted = (surplus.get(key) ?? 0) + more;
  if (counted === 0) surplus.delete(key);
  else surplus.set(key, counted);
}

/** Pairs of equal rows, ascending in `after`. Where keys repeat, the first is paired with the first, and so on. */
function equalRows(before: Rows, after: Rows, { start, beforeEnd, afterEnd }: Middle): KeptRow[] {
  const placeOf = new Map<Json | undefined, number>();
  // Backwards, so that of equal keys the first is found first and the chain leads to the next.
  const nextWithKey = new Int32Array(beforeEnd - start).fill(-1);
  for (let i = beforeEnd - 1; i >= start; i--) {
    const key = keyOf(before[i] as Row);
    const next = placeOf.get(key);
    if (next !== undefined) nextWithKey[i - start] = next;
    placeOf.set(key, i);
  }

  const pairs: KeptRow[] = [];
  for (let j = start; j < afterEnd; j++) {
    const row = after[j] as Row;
    const key = keyOf(row);
    const i = placeOf.get(key);
    if (i === undefined || i < 0) continue;
    placeOf.set(key, nextWithKey[i - start] as number);
    if (equalJson(before[i] as Row, row)) pairs.push({ before: i, after: j });
  }
  return pairs;
}

function keyOf(row: Row): Json | undefined {
  const key = row[0];
  return typeof key === 'object' ? JSON.stringify(key) : key;
}

/** Patience: `tails[k]` is the pair with the least `before` that ends an increasing run of k + 1 pairs. */
function longestIncreasing(pairs: readonly KeptRow[]): KeptRow[] {
  const tails: number[] = [];
  const previous = new Int32Array(pairs.length);
  const placeAt = (index: number): number => (pairs[index] as KeptRow).before;
  for (let p = 0; p < pairs.length; p++) {
    const place = placeAt(p);
    let low = 0;
    let high = tails.length;
    // Most rows only shift, so the pair usually lengthens the longest run.
    if (high > 0 && placeAt(tails[high - 1] as number) < place) low = high;
    while (low < high) {
      const half = (low + high) >> 1;
      if (placeAt(tails[half] as number) < place) low = half + 1;
      else high = half;
    }
    previous[p] = low === 0 ? -1 : (tails[low - 1] as number);
    tails[low] = p;
  }

  const longest = new Array<KeptRow>(tails.length);
  for (let k = tails.length - 1, p = tails[k]; k >= 0; k--) {
    longest[k] = pairs[p as number] as KeptRow;
    p = previous[p as number];
  }
  return longest;
}

function withoutTinyRuns(kept: KeptRow[], after: Rows): readonly KeptRow[] {
  return kept.filter((pair, k) => {
    const left = kept[k - 1];
    const right = kept[k + 1];
    const alone = !(left && follows(left, pair)) && !(right && follows(pair, right));
    return !alone || atLeastBytes(after[pair.after] as Row, SPLICE_BYTES);
  });
}

function follows(left: KeptRow, right: KeptRow): boolean {
  return right.before === left.before + 1 && right.after === left.after + 1;
}

/** Whether the row's JSON surely has that many bytes; cheap, as nearly every row has. */
function atLeastBytes(row: Row, bytes: number): boolean {
  const first = row[0];
  if (typeof first === 'string' && first.length >= bytes) return true;
  return JSON.stringify(row).length + 1 > bytes;
}
