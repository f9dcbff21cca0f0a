import type { ErrorCode } from '../../protocol/codes.ts';
import type { ScorewireEvent } from '../../protocol/events.ts';
import type { ProductConfig } from '../../protocol/products.ts';
import type { Operation } from '../../store/score-store.ts';
import type { Identity } from '../auth/identity.ts';
import { EventJudge, type Refusal } from './event-judge.ts';
import {
  configFor,
  type ExpandableEvent,
  type Expander,
  type PlacedOperations,
  type ProductConfigs,
} from './expansion.ts';
import type { RememberedRejections } from './remembered-rejections.ts';
import { scoreOperation } from './score-operation.ts';
import type { SettledNumbers } from './settled-numbers.ts';
import { repeatedRefusalMessage } from './settlement.ts';

/** One publish of a producer: its events are numbered from `seq` on. */
export interface ProducerFrame {
  readonly seq: number;
  readonly events: readonly unknown[];
  readonly identity: Identity;
}

/** A producer that may be written for. */
export interface ClaimedProducer {
  readonly id: string;
  readonly claim: number;
  /** The partition that remembers what was rejected for no other place. */
  readonly home: number;
  readonly rejected: RememberedRejections;
  readonly settled: SettledNumbers;
  /**
   * Numbers of events with operations in several partitions that were sent off and are not settled, with the settings of their product: sent
   * again, they ask for the same again, so that what some partitions have done already is completed and nothing else is begun.
   */
  readonly accepted: Map<number, ProductConfig | undefined>;
}

/** The part of one partition in one step: lists in step with each other, never descending by number. */
export interface StepPart {
  readonly partition: number;
  readonly step: number;
  readonly operations: Operation[];
  readonly numbers: number[];
}

export interface IngestRefusal {
  readonly code: ErrorCode;
  readonly message: string;
  /** It can't have been applied before either. */
  readonly certain: boolean;
}

const NOTHING: Operation = { op: 'nothing' };

/**
 * What the events of a batch ask of each partition; at least one operation for each event, where its *seat* is (`Expander.seatOf`).
 * The verdict about an event is final with the first operation of its number that its seat takes, so a rejection has to get where the
 * event would have gone: a score that is forbidden now may have been applied when it was sent with another token, and the other way
 * round. What a result asks of other partitions is settled there in an earlier step than at its seat, so that what the seat has settled is
 * settled everywhere, whatever the settings of its product were. Nearly all batches are one step.
 */
export class ProducerOperations {
  /** To be settled one after the other, each in every partition before the next is sent. */
  readonly steps: StepPart[][] = [];
  /** By number. */
  readonly refusals = new Map<number, IngestRefusal>();
  readonly #expander: Expander;
  readonly #producer: ClaimedProducer;
  readonly #home: number;
  /** By partition: its part in the latest step that it is in, since its numbers never descend. */
  readonly #open: (StepPart | undefined)[];

  constructor(
    partitions: number,
    expander: Expander,
    producer: ClaimedProducer,
    frames: readonly ProducerFrame[],
    products: ProductConfigs,
  ) {
    this.#expander = expander;
    this.#producer = producer;
    this.#home = producer.home;
    this.#open = new Array<undefined>(partitions);
    for (const { seq, events, identity } of frames) {
      const judge = new EventJudge(identity);
      for (let i = 0; i < events.length; i++) this.#take(events[i], seq + i, judge, products);
    }
  }

