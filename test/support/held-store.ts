import type { Batch, BatchVerdict, StoreState } from '../../store/score-store.ts';

interface HeldBatch extends Batch {
  /** Settles it, refusing these operations. */
  apply(refused?: BatchVerdict['refused']): void;
  fail(error: unknown): void;
}

/** A store whose answers the test gives by hand, batch by batch. */
export interface HeldStore {
  readonly partitions: number;
  state: StoreState;
  apply(batch: Batch): Promise<BatchVerdict>;
  /** All batches ever sent, in order. */
  readonly batches: readonly HeldBatch[];
}

export function createHeldStore(partitions: number): HeldStore {
  const batches: HeldBatch[] = [];
  return {
    partitions,
    state: 'up',
    batches,
    apply: (batch) =>
      new Promise((resolve, reject) => {
        const apply = (refused: BatchVerdict['refused'] = []) => resolve({ position: 0, refused });
        // Copied, so that a later change of the batch would be seen by nobody but its sender.
        batches.push({ ...batch, operations: [...batch.operations], apply, fail: reject });
      }),
  };
}

/** Lets everything that waits for settled promises go on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
