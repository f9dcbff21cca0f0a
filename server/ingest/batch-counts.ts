import { Histogram, SECONDS } from '../../runtime/histogram.ts';

const OPERATIONS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] as const;

/** What batches were given to the store, and how long it took. */
export class BatchCounts {
  readonly operations = new Histogram(OPERATIONS);
  /** Until the store has answered, or failed. */
  readonly seconds = new Histogram(SECONDS);

  async measure<Verdict>(
    parts: readonly { readonly operations: readonly unknown[] }[],
    apply: () => Promise<Verdict>,
  ): Promise<Verdict> {
    let operations = 0;
    for (const part of parts) operations += part.operations.length;
    this.operations.observe(operations);
    const beganMs = performance.now();
    try {
      return await apply();
    } finally {
      this.seconds.observe((performance.now() - beganMs) / 1000);
    }
  }
}
