/** What an engine is told at its start. */
export interface StoreOptions {
  /** Partitions; written to the store at first start, and another number later refuses to start (`StartError`). */
  readonly partitions: number;
  /** Dirty names kept per partition. */
  readonly maxDirtyNames: number;
  /** Members up to which `order` and `ties` can still be changed. */
  readonly maxConversionMembers: number;
  /** Operations that the log of a partition keeps at least; older entries are trimmed. */
  readonly logOperations: number;
  /** Milliseconds of silence after which a producer is forgotten. */
  readonly producerRetentionMs: number;
  /** Milliseconds after the latest login after which a user does not count as active any more. */
  readonly sessionTimeoutMs: number;
  /** Milliseconds for which a window stays readable after its end, at least. */
  readonly windowRetentionMs: number;
  /** Names of counters per product. */
  readonly maxCountersPerProduct: number;
  /** Milliseconds for which an `Idempotency-Key` stands for one body, from its first use (`once.ts` has the rest). */
  readonly onceRetentionMs: number;
}

export const DEFAULT_STORE_OPTIONS: StoreOptions = {
  partitions: 16,
  maxDirtyNames: 8192,
  maxConversionMembers: 10_000,
  logOperations: 250_000,
  producerRetentionMs: 7 * 24 * 3_600_000,
  sessionTimeoutMs: 12 * 3_600_000,
  windowRetentionMs: 35 * 24 * 3_600_000,
  maxCountersPerProduct: 256,
  onceRetentionMs: 24 * 3_600_000,
};
