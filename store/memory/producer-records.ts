import type { ErrorCode } from '../../protocol/codes.ts';
import { partRetentionMs } from '../once.ts';
import { MAX_REMEMBERED_REJECTIONS } from '../score-store.ts';

/** What one partition knows of a producer, or of one use of an idempotency key. */
export interface ProducerRecord {
  /** Zero for a use of a key. */
  readonly claim: number;
  /** The highest number settled here. */
  readonly last: number;
  /** The latest numbers refused here, ascending. */
  readonly refused: Map<number, ErrorCode>;
}

interface KeptRecord extends ProducerRecord {
  readonly expiresAt: number;
}

export interface Retention {
  readonly producerRetentionMs: number;
  readonly onceRetentionMs: number;
}

/** Twice as many as one use can add, so that forgotten ones never pile up. */
const SWEPT_PER_USE = 2;

/** The producers and uses of keys that one partition remembers, each until it has been silent for its retention. */
export class ProducerRecords {
  // Each in the order of last use: who is to be forgotten first stands in front. Keys stay for a shorter time, hence apart.
  readonly #producers = new Map<string, KeptRecord>();
  readonly #keys = new Map<string, KeptRecord>();

  /** How many are in memory, those included that are to be forgotten. */
  get size(): number {
    return this.#producers.size + this.#keys.size;
  }

  find(id: string, now: number): ProducerRecord | undefined {
    const record = this.#producers.get(id) ?? this.#keys.get(id);
    return record !== undefined && now < record.expiresAt ? record : undefined;
  }

  /** Replaces what is known, and keeps it for another retention. */
  keep(id: string, record: ProducerRecord, now: number, retention: Retention): void {
    this.#producers.delete(id);
    this.#keys.delete(id);
    const { claim, refused } = record;
    for (const number of refused.keys()) {
      if (refused.size <= MAX_REMEMBERED_REJECTIONS) break;
      refused.delete(number);
    }
    if (claim > 0) this.#producers.set(id, { ...record, expiresAt: now + retention.producerRetentionMs });
    else this.#keys.set(id, { ...record, expiresAt: now + partRetentionMs(retention.onceRetentionMs) });
    sweep(this.#producers, now);
    sweep(this.#keys, now);
  }
}

/** Forgets some of those in front whose time is over. */
export function sweep(records: Map<string, { readonly expiresAt: number }>, now: number): void {
  let swept = 0;
  for (const [id, { expiresAt }] of records) {
    if (now < expiresAt || swept++ === SWEPT_PER_USE) return;
    records.delete(id);
  }
}