  #take(event: unknown, number: number, judge: EventJudge, products: ProductConfigs): void {
    const { rejected, accepted } = this.#producer;
    const remembered = rejected.get(number);
    const refusal = judge.judge(event);
    if (remembered !== undefined) {
      const { code, isConfirmed } = remembered;
      const message = refusal?.code === code ? refusal.message : repeatedRefusalMessage(code);
      if (isConfirmed || isForEver(refusal)) {
        this.#refuse(this.#home, number, { code, message, certain: isConfirmed });
      } else {
        this.#refuseInPlace(event as ScorewireEvent, number, { code, message });
      }
    } else if (refusal === undefined || (refusal.code === 'forbidden' && accepted.has(number))) {
      this.#accept(event as ScorewireEvent, number, products);
    } else if (isForEver(refusal)) {
      this.#refuse(this.#home, number, { ...refusal, certain: true });
    } else {
      this.#refuseInPlace(event as ScorewireEvent, number, refusal);
    }
  }

  #accept(event: ScorewireEvent, number: number, products: ProductConfigs): void {
    const seat = this.#expander.seatOf(event, this.#home);
    if (event.type === 'score') {
      this.#add(seat, scoreOperation(event), number);
      return;
    }
    const placed = this.#expander.expand(event, this.#configOf(event, number, products));
    if ('refused' in placed) {
      this.#refuseInPlace(event, number, { code: 'malformed', message: placed.refused });
    } else if (event.type === 'profile') {
      for (const { partition, operations } of placed) this.#addAll(partition, operations, number);
    } else if (event.type === 'result' && this.#producer.settled.has(number, seat)) {
      // It is settled everywhere. By other settings, so that these could begin it anew on boards that it never had.
      this.#add(seat, NOTHING, number);
    } else {
      this.#place(placed, seat, number);
    }
  }

  #place(placed: readonly PlacedOperations[], seat: number, number: number): void {
    let step = 0;
    let seated: readonly Operation[] = [NOTHING];
    for (const { partition, operations } of placed) {
      if (partition === seat) seated = operations;
      else step = Math.max(step, this.#addAll(partition, operations, number) + 1);
    }
    this.#addAll(seat, seated, number, step);
  }

  /** The settings that the event was sent off with before, where it was. */
  #configOf(event: ExpandableEvent, number: number, products: ProductConfigs): ProductConfig | undefined {
    const { accepted } = this.#producer;
    if (event.type === 'profile') accepted.set(number, undefined);
    if (event.type !== 'result') return configFor(event, products);
    const config = accepted.has(number) ? accepted.get(number) : products.get(event.product);
    accepted.set(number, config);
    return config;
  }

  /**
   * For a reason that may not hold for ever. The event may have been settled before: where it was is its seat, which then says how; else it
   * is refused there for good.
   */
  #refuseInPlace(
    event: ScorewireEvent,
    number: number,
    refusal: { readonly code: ErrorCode; readonly message: string },
  ): void {
    const isOfSeveral = event.type === 'profile' || event.type === 'result';
    if (isOfSeveral) this.#producer.rejected.attempt(number, refusal.code);
    this.#refuse(this.#expander.seatOf(event, this.#home), number, { ...refusal, certain: false });
  }

  #refuse(partition: number, number: number, refusal: IngestRefusal): void {
    this.refusals.set(number, refusal);
    this.#add(partition, { op: 'reject', code: refusal.code }, number);
  }

  #add(partition: number, operation: Operation, number: number): void {
    const { operations, numbers } = this.#partOf(partition, 0);
    operations.push(operation);
    numbers.push(number);
  }

  /** In this step or a later one: gives which. */
  #addAll(partition: number, all: readonly Operation[], number: number, least = 0): number {
    const { operations, numbers, step } = this.#partOf(partition, least);
    for (const operation of all) {
      operations.push(operation);
      numbers.push(number);
    }
    return step;
  }

  /** The part that the partition's next operations belong to, in this step or a later one. */
  #partOf(partition: number, step: number): StepPart {
    const open = this.#open[partition];
    if (open !== undefined && open.step >= step) return open;
    const part = { partition, step, operations: [], numbers: [] };
    this.#open[partition] = part;
    const parts = this.steps[step];
    if (parts === undefined) this.steps[step] = [part];
    else parts.push(part);
    return part;
  }
}

/** Whoever sends the event, and whenever: it says something that can't be. */
function isForEver(refusal: Refusal | undefined): boolean {
  return refusal !== undefined && refusal.code !== 'forbidden';
}
