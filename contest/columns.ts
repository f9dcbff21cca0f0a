/** Columns of numbers that grow. They are replaced by longer ones, so whoever holds one asks its owner again after adding. */

export type Column = Uint8Array | Uint32Array | Int32Array | Float64Array;
/** One of so many places. */
type ColumnType<C extends Column> = new (length: number) => C;

const LEAST_PLACES = 64;

/** The column itself, or a copy with at least that many places and some to spare. */
export function grown<C extends Column>(column: C, places: number): C {
  if (places <= column.length) return column;
  return resized(column, Math.max(LEAST_PLACES, places, Math.ceil(column.length * 1.5)));
}

/** A copy with just that many places. */
export function resized<C extends Column>(column: C, places: number): C {
  const copy = new (column.constructor as ColumnType<C>)(places);
  copy.set(places < column.length ? (column.subarray(0, places) as C) : column);
  return copy;
}

/** In place: each number becomes the sum of those before it. */
export function sumUp(counts: Uint32Array): void {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    counts[i] = sum;
    sum += count;
  }
}
