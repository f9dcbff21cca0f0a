import { partsOf, recognitionMs } from '../once.ts';
import { sweep } from './producer-records.ts';

interface OnceKey {
  readonly bodyHash: string;
  readonly begunAt: number;
  readonly period: number;
  readonly expiresAt: number;
}

/** The keys that stand for a body, each from its first use on. */
export class OnceKeys {
  // In the order in which they are to be forgotten.
  readonly #keys = new Map<string, OnceKey>();

  get size(): number {
    return this.#keys.size;
  }

  /** The id of the key's parts; `undefined` where it stands for another body. */
  begin(key: string, bodyHash: string, now: number, onceRetentionMs: number): string | undefined {
    const known = this.#keys.get(key);
    if (known !== undefined && now < known.expiresAt) {
      if (known.bodyHash === bodyHash) return partsOf(key, bodyHash, known.period);
      if (now < known.begunAt + onceRetentionMs) return undefined;
    }
    const period = Math.floor(now / onceRetentionMs);
    this.#keys.delete(key);
    this.#keys.set(key, { bodyHash, begunAt: now, period, expiresAt: now + recognitionMs(onceRetentionMs) });
    sweep(this.#keys, now);
    return partsOf(key, bodyHash, period);
  }
}
