import type { ErrorCode } from '../../protocol/codes.ts';
import type { Rejection } from '../../protocol/frames.ts';
import { assert } from '../../runtime/errors.ts';
import type { PartVerdict } from '../../store/score-store.ts';
import type { Expander, ProductConfigs } from './expansion.ts';
import type { PartitionQueue } from './partition-queue.ts';
import {
  type ClaimedProducer,
  type ProducerFrame,
  ProducerOperations,
  type StepPart,
} from './producer-operations.ts';
import type { ProducerOwner } from './queued-parts.ts';
import { type Loss, refusalMessage, repeatedRefusalMessage, worse } from './settlement.ts';

export interface SettledFrame {
  readonly applied: number;
  readonly duplicates: number;
  readonly rejected: readonly Rejection[];
}

export type BatchOutcome =
  /** Every event is settled in every partition; in step with the frames. */
  | { readonly status: 'settled'; readonly frames: readonly SettledFrame[] }
  /** Some of it is not settled, or nobody knows. */
  | { readonly status: 'lost'; readonly loss: Loss }
  | { readonly status: 'conflict' };

export interface ProducerBatchDeps {
  readonly queues: readonly PartitionQueue[];
  readonly expander: Expander;
}

const APPLIED = 1;
const DUPLICATE = 2;
const REFUSED = 4;

interface KnownRefusal {
  readonly code: ErrorCode;
  readonly message?: string | undefined;
  /** In which it was told. */
  readonly step: number;
}

/**
 * Frames of a producer that continue each other, on their way through the partitions: all of them are settled together, or
 * none is. Nothing of a later batch may be submitted before the outcome is there. What has to be settled in order goes in steps: where one is
 * lost, the next is not sent.
 */
export class ProducerBatch implements ProducerOwner {
  readonly outcome: Promise<BatchOutcome>;
  readonly #queues: readonly PartitionQueue[];
  readonly #producer: ClaimedProducer;
  readonly #frames: readonly ProducerFrame[];
  readonly #acceptedAt: number;
  readonly #operations: ProducerOperations;
  readonly #first: number;
  /** What the partitions said of each event, together. */
  readonly #marks: Uint8Array;
  readonly #refusals = new Map<number, KnownRefusal>();
  #resolve!: (outcome: BatchOutcome) => void;
  #step = -1;
  /** Operations of this step. */
  #unsettled = 0;
  #loss: Loss | undefined;
  #conflict = false;

  /** `products` were read after the last of the frames was accepted. */
  constructor(
    { queues, expander }: ProducerBatchDeps,
    producer: ClaimedProducer,
    frames: readonly [ProducerFrame, ...ProducerFrame[]],
    products: ProductConfigs,
    acceptedAt: number,
  ) {
    this.#queues = queues;
    this.#producer = producer;
    this.#frames = frames;
    this.#acceptedAt = acceptedAt;
    this.#first = frames[0].seq;
    this.#marks = new Uint8Array(frames.reduce((sum, { events }) => sum + events.length, 0));
    this.#operations = new ProducerOperations(queues.length, expander, producer, frames, products);
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#goOn();
  }

  get abandoned(): boolean {
    return this.#conflict || this.#loss !== undefined;
  }

  settled(numbers: readonly number[], verdict: PartVerdict): void {
    if (verdict.status === 'conflict') this.#conflict = true;
    else this.#mark(numbers, verdict);
    this.#settle(numbers.length);
  }

  lost(numbers: readonly number[], loss: Loss): void {
    this.#loss = worse(this.#loss, loss);
    this.#settle(numbers.length);
  }

