import { assert } from '../../runtime/errors.ts';
import type { Operation, Part, PartVerdict } from '../../store/score-store.ts';
import { whyRefused, withReasons } from './refused-points.ts';
import type { Loss, OperationOwner } from './settlement.ts';

/** A part of a batch, and who is told what became of it. */
export interface QueuedPart extends Part {
  /** Must not be sent any more: something before it failed. */
  readonly abandoned: boolean;
  settled(verdict: PartVerdict): void;
  lost(loss: Loss): void;
}

/** Operations of publishes without a producer: lists in step, so that an operation costs no object of its own. */
export class AnonymousPart implements QueuedPart {
  readonly operations: Operation[] = [];
  readonly abandoned = false;
  readonly #owners: OperationOwner[] = [];
  readonly #indexes: number[] = [];
  #events: number[] | undefined;

  /** Only where there is one with several operations, which nearly no part has. */
  get events(): readonly number[] | undefined {
    return this.#events;
  }

  /** The operations are those of one event. */
  add(operations: readonly Operation[], owner: OperationOwner, index: number): void {
    const event = this.operations.length;
    if (operations.length > 1) this.#events ??= Array.from({ length: event }, (_, place) => place);
    for (const operation of operations) this.#push(operation, owner, index, event);
  }

  addOne(operation: Operation, owner: OperationOwner, index: number): void {
    this.#push(operation, owner, index, this.operations.length);
  }

  settled(verdict: PartVerdict): void {
    assert(verdict.status === 'settled', 'only producers have claims, so only theirs can be in conflict');
    const { refused } = verdict;
    const refusals = refused.length === 0 ? undefined : new Map(refused.map((one) => [one.index, one]));
    for (let i = 0; i < this.#owners.length; i++) {
      const refusal = refusals?.get(i);
      const index = this.#indexes[i] as number;
      if (refusal === undefined) this.#owners[i]?.applied(index);
      else this.#owners[i]?.refused(index, refusal.code, whyRefused(this.operations[i], refusal));
    }
  }

  lost(loss: Loss): void {
    for (let i = 0; i < this.#owners.length; i++) this.#owners[i]?.lost(this.#indexes[i] as number, loss);
  }

  #push(operation: Operation, owner: OperationOwner, index: number, event: number): void {
    this.operations.push(operation);
    this.#owners.push(owner);
    this.#indexes.push(index);
    this.#events?.push(event);
  }
}

/** Who is told what became of a producer's operations; the numbers are those of the operations that were asked about. */
export interface ProducerOwner {
  /** What is not sent yet must not be: it has to follow what failed. */
  readonly abandoned: boolean;
  settled(numbers: readonly number[], verdict: PartVerdict): void;
  lost(numbers: readonly number[], loss: Loss): void;
}

export class ProducerPart implements QueuedPart {
  readonly operations: readonly Operation[];
  readonly producer: NonNullable<Part['producer']>;
  readonly #owner: ProducerOwner;

  constructor(
    operations: readonly Operation[],
    producer: NonNullable<Part['producer']>,
    owner: ProducerOwner,
  ) {
    this.operations = operations;
    this.producer = producer;
    this.#owner = owner;
  }

  get abandoned(): boolean {
    return this.#owner.abandoned;
  }

  settled(verdict: PartVerdict): void {
    this.#owner.settled(this.producer.numbers, withReasons(this.operations, verdict));
  }

  lost(loss: Loss): void {
    this.#owner.lost(this.producer.numbers, loss);
  }
}
