import { assert } from '../../runtime/errors.ts';
import {
  MAX_APPLIED_OPERATIONS,
  MAX_BATCH_OPERATIONS,
  type Operation,
  WINDOW_BOUNDARY_MS,
} from '../../store/score-store.ts';
import { AnonymousPart, type ProducerOwner, ProducerPart, type QueuedPart } from './queued-parts.ts';
import type { OperationOwner } from './settlement.ts';
import { windowPeriodOf } from './window-period.ts';

export interface WaitingBatch {
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

/** Operations of one partition that wait to be sent, in order of arrival, as the batches that they will be. */
export class WaitingBatches {
  readonly #waiting: WaitingBatch[] = [];
  /** The end of what waits, while that is a part without a producer. */
  #openPart: AnonymousPart | undefined;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Whether a batch waits that has no room for what comes next. */
  get hasFull(): boolean {
    const [next] = this.#waiting;
    return next !== undefined && (this.#waiting.length > 1 || next.operations >= next.most);
  }

  take(): WaitingBatch | undefined {
    const batch = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#openPart = undefined;
    return batch;
  }

  /** The operations of one event, which go together. */
  add(operations: readonly Operation[], owner: OperationOwner, index: number, acceptedAt: number): void {
    assert(operations.length <= MAX_BATCH_OPERATIONS, 'the operations of one event fit into a batch');
    this.#partFor(operations.length, acceptedAt, mostWith(operations)).add(operations, owner, index);
  }

  /** The same for the only operation of an event, which nearly all events have. */
  addOne(operation: Operation, owner: OperationOwner, index: number, acceptedAt: number): void {
    this.#partFor(1, acceptedAt, mostWithOne(operation)).addOne(operation, owner, index);
  }

  /**
   * What does not fit into one batch goes in several, one after the other, but never the operations of one number: with the first of them the
   * others would count as settled.
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
