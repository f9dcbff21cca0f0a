import { compareEqualKeys, type Entry, type Inner, type Leaf, type Node } from './ranking-entry.ts';
import { settle, sortLeaf } from './ranking-leaf.ts';

/** A node holds at most this many items; its arrays have room for one more, as it is split after it overflowed. */
export const NODE_ITEMS = 64;
/** Neighbours that fit into half a node become one; so a node that was just merged is far from being split again. */
export const MERGED_ITEMS = NODE_ITEMS / 2;

export function createLeaf(): Leaf {
  return {
    size: 0,
    keys: new Float64Array(NODE_ITEMS + 1),
    items: [],
    parent: undefined,
    place: 0,
    children: undefined,
    next: undefined,
    isSorted: true,
  };
}

export function createInner(): Inner {
  return {
    size: 0,
    keys: new Float64Array(NODE_ITEMS + 1),
    items: [],
    parent: undefined,
    place: 0,
    children: [],
    counts: new Int32Array(NODE_ITEMS + 1),
  };
}

/** The index of the only child under which `entry` can be: the last whose bound is not after it. */
export function childFor({ keys, items, size }: Inner, entry: Entry): number {
  const { key } = entry;
  let low = 1;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const bound = keys[middle] as number;
    if (bound < key || (bound === key && compareEqualKeys(items[middle] as Entry, entry) <= 0)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

/** The index of the last child before which all keys are below `key`, and after which none is. */
export function childAt({ keys, size }: Inner, key: number): number {
  let low = 1;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as number) < key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
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

/** Adds to the counts above two leaves what differs, up to where they have a parent in common: they are equally far from the root. */
export function shiftCount(from: Leaf, to: Leaf): void {
  let left: Node = from;
  let entered: Node = to;
  while (left !== entered && left.parent !== undefined && entered.parent !== undefined) {
    addToCount(left.parent, left.place, -1);
    addToCount(entered.parent, entered.place, 1);
    left = left.parent;
    entered = entered.parent;
  }
}

/** Adds to all counts above a leaf. */
export function addCount(leaf: Leaf, change: number): void {
  for (let node: Node = leaf; node.parent !== undefined; node = node.parent) {
    addToCount(node.parent, node.place, change);
  }
}

export function addToCount({ counts }: Inner, child: number, change: number): void {
  counts[child] = (counts[child] as number) + change;
}

/** `bound` is copied, as an entry may move away or change, and the bound must stay. */
export function insertChild(inner: Inner, index: number, bound: Entry, child: Node): void {
  const { keys, items, counts, children, size } = inner;
  counts.copyWithin(index + 1, index, size);
  counts[index] = countEntries(child);
  keys.copyWithin(index + 1, index, size);
  keys[index] = bound.key;
  items.splice(index, 0, { ...bound, leaf: undefined });
  children.splice(index, 0, child);
  inner.size++;
  adopt(inner, index);
}

function removeChild(inner: Inner, index: number): void {
  const { keys, items, counts, children, size } = inner;
  counts.copyWithin(index, index + 1, size);
  keys.copyWithin(index, index + 1, size);
  items.splice(index, 1);
  children.splice(index, 1);
  inner.size--;
  adopt(inner, index);
}

/** Tells the children from an index on where they are. */
function adopt(inner: Inner, from: number): void {
  for (let i = from; i < inner.size; i++) {
    const child = inner.children[i] as Node;
    child.parent = inner;
    child.place = i;
  }
}

/** Moves the second half into a new node, whose first item bounds it. */
export function splitNode(node: Node): Node {
  const half = node.size >>> 1;
  if (node.children !== undefined) {
    const right = createInner();
    moveItems(node, half, right);
    right.counts.set(node.counts.subarray(half, half + right.size));
    right.children.push(...node.children.splice(half));
    adopt(right, 0);
    return right;
  }
  sortLeaf(node);
  const right = createLeaf();
  moveItems(node, half, right);
  settle(right, 0);
  right.next = node.next;
  node.next = right;
  return right;
}

/** Makes one node of the child and the one after it where both fit into half a node; they are of the same kind. */
export function mergeChildren(parent: Inner, index: number): boolean {
  const left = parent.children[index];
  const right = parent.children[index + 1];
  if (left === undefined || right === undefined || left.size + right.size > MERGED_ITEMS) return false;
  const { size } = left;
  if (left.children !== undefined && right.children !== undefined) {
    left.counts.set(right.counts.subarray(0, right.size), size);
    left.children.push(...right.children);
    moveItems(right, 0, left);
    adopt(left, size);
  } else if (left.children === undefined && right.children === undefined) {
    left.isSorted &&= right.isSorted;
    left.next = right.next;
    moveItems(right, 0, left);
    settle(left, size);
  }
  addToCount(parent, index, parent.counts[index + 1] as number);
  removeChild(parent, index + 1);
  return true;
}

/** Those from an index on, to the end of the other. */
function moveItems(from: Node, index: number, to: Node): void {
  to.keys.set(from.keys.subarray(index, from.size), to.size);
  to.items.push(...from.items.splice(index));
  to.size += from.size - index;
  from.size = index;
}
