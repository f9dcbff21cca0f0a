import { compareEqualKeys, type Entry } from './ranking-entry.ts';

/** A node holds at most this many items; its arrays have room for one more, as it is split after it overflowed. */
export const NODE_ITEMS = 64;
/** Neighbours that fit into half a node become one; so a node that was just merged is far from being split again. */
export const MERGED_ITEMS = NODE_ITEMS / 2;

/** `keys` repeats the keys of the items, so that a search runs through one short array and not from object to object. */
interface Items {
  size: number;
  readonly keys: Float64Array;
  readonly items: Entry[];
}

/** The items are the entries themselves, best first. */
export interface Leaf extends Items {
  readonly children: undefined;
  next: Leaf | undefined;
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

export function createLeaf(): Leaf {
  return { size: 0, keys: new Float64Array(NODE_ITEMS + 1), items: [], children: undefined, next: undefined };
}

export function createInner(): Inner {
  return {
    size: 0,
    keys: new Float64Array(NODE_ITEMS + 1),
    items: [],
    children: [],
    counts: new Int32Array(NODE_ITEMS + 1),
  };
}

/** The index of the first entry that is not before `entry`. */
export function placeInLeaf(leaf: Leaf, entry: Entry): number {
  let low = 0;
  let high = leaf.size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareItem(leaf, middle, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the only child under which `entry` can be: the last whose bound is not after it. */
export function childFor(inner: Inner, entry: Entry): number {
  let low = 1;
  let high = inner.size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareItem(inner, middle, entry) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The index from `from` on of the first item whose key is not below `key`. */
export function firstNotBelow({ keys, size }: Node, from: number, key: number): number {
  let low = from;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as number) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareItem({ keys, items }: Node, index: number, entry: Entry): number {
  const key = keys[index] as number;
  if (key !== entry.key) return key < entry.key ? -1 : 1;
  const item = items[index] as Entry;
  return item === entry ? 0 : compareEqualKeys(item, entry);
}

export function countEntries(node: Node): number {
  return node.children === undefined ? node.size : countBefore(node, node.size);
}

/** The number of entries under the children before `child`. */
export function countBefore({ counts }: Inner, child: number): number {
  let count = 0;
  for (let i = 0; i < child; i++) count += counts[i] as number;
  return count;
}

export function insertChild(inner: Inner, index: number, bound: Entry, child: Node): void {
  inner.counts.copyWithin(index + 1, index, inner.size);
  inner.counts[index] = countEntries(child);
  inner.children.splice(index, 0, child);
  // A copy, as the entry may move away or change, and the bound must stay.
  insertItem(inner, index, { ...bound });
}

/** Moves an item whose key was changed to where it belongs among the others of its leaf. */
export function settleItem(leaf: Leaf, from: number): void {
  const { keys, items } = leaf;
  const item = items[from] as Entry;
  let to = from;
  for (; to > 0 && compareItem(leaf, to - 1, item) > 0; to--) {
    keys[to] = keys[to - 1] as number;
    items[to] = items[to - 1] as Entry;
  }
  for (; to < leaf.size - 1 && compareItem(leaf, to + 1, item) < 0; to++) {
    keys[to] = keys[to + 1] as number;
    items[to] = items[to + 1] as Entry;
  }
  keys[to] = item.key;
  items[to] = item;
}

export function insertItem(node: Node, index: number, item: Entry): void {
  const { keys, items } = node;
  items.push(item);
  for (let i = node.size; i > index; i--) {
    keys[i] = keys[i - 1] as number;
    items[i] = items[i - 1] as Entry;
  }
  keys[index] = item.key;
  items[index] = item;
  node.size++;
}

export function removeItem(node: Node, index: number): void {
  const { keys, items } = node;
  node.size--;
  for (let i = index; i < node.size; i++) {
    keys[i] = keys[i + 1] as number;
    items[i] = items[i + 1] as Entry;
  }
  items.pop();
}

/** Moves the second half into a new node, whose first item bounds it. */
export function splitNode(node: Node): Node {
  const half = node.size >>> 1;
  const right = node.children === undefined ? createLeaf() : createInner();
  right.keys.set(node.keys.subarray(half, node.size));
  right.items.push(...node.items.splice(half));
  right.size = node.size - half;
  if (node.children !== undefined && right.children !== undefined) {
    right.counts.set(node.counts.subarray(half, node.size));
    right.children.push(...node.children.splice(half));
  } else if (node.children === undefined && right.children === undefined) {
    right.next = node.next;
    node.next = right;
  }
  node.size = half;
  return right;
}

/** Makes one node of the child and the one after it where both fit into half a node; they are of the same kind. */
export function mergeChildren(parent: Inner, index: number): void {
  const left = parent.children[index];
  const right = parent.children[index + 1];
  if (left === undefined || right === undefined || left.size + right.size > MERGED_ITEMS) return;
  left.keys.set(right.keys.subarray(0, right.size), left.size);
  left.items.push(...right.items);
  if (left.children !== undefined && right.children !== undefined) {
    left.counts.set(right.counts.subarray(0, right.size), left.size);
    left.children.push(...right.children);
  } else if (left.children === undefined && right.children === undefined) {
    left.next = right.next;
  }
  left.size += right.size;
  parent.counts[index] = (parent.counts[index] as number) + (parent.counts[index + 1] as number);
  parent.counts.copyWithin(index + 1, index + 2, parent.size);
  parent.children.splice(index + 1, 1);
  removeItem(parent, index + 1);
}
