const EMPTY = -1;
const LEAST_SLOTS = 64;
/** Of the slots that may be taken: at this load a search looks at three on average. */
const MAX_LOAD = 0.75;

/** A slot holds a number of a thing and above it the highest bits of its hash, so that hardly any other thing has to be looked at. */
const NUMBER_BITS = 25;
const NUMBER_MASK = 2 ** NUMBER_BITS - 1;
/** The last number, with a hash of ones, would look like an empty slot. */
export const MAX_INDEXED = NUMBER_MASK;
const TAG_SHIFT = 31 - (32 - NUMBER_BITS);

/**
 * Finds things, which are numbered from 0 in the order in which they came, by a hash of 31 bits, with open addressing: 4 bytes a slot
 * and nothing else, for up to 2^25 - 1 things. What they are is known to their owner only, who compares, and hashes again when the index grows.
 */
export class HashIndex {
  #slots = new Int32Array(LEAST_SLOTS).fill(EMPTY);
  #count = 0;
  readonly #hashOf: (item: number) => number;

  constructor(hashOf: (item: number) => number) {
    this.#hashOf = hashOf;
  }

  /** The thing with this hash for which `isSame` holds. */
  find(hash: number, isSame: (item: number) => boolean): number | undefined {
    const slots = this.#slots;
    const tag = hash >>> TAG_SHIFT;
    for (let slot = hash % slots.length; ; slot = slot + 1 === slots.length ? 0 : slot + 1) {
      const entry = slots[slot] as number;
      if (entry === EMPTY) return undefined;
      const item = entry & NUMBER_MASK;
      if (entry >>> NUMBER_BITS === tag && isSame(item)) return item;
    }
  }

  /** The next thing, which is not in it yet, and by now can be hashed. */
  add(hash: number): void {
    const item = this.#count++;
    if (this.#count > this.#slots.length * MAX_LOAD) this.#resize(2 * this.#slots.length);
    else this.#place(hash, item);
  }

  /** Gives back what growing took in advance. */
  trim(): void {
    const slots = Math.max(LEAST_SLOTS, Math.ceil((this.#count + 1) / MAX_LOAD));
    if (slots < this.#slots.length) this.#resize(slots);
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  #place(hash: number, item: number): void {
    const slots = this.#slots;
    let slot = hash % slots.length;
    while (slots[slot] !== EMPTY) slot = slot + 1 === slots.length ? 0 : slot + 1;
    slots[slot] = ((hash >>> TAG_SHIFT) << NUMBER_BITS) | item;
  }

  #resize(slots: number): void {
    this.#slots = new Int32Array(slots).fill(EMPTY);
    for (let item = 0; item < this.#count; item++) this.#place(this.#hashOf(item), item);
  }
}