  /** Sends the next step, or ends. */
  #goOn(): void {
    const parts = this.abandoned ? undefined : this.#operations.steps[++this.#step];
    if (parts === undefined) {
      this.#resolve(this.#conclude());
      return;
    }
    if (this.#refusals.size > 0) for (const part of parts) this.#reject(part);
    this.#unsettled = parts.reduce((sum, { operations }) => sum + operations.length, 0);
    const { id, claim } = this.#producer;
    for (const { partition, operations, numbers } of parts) {
      const queue = this.#queues[partition];
      assert(queue !== undefined, 'every partition has a queue');
      queue.addProducer({ id, claim, operations, numbers }, this, this.#acceptedAt);
      queue.wake();
    }
  }

  /** What was refused in an earlier step is refused in the others too. */
  #reject({ operations, numbers }: StepPart): void {
    for (let i = 0; i < operations.length; i++) {
      const refusal = this.#refusals.get(numbers[i] as number);
      if (refusal !== undefined) operations[i] = { op: 'reject', code: refusal.code };
    }
  }

  #mark(numbers: readonly number[], verdict: PartVerdict & { readonly status: 'settled' }): void {
    for (let i = 0; i < numbers.length; i++) {
      const at = (numbers[i] as number) - this.#first;
      this.#marks[at] = (this.#marks[at] as number) | (i < verdict.duplicates ? DUPLICATE : APPLIED);
    }
    let previous = 0;
    for (const { index, code, message } of verdict.refused) {
      const number = numbers[index] as number;
      // Of several operations the first one counts, which is what the partition remembers.
      if (number === previous) continue;
      previous = number;
      const at = number - this.#first;
      this.#marks[at] = (this.#marks[at] as number) | REFUSED;
      this.#noteRefusal(
        number,
        code,
        message ?? (index < verdict.duplicates ? repeatedRefusalMessage(code) : undefined),
      );
    }
  }

  /** The seat has the last word, which is asked in the last step of its event. Of several partitions of one step the same one, in whatever order they answer. */
  #noteRefusal(number: number, code: ErrorCode, message: string | undefined): void {
    const known = this.#refusals.get(number);
    const step = this.#step;
    if (known?.step === step && known.code <= code) return;
    const why = message ?? (known?.code === code ? known.message : undefined);
    this.#refusals.set(number, { code, message: why, step });
    const { rejected } = this.#producer;
    rejected.confirm(number, code);
    if (this.#operations.refusals.get(number)?.certain === true) rejected.conclude(number, code);
  }

  #settle(operations: number): void {
    this.#unsettled -= operations;
    if (this.#unsettled === 0) this.#goOn();
  }

  #conclude(): BatchOutcome {
    if (this.#conflict) return { status: 'conflict' };
    if (this.#loss !== undefined) return { status: 'lost', loss: this.#loss };
    return { status: 'settled', frames: this.#frames.map((frame) => this.#count(frame)) };
  }

  #count({ seq, events }: ProducerFrame): SettledFrame {
    let applied = 0;
    let duplicates = 0;
    const rejected: Rejection[] = [];
    const allTaken = this.#refusals.size === 0 && this.#operations.refusals.size === 0;
    for (let index = 0; index < events.length; index++) {
      const mark = this.#marks[seq + index - this.#first] as number;
      const rejection = allTaken ? undefined : this.#rejectionOf(seq + index, mark);
      if (rejection !== undefined) rejected.push({ index, ...rejection });
      else if ((mark & APPLIED) !== 0) applied++;
      else duplicates++;
    }
    return { applied, duplicates, rejected };
  }

  #rejectionOf(number: number, mark: number): Omit<Rejection, 'index'> | undefined {
    const own = this.#operations.refusals.get(number);
    const refusal = (mark & REFUSED) === 0 ? undefined : this.#refusals.get(number);
    if (refusal !== undefined) {
      const { code, message = refusalMessage(code) } = refusal;
      return { code, message: own?.code === code ? own.message : message };
    }
    // Settled before and not refused: it was applied while the token permitted it.
    if (own === undefined || (!own.certain && (mark & DUPLICATE) !== 0)) return undefined;
    return { code: own.code, message: own.message };
  }
}
