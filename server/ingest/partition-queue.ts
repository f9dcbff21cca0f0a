import { assert } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { preciseNow, type Traces } from '../../runtime/traces.ts';
import {
  type BatchVerdict,
  MAX_APPLIED_OPERATIONS,
  MAX_BATCH_OPERATIONS,
  type Operation,
  type ScoreStore,
  WINDOW_BOUNDARY_MS,
} from '../../store/score-store.ts';
import type { BatchCounts } from './batch-counts.ts';
import type { EndOfTurn } from './end-of-turn.ts';
import { AnonymousPart, type ProducerOwner, ProducerPart, type QueuedPart } from './queued-parts.ts';
import type { Loss, OperationOwner } from './settlement.ts';
import { logStoreFailure, lossOf, lossOfDown } from './store-failure.ts';
import { traceBatch } from './trace-batch.ts';
import { windowPeriodOf } from './window-period.ts';

/** What failed before knows better why, and how long to wait: this changes nothing of it. */
const ABANDONED: Loss = { attempted: false, trouble: 'refused', retryAfterMs: 0 };

interface WaitingBatch {
  acceptedAt: number;
  /** All of its operations were accepted between these. */
  readonly from: number;
  readonly before: number;
  operations: number;
  /** So many operations it may have. */
  most: number;
  parts: QueuedPart[];
  producers: Set<string> | undefined;
}

/** All operations of one producer that go to one partition. */
export interface ProducerOperations {
  readonly id: string;
  readonly claim: number;
  readonly operations: readonly Operation[];
  /** In step with the operations, never descending. */
  readonly numbers: readonly number[];
}

/**
 * The operations of one partition, in order of arrival. What one turn of the event loop brings is one batch. One is under way at a time, and what
 * arrives meanwhile forms the next: batches grow with the load by themselves, and the order never depends on the network.
 */
export class PartitionQueue {
  readonly #store: Pick<ScoreStore, 'apply' | 'state' | 'writeRefusal'>;
  readonly #logger: Logger;
  readonly #counts: BatchCounts;
  readonly #traces: Traces | undefined;
  readonly #endOfTurn: EndOfTurn;
  readonly #partition: number;
  readonly #waiting: WaitingBatch[] = [];
  /** The end of what waits, while that is a part without a producer. */
  #openPart: AnonymousPart | undefined;
  #busy = false;
  #isWoken = false;

  constructor(
    deps: {
      readonly store: Pick<ScoreStore, 'apply' | 'state' | 'writeRefusal'>;
      readonly logger: Logger;
      readonly counts: BatchCounts;
      readonly traces?: Traces | undefined;
      readonly endOfTurn: EndOfTurn;
    },
    partition: number,
  ) {
    this.#store = deps.store;
    this.#logger = deps.logger;
    this.#counts = deps.counts;
    this.#traces = deps.traces;
    this.#endOfTurn = deps.endOfTurn;
    this.#partition = partition;
  }

  /** The operations of one event, which go together. True where `wake` has to be called, when the caller has added all it has. */
  add(operations: readonly Operation[], owner: OperationOwner, index: number, acceptedAt: number): boolean {
    const wasEmpty = this.#waiting.length === 0;
    assert(operations.length <= MAX_BATCH_OPERATIONS, 'the operations of one event fit into a batch');
    this.#partFor(operations.length, acceptedAt, mostWith(operations)).add(operations, owner, index);
    return wasEmpty && !this.#busy;
  }

  /** The same for the only operation of an event, which nearly all events have. */
  addOne(operation: Operation, owner: OperationOwner, index: number, acceptedAt: number): boolean {
    const wasEmpty = this.#waiting.length === 0;
    this.#partFor(1, acceptedAt, mostWithOne(operation)).addOne(operation, owner, index);
    return wasEmpty && !this.#busy;
  }

  /** The part without a producer that takes so many more operations, counted as if they were in it. */
  #partFor(operations: number, acceptedAt: number, most: number): AnonymousPart {
    const batch = this.#lastBatch(acceptedAt, operations, most);
    batch.operations += operations;
    if (this.#openPart === undefined) {
      this.#openPart = new AnonymousPart();
      batch.parts.push(this.#openPart);
    }
    return this.#openPart;
  }

  /**
   * `wake` has to be called afterwards. What does not fit into one batch goes in several, one after the other, but never the operations of
   * one number: with the first of them the others would count as settled.
   */
  addProducer(given: ProducerOperations, owner: ProducerOwner, acceptedAt: number): void {
    const { id, claim, operations, numbers } = given;
    const most = mostWith(operations);
    for (let start = 0; start < operations.length; ) {
      const batch = this.#lastBatch(acceptedAt, countOfFirst(numbers, start), most, id);
      const end = endOfNumbers(numbers, start + batch.most - batch.operations);
      const all = end - start === operations.length;
      const producer = { id, claim, numbers: all ? numbers : numbers.slice(start, end) };
      batch.parts.push(new ProducerPart(all ? operations : operations.slice(start, end), producer, owner));
      batch.operations += end - start;
      batch.producers ??= new Set();
      batch.producers.add(id);
      this.#openPart = undefined;
      start = end;
    }
  }

