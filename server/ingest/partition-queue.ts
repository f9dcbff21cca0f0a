import { OperatingError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import {
  type BatchVerdict,
  MAX_BATCH_OPERATIONS,
  type Operation,
  type ScoreStore,
} from '../../store/score-store.ts';
import type { Loss, PartOwner } from './settlement.ts';

/** How long callers are asked to wait while the store is away. */
export const STORE_RETRY_MS = 1000;

/** Parts that go to the store together; three lists in step, so that a part costs no object of its own. */
interface Parts {
  readonly acceptedAt: number;
  readonly operations: Operation[];
  readonly owners: PartOwner[];
  readonly indexes: number[];
}

/**
 * The parts of one partition, in order of arrival. One batch is under way at a time, and what arrives meanwhile forms
 * the next: batches grow with the load by themselves, and the order never depends on the network.
 */
export class PartitionQueue {
  readonly #store: Pick<ScoreStore, 'apply' | 'state'>;
  readonly #logger: Logger;
  readonly #partition: number;
  readonly #waiting: Parts[] = [];
  #busy = false;

  constructor(
    deps: { readonly store: Pick<ScoreStore, 'apply' | 'state'>; readonly logger: Logger },
    partition: number,
  ) {
    this.#store = deps.store;
    this.#logger = deps.logger;
    this.#partition = partition;
  }

  /** True where `flush` has to be called, when the caller has added all it has. */
  add(operation: Operation, owner: PartOwner, index: number, acceptedAt: number): boolean {
    let parts = this.#waiting.at(-1);
    const first = parts === undefined;
    if (parts === undefined || parts.operations.length === MAX_BATCH_OPERATIONS) {
      parts = { acceptedAt, operations: [], owners: [], indexes: [] };
      this.#waiting.push(parts);
    }
    parts.operations.push(operation);
    parts.owners.push(owner);
    parts.indexes.push(index);
    return first && !this.#busy;
  }

  flush(): void {
    if (!this.#busy) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    for (let parts = this.#waiting.shift(); parts !== undefined; parts = this.#waiting.shift()) {
      await this.#apply(parts);
    }
    this.#busy = false;
  }

  async #apply(parts: Parts): Promise<void> {
    // What waits behind a batch that timed out must not time out batch by batch too.
    if (this.#store.state === 'down') {
      return lose(parts, { attempted: false, retryAfterMs: STORE_RETRY_MS });
    }
    const { acceptedAt, operations } = parts;
    let verdict: BatchVerdict;
    try {
      verdict = await this.#store.apply({ partition: this.#partition, acceptedAt, operations });
    } catch (error) {
      const expected = error instanceof OperatingError;
      const fields = { partition: this.#partition, operations: operations.length, err: error };
      if (expected) this.#logger.warn(fields, 'a batch could not be applied');
      else this.#logger.error(fields, 'a batch failed in an unexpected way');
      const retryAfterMs = expected ? error.retryAfterMs : STORE_RETRY_MS;
      return lose(parts, { attempted: true, retryAfterMs });
    }
    settle(parts, verdict);
  }
}

function settle({ owners, indexes }: Parts, { refused }: BatchVerdict): void {
  const messages = refused.length === 0 ? undefined : new Map(refused.map((r) => [r.index, r.message]));
  for (let i = 0; i < owners.length; i++) {
    const message = messages?.get(i);
    const index = indexes[i] as number;
    if (message === undefined) owners[i]?.applied(index);
    else owners[i]?.refused(index, message);
  }
}

function lose({ owners, indexes }: Parts, loss: Loss): void {
  for (let i = 0; i < owners.length; i++) owners[i]?.lost(indexes[i] as number, loss);
}
