/**
 * For how long keys that are used once are remembered, all counted in `onceRetentionMs`, the time for which a key stands for one body:
 * from its first use, whatever is retried later.
 *
 * The body itself is recognised for longer, so that a retry at the very end is no new use; then everything is new at once, since
 * the parts of another use have another id. What partitions remember of a part outlives that by half a retention, for parts that were
 * begun in time and arrive late.
 */

/** From the first use of the key. */
export function recognitionMs(onceRetentionMs: number): number {
  return Math.ceil(1.5 * onceRetentionMs);
}

/** From the last use of the part. */
export function partRetentionMs(onceRetentionMs: number): number {
  return 2 * onceRetentionMs;
}

/**
 * Who settles the parts of one use of a key. Two uses with one body are at least a recognition apart, so the number of the retention
 * in which a use begins tells them apart; and where a store has lost the beginning, the same use nearly always gets the same id again.
 */
export function partsOf(key: string, bodyHash: string, period: number): string {
  return `${key}:${bodyHash}:${period}`;
}