  /** A full batch goes at once, another one when the turn has brought all that goes with it. */
  wake(): void {
    if (this.#busy || this.#isWoken) return;
    const [next] = this.#waiting;
    if (next !== undefined && (this.#waiting.length > 1 || next.operations >= next.most)) {
      void this.#drain();
      return;
    }
    this.#isWoken = true;
    this.#endOfTurn.add(this);
  }

  flush(): void {
    this.#isWoken = false;
    if (!this.#busy) void this.#drain();
  }

  /**
   * The batch that takes what comes next: never one without room for `least` operations, nor of another period, nor one that has a part of
   * this producer already. With what comes it has `most` operations at most.
   */
  #lastBatch(acceptedAt: number, least: number, most: number, producer?: string): WaitingBatch {
    const last = this.#waiting.at(-1);
    const fits =
      last !== undefined &&
      acceptedAt >= last.from &&
      acceptedAt < last.before &&
      last.operations + least <= Math.min(last.most, most) &&
      (producer === undefined || !last.producers?.has(producer));
    if (fits) {
      last.acceptedAt = Math.min(last.acceptedAt, acceptedAt);
      last.most = Math.min(last.most, most);
      return last;
    }
    const from = windowPeriodOf(acceptedAt) * WINDOW_BOUNDARY_MS;
    const before = from + WINDOW_BOUNDARY_MS;
    const batch = { acceptedAt, from, before, most, operations: 0, parts: [], producers: undefined };
    this.#waiting.push(batch);
    this.#openPart = undefined;
    return batch;
  }

  /** What has come meanwhile is sent before the last batch is settled, so that the store never waits for this node to answer its publishers. */
  async #drain(): Promise<void> {
    this.#busy = true;
    let settle = nothing;
    for (;;) {
      const batch = this.#waiting.shift();
      if (this.#waiting.length === 0) this.#openPart = undefined;
      const applying = batch && this.#apply(batch);
      settle();
      settle = nothing;
      if (applying !== undefined) settle = await applying;
      else if (this.#waiting.length === 0) break;
    }
    this.#busy = false;
  }

  /** Gives what is left to be done, which may wait until the next batch is sent: never what tells that a part was not applied. */
  async #apply({ acceptedAt, parts: queued }: WaitingBatch): Promise<() => void> {
    // What waits behind a batch that timed out must not time out batch by batch too.
    if (this.#store.state === 'down') return lose(queued, lossOfDown(this.#store));
    const parts = withoutAbandoned(queued);
    if (parts.length === 0) return nothing;
    const sentAt = this.#traces && preciseNow();
    let verdict: BatchVerdict;
    try {
      verdict = await this.#counts.measure(parts, () =>
        this.#store.apply({ partition: this.#partition, acceptedAt, parts }),
      );
      assert(verdict.parts.length === parts.length, 'every part of a batch has its verdict');
    } catch (error) {
      const fields = { partition: this.#partition, parts: parts.length };
      const retryAfterMs = logStoreFailure(this.#logger, error, 'a batch could not be applied', fields);
      return lose(parts, lossOf(error, retryAfterMs));
    }
    if (this.#traces && sentAt) {
      traceBatch(this.#traces, { partition: this.#partition, acceptedAt, parts }, sentAt);
    }
    const settle = () => {
      for (const [i, part] of parts.entries()) {
        const partVerdict = verdict.parts[i];
        if (partVerdict !== undefined) part.settled(partVerdict);
      }
    };
    if (verdict.parts.every(({ status }) => status === 'settled')) return settle;
    settle();
    return nothing;
  }
}

/**
 * A store adds up what is added and rates what it knows, and takes much of it at once; anything else goes through it one by one, where a larger batch
 * would only keep its publishers waiting.
 */
function mostWithOne({ op }: Operation): number {
  return op === 'delta' || op === 'count' || op === 'result' ? MAX_APPLIED_OPERATIONS : MAX_BATCH_OPERATIONS;
}

function mostWith(operations: readonly Operation[]): number {
  let most: number = MAX_APPLIED_OPERATIONS;
  for (const operation of operations) most = Math.min(most, mostWithOne(operation));
  return most;
}

/** So many operations have the same number as the one at `start`. */
function countOfFirst(numbers: readonly number[], start: number): number {
  let end = start + 1;
  while (end < numbers.length && numbers[end] === numbers[start]) end++;
  assert(end - start <= MAX_BATCH_OPERATIONS, 'the operations of one event fit into a batch');
  return end - start;
}

/** The last place up to `most` that does not cut the operations of one number. */
function endOfNumbers(numbers: readonly number[], most: number): number {
  if (most >= numbers.length) return numbers.length;
  let end = most;
  while (numbers[end - 1] === numbers[end]) end--;
  return end;
}

/**
 * Where a part failed, a later one of the same producer must not apply: its numbers would make the failed ones look like
 * settled ones.
 */
function withoutAbandoned(parts: QueuedPart[]): QueuedPart[] {
  if (!parts.some(({ abandoned }) => abandoned)) return parts;
  lose(
    parts.filter(({ abandoned }) => abandoned),
    ABANDONED,
  );
  return parts.filter(({ abandoned }) => !abandoned);
}

function lose(parts: readonly QueuedPart[], loss: Loss): () => void {
  for (const part of parts) part.lost(loss);
  return nothing;
}

function nothing(): void {}
