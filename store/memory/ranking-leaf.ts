/** What is done in one leaf of a ranking. Until somebody reads it, its entries stand in no order: so nothing has to make room for another. */
import { compareEqualKeys, type Entry, type Leaf } from './ranking-entry.ts';

/** Tells entries where they are. */
export function settle(leaf: Leaf, from: number, to = leaf.size): void {
  for (let i = from; i < to; i++) {
    const entry = leaf.items[i] as Entry;
    entry.leaf = leaf;
    entry.place = i;
  }
}

/** At the end, wherever it belongs in the leaf. */
export function pushEntry(leaf: Leaf, entry: Entry): void {
  const { size } = leaf;
  leaf.keys[size] = entry.key;
  leaf.items.push(entry);
  leaf.size = size + 1;
  leaf.isSorted = size === 0;
  entry.leaf = leaf;
  entry.place = size;
}

/** The last one takes its place. */
export function takeEntry(leaf: Leaf, place: number): void {
  const last = leaf.size - 1;
  const entry = leaf.items.pop() as Entry;
  leaf.size = last;
  if (place === last) return;
  leaf.keys[place] = leaf.keys[last] as number;
  leaf.items[place] = entry;
  leaf.isSorted = false;
  entry.place = place;
}

/** By insertion, since a leaf is short and mostly has only a few out of place. */
export function sortLeaf(leaf: Leaf): void {
  if (leaf.isSorted) return;
  const { keys, items, size } = leaf;
  let firstMoved = size;
  let movedEnd = 0;
  for (let i = 1; i < size; i++) {
    const entry = items[i] as Entry;
    const { key } = entry;
    let to = i;
    for (; to > 0; to--) {
      const before = keys[to - 1] as number;
      if (before < key || (before === key && compareEqualKeys(items[to - 1] as Entry, entry) < 0)) break;
      keys[to] = before;
      items[to] = items[to - 1] as Entry;
    }
    if (to === i) continue;
    keys[to] = key;
    items[to] = entry;
    firstMoved = Math.min(firstMoved, to);
    movedEnd = i + 1;
  }
  leaf.isSorted = true;
  settle(leaf, firstMoved, movedEnd);
}

/** How many entries of a leaf have a key below this one. */
export function countBelow({ keys, size }: Leaf, key: number): number {
  let count = 0;
  for (let i = 0; i < size; i++) if ((keys[i] as number) < key) count++;
  return count;
}

/** How many entries of a leaf stand before this one, whether it is among them or not. */
export function countAhead(leaf: Leaf, entry: Entry): number {
  const { keys, items, size } = leaf;
  const { key } = entry;
  let count = countBelow(leaf, key);
  for (let i = 0; i < size; i++) {
    if (keys[i] === key && compareEqualKeys(items[i] as Entry, entry) < 0) count++;
  }
  return count;
}
