import { TEXT_MAX_BYTES } from '../protocol/names.ts';
import { decodeUtf8 } from '../protocol/utf8.ts';
import { grown, resized } from './columns.ts';
import { HashIndex } from './hash-index.ts';

/** Of this process, so that nobody outside can think of names that all fall into one slot. It decides about time only. */
const SEED = Math.floor(Math.random() * 2 ** 31);
const FNV_PRIME = 16777619;
const encoder = new TextEncoder();

/**
 * Names, numbered from 0 in the order in which they came, as UTF-8 in one column of bytes: a name costs its bytes, 4 for where it ends,
 * and its share of the index.
 */
export class Names {
  #bytes = new Uint8Array(0);
  /** Name n is from `ends[n - 1]` to `ends[n]`. */
  #ends = new Uint32Array(0);
  #count = 0;
  readonly #index = new HashIndex((item) => hashOf(this.#bytes, this.startOf(item), this.endOf(item)));
  /** Of the name that is looked for. */
  readonly #sought = new Uint8Array(4 * TEXT_MAX_BYTES);

  get count(): number {
    return this.#count;
  }

  /** Of all names; valid until one is added. */
  get utf8(): Uint8Array {
    return this.#bytes;
  }

  startOf(item: number): number {
    return item === 0 ? 0 : (this.#ends[item - 1] as number);
  }

  endOf(item: number): number {
    return this.#ends[item] as number;
  }

  text(item: number): string {
    return decodeUtf8(this.#bytes, this.startOf(item), this.endOf(item));
  }

  find(text: string): number | undefined {
    const { written } = encoder.encodeInto(text, this.#sought);
    return this.findUtf8(this.#sought, 0, written);
  }

  findUtf8(bytes: Uint8Array, start: number, end: number): number | undefined {
    return this.#index.find(hashOf(bytes, start, end), (item) => this.#isSame(item, bytes, start, end));
  }

  /** Its number, new or not: it is new when that was the count before. */
  intern(text: string): number {
    const { written } = encoder.encodeInto(text, this.#sought);
    return this.internUtf8(this.#sought, 0, written);
  }

  internUtf8(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const known = this.#index.find(hash, (item) => this.#isSame(item, bytes, start, end));
    if (known !== undefined) return known;
    const item = this.#count;
    const at = item === 0 ? 0 : (this.#ends[item - 1] as number);
    this.#bytes = grown(this.#bytes, at + end - start);
    for (let i = start; i < end; i++) this.#bytes[at + i - start] = bytes[i] as number;
    this.#ends = grown(this.#ends, item + 1);
    this.#ends[item] = at + end - start;
    this.#count++;
    this.#index.add(hash);
    return item;
  }

  /** Gives back what growing took in advance. */
  trim(): void {
    const { count } = this;
    this.#bytes = resized(this.#bytes, count === 0 ? 0 : this.endOf(count - 1));
    this.#ends = resized(this.#ends, count);
    this.#index.trim();
  }

  get memoryBytes(): number {
    return this.#bytes.byteLength + this.#ends.byteLength + this.#index.bytes;
  }

  #isSame(item: number, bytes: Uint8Array, start: number, end: number): boolean {
    const all = this.#bytes;
    const shift = this.startOf(item) - start;
    if (this.endOf(item) !== end + shift) return false;
    for (let i = start; i < end; i++) if (all[i + shift] !== bytes[i]) return false;
    return true;
  }
}

/** FNV-1a, with its bits mixed at the end so that its remainders are spread. 31 bits, which engines compute with as machine words. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return (hash ^ (hash >>> 15)) >>> 1;
}
