import type { Rejection } from '../../protocol/frames.ts';
import { assert } from '../../runtime/errors.ts';
import type { PartVerdict, Refused } from '../../store/score-store.ts';
import type { Expander, ProductConfigs } from './expansion.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { type ClaimedProducer, type ProducerFrame, ProducerOperations } from './producer-operations.ts';
import type { ProducerOwner } from './queued-parts.ts';
import type { RememberedRejections } from './remembered-rejections.ts';
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
const REFUSED_AT_HOME = 8;

/**
 * Frames of a producer that continue each other, on their way through the partitions: all of them are settled together, or
 * none is. Nothing of a later batch may be submitted before the outcome is there.
 */
export class ProducerBatch implements ProducerOwner {
  readonly outcome: Promise<BatchOutcome>;
  readonly #frames: readonly ProducerFrame[];
  readonly #operations: ProducerOperations;
  readonly #rejected: RememberedRejections;
  readonly #first: number;
  /** What the partitions said of each event, together. */
  readonly #marks: Uint8Array;
  readonly #refusals = new Map<number, Pick<Refused, 'code' | 'message'>>();
  #resolve!: (outcome: BatchOutcome) => void;
  #unsettled: number;
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
    this.#frames = frames;
    this.#rejected = producer.rejected;
    this.#first = frames[0].seq;
    this.#marks = new Uint8Array(frames.reduce((sum, { events }) => sum + events.length, 0));
    this.#operations = new ProducerOperations(queues.length, expander, producer, frames, products);
    this.#unsettled = this.#operations.count;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    if (this.#unsettled === 0) this.#resolve(this.#conclude());
    const { id, claim } = producer;
    for (const [partition, list] of this.#operations.byPartition.entries()) {
      if (list === undefined) continue;
      const queue = queues[partition];
      assert(queue !== undefined, 'every partition has a queue');
      const owner = partition === producer.home ? this.#atHome() : this;
      queue.addProducer({ id, claim, ...list }, owner, acceptedAt);
      queue.flush();
    }
  }

  get abandoned(): boolean {
    return this.#conflict || this.#loss !== undefined;
  }

  settled(numbers: readonly number[], verdict: PartVerdict): void {
    this.#note(numbers, verdict, 'elsewhere');
  }

  lost(numbers: readonly number[], loss: Loss): void {
    this.#loss = worse(this.#loss, loss);
    this.#settle(numbers.length);
  }

  /** Told of what becomes of the part that goes to the producer's home, which has the last word. */
  #atHome(): ProducerOwner {
    const batch = this;
    return {
      get abandoned() {
        return batch.abandoned;
      },
      settled: (numbers, verdict) => {
        batch.#note(numbers, verdict, 'home');
      },
      lost: (numbers, loss) => batch.lost(numbers, loss),
    };
  }

  #note(numbers: readonly number[], verdict: PartVerdict, where: 'home' | 'elsewhere'): void {
    if (verdict.status === 'conflict') this.#conflict = true;
    else this.#mark(numbers, verdict, where);
    this.#settle(numbers.length);
  }

  #mark(
    numbers: readonly number[],
    verdict: PartVerdict & { readonly status: 'settled' },
    where: 'home' | 'elsewhere',
  ): void {
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
      const known = this.#refusals.get(number);
      const isOverruled = ((this.#marks[at] as number) & REFUSED_AT_HOME) !== 0;
      // Home has the last word, since that is what the next claim tells. Of the others the same one, in whatever order they answer.
      if (known === undefined || where === 'home' || (!isOverruled && code < known.code)) {
        const told = message ?? (index < verdict.duplicates ? repeatedRefusalMessage(code) : undefined);
        this.#refusals.set(number, told === undefined ? { code } : { code, message: told });
      }
      const mark = where === 'home' ? REFUSED | REFUSED_AT_HOME : REFUSED;
      this.#marks[at] = (this.#marks[at] as number) | mark;
      this.#rejected.confirm(number, this.#refusals.get(number)?.code ?? code);
    }
  }

  #settle(operations: number): void {
    this.#unsettled -= operations;
    if (this.#unsettled === 0) this.#resolve(this.#conclude());
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
