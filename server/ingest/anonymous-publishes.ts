import type { ScorewireEvent } from '../../protocol/events.ts';
import type { Rejection } from '../../protocol/frames.ts';
import { assert } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Identity } from '../auth/identity.ts';
import { CallerTurns } from './caller-turns.ts';
import { EventJudge } from './event-judge.ts';
import {
  configFor,
  type Expander,
  NO_PRODUCTS,
  type PlacedOperations,
  type ProductConfigs,
} from './expansion.ts';
import type { Settled } from './ingest-types.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { PendingEvents } from './pending-events.ts';
import type { ProductReader } from './product-reader.ts';
import { scoreOperation } from './score-operation.ts';
import { JoinedOperations, type Loss, type OperationOwner, Settlement } from './settlement.ts';
import { logStoreFailure, lossOf } from './store-failure.ts';

export interface AnonymousPublishesDeps {
  readonly queues: readonly PartitionQueue[];
  readonly expander: Expander;
  readonly products: ProductReader;
  readonly pending: PendingEvents;
  readonly now: () => number;
  readonly logger: Logger;
}

/** The events of a publish that may be applied. */
interface Accepted {
  readonly events: readonly ScorewireEvent[];
  /** The place of each in the publish; `undefined` where that is its place here. */
  readonly indexes: readonly number[] | undefined;
  /** Those whose settings decide about some of them. */
  readonly products: ReadonlySet<string> | undefined;
}

/**
 * Publishes without a producer: each is checked, expanded and queued before `submit` returns, but for those that have to wait for the settings
 * of their products, and for what the same caller publishes behind them.
 */
export class AnonymousPublishes {
  readonly #deps: AnonymousPublishesDeps;
  readonly #turns = new CallerTurns();

  constructor(deps: AnonymousPublishesDeps) {
    this.#deps = deps;
  }

  submit(events: readonly unknown[], identity: Identity, caller: object, settled: Settled): void {
    const { pending, now } = this.#deps;
    const rejected: Rejection[] = [];
    const accepted = sift(events, identity, rejected);
    const acceptedAt = now();
    const count = accepted.events.length;
    if (count === 0) {
      settled({ ok: true, applied: 0, duplicates: 0, rejected });
      return;
    }
    pending.accept(count);
    const settlement = new Settlement(count, rejected, pending, settled);
    const { products } = accepted;
    if (products === undefined && !this.#turns.isWaiting(caller)) {
      this.#enqueue(accepted, acceptedAt, NO_PRODUCTS, settlement);
      return;
    }
    this.#turns.wait(caller, this.#read(products), (configs) => {
      if ('retryAfterMs' in configs) {
        for (let i = 0; i < count; i++) settlement.lost(accepted.indexes?.[i] ?? i, configs);
      } else this.#enqueue(accepted, acceptedAt, configs, settlement);
    });
  }

  #read(products: ReadonlySet<string> | undefined): ProductConfigs | Promise<ProductConfigs | Loss> {
    if (products === undefined) return NO_PRODUCTS;
    return this.#deps.products.read(products).catch((error: unknown): Loss => {
      const retryAfterMs = logStoreFailure(
        this.#deps.logger,
        error,
        'settings of products could not be read',
      );
      return { ...lossOf(error, retryAfterMs), attempted: false };
    });
  }

  #enqueue(
    { events, indexes }: Accepted,
    acceptedAt: number,
    products: ProductConfigs,
    settlement: Settlement,
  ): void {
    const { expander } = this.#deps;
    const woken: PartitionQueue[] = [];
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as ScorewireEvent;
      const index = indexes?.[i] ?? i;
      if (event.type === 'score') {
        const queue = this.#queueOf(expander.partitionOfScore(event));
        if (queue.addOne(scoreOperation(event), settlement, index, acceptedAt)) woken.push(queue);
        continue;
      }
      const placed = expander.expand(event, configFor(event, products));
      if ('refused' in placed) settlement.refused(index, 'malformed', placed.refused);
      else if (placed.length === 0) settlement.applied(index);
      else {
        const owner = ownerOf(placed, settlement);
        for (const { partition, operations } of placed) {
          const queue = this.#queueOf(partition);
          if (queue.add(operations, owner, index, acceptedAt)) woken.push(queue);
        }
      }
    }
    for (const queue of woken) queue.wake();
  }

  #queueOf(partition: number): PartitionQueue {
    const queue = this.#deps.queues[partition];
    assert(queue !== undefined, 'every partition has a queue');
    return queue;
  }
}

function ownerOf(placed: readonly PlacedOperations[], settlement: Settlement): OperationOwner {
  let operations = 0;
  for (const part of placed) operations += part.operations.length;
  return operations === 1 ? settlement : new JoinedOperations(operations, settlement);
}

/** Lists of their own only for what is left of a publish of which something is rejected. */
function sift(events: readonly unknown[], identity: Identity, rejected: Rejection[]): Accepted {
  const judge = new EventJudge(identity);
  let accepted: ScorewireEvent[] | undefined;
  let indexes: number[] | undefined;
  let products: Set<string> | undefined;
  for (let index = 0; index < events.length; index++) {
    const refusal = judge.judge(events[index]);
    if (refusal !== undefined) {
      accepted ??= events.slice(0, index) as ScorewireEvent[];
      indexes ??= Array.from({ length: index }, (_, place) => place);
      rejected.push({ index, ...refusal });
      continue;
    }
    const event = events[index] as ScorewireEvent;
    accepted?.push(event);
    indexes?.push(index);
    if (event.type !== 'result' && event.type !== 'track') continue;
    products ??= new Set();
    products.add(event.product);
  }
  return { events: accepted ?? (events as readonly ScorewireEvent[]), indexes, products };
}
