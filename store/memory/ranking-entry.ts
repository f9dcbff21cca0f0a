/** A member's place in a ranking. While it is ranked, only the ranking itself may change it (see `move`). */
export interface Entry {
  readonly member: string;
  /** What JavaScript's `<` brings into the byte order of members: that runs several times as fast as a loop over their units. */
  readonly order: string;
  /** The score with the sign that puts the best one lowest. */
  key: number;
  /** Who came first stands above among equal keys; zero where arrivals don't count. */
  arrival: number;
  /** Where it is while it is ranked, and at which index. */
  leaf: Leaf | undefined;
  place: number;
}

/** `keys` repeats the keys of the items, so that a search runs through one short array and not from object to object. */
interface Items {
  size: number;
  readonly keys: Float64Array;
  readonly items: Entry[];
  parent: Inner | undefined;
  /** Its index among the children of its parent. */
  place: number;
}

/** The items are the entries themselves, best first once it is sorted: until somebody reads them, their order within a leaf is nobody's business. */
export interface Leaf extends Items {
  readonly children: undefined;
  next: Leaf | undefined;
  isSorted: boolean;
}

/**
 * Children, best first, each with the number of entries under it. Item i is a bound: not after any entry under child
 * i, and after all under child i - 1. The first is not searched; it is what bounds the node in its parent.
 */
export interface Inner extends Items {
  readonly children: Node[];
  readonly counts: Int32Array;
}

export type Node = Leaf | Inner;

export function createEntry(member: string, key: number, arrival = 0): Entry {
  return { member, order: byteOrderOf(member), key, arrival, leaf: undefined, place: 0 };
}

const FROM_SURROGATES = /[\ud800-\uffff]/;

/** The text itself, but for rare ones: in UTF-16 the units of U+10000 and above (surrogates) are below those of U+E000 to U+FFFF. */
function byteOrderOf(text: string): string {
  if (!FROM_SURROGATES.test(text)) return text;
  let order = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    order += String.fromCharCode(unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
  }
  return order;
}

/** Best first: key, then arrival, then byte order of the member. Zero only for the same member. */
export function compareEntries(a: Entry, b: Entry): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return compareEqualKeys(a, b);
}

export function compareEqualKeys(a: Entry, b: Entry): number {
  if (a.arrival !== b.arrival) return a.arrival - b.arrival;
  return a.order < b.order ? -1 : a.order === b.order ? 0 : 1;
}
