import { compareByteOrder } from '../../protocol/names.ts';

/** A member's place in a ranking. While it is ranked, only the ranking itself may change it (see `move`). */
export interface Entry {
  readonly member: string;
  /** The score with the sign that puts the best one lowest. */
  key: number;
  /** Who came first stands above among equal keys; zero where arrivals don't count. */
  arrival: number;
}

/** Best first: key, then arrival, then byte order of the member. Zero only for the same member. */
export function compareEntries(a: Entry, b: Entry): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return compareEqualKeys(a, b);
}

export function compareEqualKeys(a: Entry, b: Entry): number {
  return a.arrival === b.arrival ? compareByteOrder(a.member, b.member) : a.arrival - b.arrival;
}
