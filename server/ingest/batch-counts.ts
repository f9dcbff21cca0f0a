import { Histogram, SECONDS } from '../../runtime/histogram.ts';

const OPERATIONS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] as const;

/** What batches were given to the store, and how long it took. */
export class BatchCounts {
  readonly operations = new Histogram(OPERATIONS);
  /** Until the store has answered, or failed. */
  readonly seconds = new Histogram(SECONDS);

  /** Of what gives no verdict, nothing: nobody has done anything. */
  async measure<Verdict>(
    parts: readonly { readonly operations: readonly unknown[] }[],
    apply: () => Promise<Verdict | undefined>,
  ): Promise<Verdict | undefined> {
    const beganMs = performance.now();
    let isDone = true;
    try {
      const verdict = await apply();
      isDone = verdict !== undefined;
      return verdict;
    } finally {
      if (isDone) this.#observe(parts, performance.now() - beganMs);
    }
  }

  #observe(parts: readonly { readonly operations: readonly unknown[] }[], ms: number): void {
    let operations = 0;
    for (const part of parts) operations += part.operations.length;
    this.operations.observe(operations);
    this.seconds.observe(ms / 1000);
  }
}
