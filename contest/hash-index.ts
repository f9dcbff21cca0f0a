const EMPTY = -1;
const LEAST_SLOTS = 64;
/** Of the slots that may be taken: at this load a search looks at three on average. */
const MAX_LOAD = 0.75;

/**
 * Finds numbers of things by a hash of the thing, with open addressing: 4 bytes a slot and nothing else. What the things are
 * is known to its owner only, who compares, and hashes again when the index grows.
 */
export class HashIndex {
  #slots = new Int32Array(LEAST_SLOTS).fill(EMPTY);
  #count = 0;
  readonly #hashOf: (item: number) => number;

  constructor(hashOf: (item: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The item with this hash for which `isSame` holds. */
  find(hash: number, isSame: (item: number) => boolean): number | undefined {
    const slots = this.#slots;
    for (let slot = hash % slots.length; ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const item = slots[slot] as number;
      if (item === EMPTY) return undefined;
      if (isSame(item)) return item;
    }
  }

  /** Of an item that is not in it. */
  add(hash: number, item: number): void {
    if (this.#count + 1 > this.#slots.length * MAX_LOAD) this.#resize(Math.ceil(this.#slots.length * 1.5));
    this.#place(hash, item);
    this.#count++;
  }

  /** Gives back what growing took in advance. */
  trim(): void {
    this.#resize(Math.max(LEAST_SLOTS, Math.ceil((this.#count + 1) / MAX_LOAD)));
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  #place(hash: number, item: number): void {
    const slots = this.#slots;
    let slot = hash % slots.length;
    while (slots[slot] !== EMPTY) slot = slot + 1 === slots.length ? 0 : slot + 1;
    slots[slot] = item;
  }

  #resize(slots: number): void {
    if (slots === this.#slots.length) return;
    const old = this.#slots;
    this.#slots = new Int32Array(slots).fill(EMPTY);
    for (const item of old) if (item !== EMPTY) this.#place(this.#hashOf(item), item);
  }
}
