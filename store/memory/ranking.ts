import { assert } from '../../runtime/errors.ts';
import { compareEntries, type Entry, type Inner, type Leaf, type Node } from './ranking-entry.ts';
import { countAhead, countBelow, pushEntry, sortLeaf, takeEntry } from './ranking-leaf.ts';
import {
  addCount,
  addToCount,
  childAt,
  childFor,
  countBefore,
  createInner,
  createLeaf,
  insertChild,
  MERGED_ITEMS,
  mergeChildren,
  NODE_ITEMS,
  shiftCount,
  splitNode,
} from './ranking-nodes.ts';

/**
 * Entries in best-first order, with all questions of a leaderboard in O(log n): a counted B+ tree, whose leaves are put into order only when
 * they are read. An entry knows its leaf, so that a change of score begins there: it looks for the new leaf from the old one upward, and
 * moves no other entry but one.
 *
 * What costs at a million members is memory latency, so few nodes with their keys side by side win: beside a skip list
 * with spans (what Redis uses), a change of score took a quarter of the time, a rank a sixth, a page of 100 a
 * twentieth. Nodes of 64 and 128 items measured alike, 16 and 256 slower.
 */
export class Ranking {
  #root: Node = createLeaf();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(entry: Entry): void {
    const leaf = leafUnder(this.#root, entry);
    pushEntry(leaf, entry);
    addCount(leaf, 1);
    this.#size++;
    this.#split(leaf);
  }

  /** It, or one that is equal, must be ranked. */
  remove(entry: Entry): void {
    const found = entry.leaf === undefined ? this.#find(entry) : entry;
    const leaf = found?.leaf;
    assert(found !== undefined && leaf !== undefined, 'a removed entry was ranked');
    takeEntry(leaf, found.place);
    found.leaf = undefined;
    addCount(leaf, -1);
    this.#size--;
    this.#merge(leaf);
  }

  /** Gives a ranked entry another key and arrival. */
  move(entry: Entry, key: number, arrival: number): void {
    const from = entry.leaf;
    assert(from !== undefined, 'a moved entry was ranked');
    entry.key = key;
    entry.arrival = arrival;
    const to = leafNear(from, entry);
    if (to === from) {
      from.keys[entry.place] = key;
      from.isSorted = false;
      return;
    }
    takeEntry(from, entry.place);
    pushEntry(to, entry);
    shiftCount(from, to);
    this.#split(to);
    this.#merge(from);
  }

  /** How many entries have a better key: the rank is one more. */
  countBetter(key: number): number {
    let count = 0;
    let node = this.#root;
    while (node.children !== undefined) {
      const child = childAt(node, key);
      count += countBefore(node, child);
      node = node.children[child] as Node;
    }
    return count + countBelow(node, key);
  }

  /** How many entries stand before this one, whether it is ranked or not; the index of one that is. */
  indexOf(entry: Entry): number {
    let count = 0;
    let node = this.#root;
    while (node.children !== undefined) {
      const child = childFor(node, entry);
      count += countBefore(node, child);
      node = node.children[child] as Node;
    }
    return count + countAhead(node, entry);
  }

  /** At most `limit` entries from `offset` on; past the end there are none. */
  slice(offset: number, limit: number): Entry[] {
    const entries: Entry[] = [];
    let remaining = Math.min(limit, this.#size - offset);
    if (remaining <= 0) return entries;
    let index = offset;
    let node = this.#root;
    while (node.children !== undefined) {
      let child = 0;
      for (let count = countOf(node, 0); index >= count; count = countOf(node, ++child)) index -= count;
      node = node.children[child] as Node;
    }
    for (let leaf: Leaf | undefined = node; leaf !== undefined && remaining > 0; leaf = leaf.next) {
      sortLeaf(leaf);
      for (; index < leaf.size && remaining > 0; index++, remaining--)
        entries.push(leaf.items[index] as Entry);
      index = 0;
    }
    return entries;
  }

  #find(entry: Entry): Entry | undefined {
    return leafUnder(this.#root, entry).items.find((item) => compareEntries(item, entry) === 0);
  }

  #split(full: Node): void {
    for (let node = full; node.size > NODE_ITEMS; ) {
      const parent = node.parent ?? this.#grow(node);
      const right = splitNode(node);
      const index = node.place + 1;
      insertChild(parent, index, right.items[0] as Entry, right);
      addToCount(parent, index - 1, -countOf(parent, index));
      node = parent;
    }
  }

  /** A new root above the old one. */
  #grow(root: Node): Inner {
    const parent = createInner();
    insertChild(parent, 0, root.items[0] as Entry, root);
    this.#root = parent;
    return parent;
  }

  #merge(sparse: Node): void {
    let node = sparse;
    for (let { parent } = node; parent !== undefined && node.size < MERGED_ITEMS; { parent } = node) {
      const { place } = node;
      const isNextMerged = mergeChildren(parent, place);
      const isMerged = place > 0 && mergeChildren(parent, place - 1);
      if (!isNextMerged && !isMerged) return;
      node = parent;
    }
    while (this.#root.children !== undefined && this.#root.size === 1) {
      this.#root = this.#root.children[0] as Node;
      this.#root.parent = undefined;
      this.#root.place = 0;
    }
  }
}

function countOf({ counts }: Inner, child: number): number {
  return counts[child] as number;
}

/** The only leaf in which the entry can be. */
function leafUnder(root: Node, entry: Entry): Leaf {
  let node = root;
  while (node.children !== undefined) node = node.children[childFor(node, entry)] as Node;
  return node;
}

/** The same, from a leaf that is near: only of a node's first and last child the ends are not known there. */
function leafNear(leaf: Leaf, entry: Entry): Leaf {
  for (let { parent } = leaf as Node; parent !== undefined; { parent } = parent) {
    const child = childFor(parent, entry);
    const isSure = (child > 0 && child < parent.size - 1) || parent.parent === undefined;
    if (isSure) return leafUnder(parent.children[child] as Node, entry);
  }
  return leaf;
}
