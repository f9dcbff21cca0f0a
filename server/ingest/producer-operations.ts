import type { ErrorCode } from '../../protocol/codes.ts';
import type { ScorewireEvent } from '../../protocol/events.ts';
import type { ProductConfig } from '../../protocol/products.ts';
import type { Operation } from '../../store/score-store.ts';
import type { Identity } from '../auth/identity.ts';
import { EventJudge, type Refusal } from './event-judge.ts';
import { configFor, type ExpandableEvent, type Expander, type ProductConfigs } from './expansion.ts';
import type { RememberedRejections } from './remembered-rejections.ts';
import { scoreOperation } from './score-operation.ts';
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
  /**
   * Numbers of events with operations in several partitions that were sent off and are not settled, with the settings of their product: sent
   * again, they ask for the same again, so that what some partitions have done already is completed and nothing else is begun.
   */
  readonly accepted: Map<number, ProductConfig | undefined>;
}

/** The part of one partition: lists in step, never descending by number. */
export interface PartitionOperations {
  readonly operations: Operation[];
  readonly numbers: number[];
}

export interface IngestRefusal {
  readonly code: ErrorCode;
  readonly message: string;
  /** It can't have been applied before either. */
  readonly certain: boolean;
}

/**
 * What the events of a batch ask of each partition; at least one operation for each event. The verdict about an event is final with
 * the first operation of its number that its *seat* takes (`Expander.seatOf`), so a rejection has to get where the event would have
 * gone: a score that is forbidden now may have been applied when it was sent with another token, and the other way round. What was
 * rejected in the producer's home is told by the claim: an event with operations elsewhere too is never begun after that.
 */
export class ProducerOperations {
  /** By partition; nothing where there is nothing to do. */
  readonly byPartition: (PartitionOperations | undefined)[];
  /** By number. */
  readonly refusals = new Map<number, IngestRefusal>();
  /** Of all partitions. */
  count = 0;
  readonly #expander: Expander;
  readonly #producer: ClaimedProducer;
  readonly #home: number;

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
    this.byPartition = new Array<undefined>(partitions);
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
        this.#refuseInPlace(event as ScorewireEvent, number, { code, message }, products);
      }
    } else if (refusal === undefined || (refusal.code === 'forbidden' && accepted.has(number))) {
      this.#accept(event as ScorewireEvent, number, products);
    } else if (isForEver(refusal)) {
      this.#refuse(this.#home, number, { ...refusal, certain: true });
    } else {
      this.#refuseInPlace(event as ScorewireEvent, number, refusal, products);
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
      this.#refuseInPlace(event, number, { code: 'malformed', message: placed.refused }, products);
      return;
    }
    let isSeated = false;
    for (const { partition, operation } of placed) {
      this.#add(partition, operation, number);
      isSeated ||= partition === seat;
    }
    if (!isSeated) this.#add(seat, { op: 'nothing' }, number);
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
   * For a reason that may not hold for ever. The event may have been applied, in part or as a whole, or refused somewhere: it is refused
   * wherever it is not known, so that one that is told as applied is so everywhere, and one that was refused stays so.
   */
  #refuseInPlace(
    event: ScorewireEvent,
    number: number,
    refusal: { readonly code: ErrorCode; readonly message: string },
    products: ProductConfigs,
  ): void {
    const isAtHome = event.type === 'profile' || event.type === 'result';
    if (isAtHome) this.#producer.rejected.attempt(number, refusal.code);
    const seat = this.#expander.seatOf(event, this.#home);
    this.#refuse(seat, number, { ...refusal, certain: false });
    if (event.type !== 'result') return;
    const placed = this.#expander.expand(event, configFor(event, products));
    if ('refused' in placed) return;
    for (const partition of new Set(placed.map((each) => each.partition))) {
      if (partition !== seat) this.#add(partition, { op: 'reject', code: refusal.code }, number);
    }
  }

  #refuse(partition: number, number: number, refusal: IngestRefusal): void {
    this.refusals.set(number, refusal);
    this.#add(partition, { op: 'reject', code: refusal.code }, number);
  }

  #add(partition: number, operation: Operation, number: number): void {
    let list = this.byPartition[partition];
    if (list === undefined) {
      list = { operations: [], numbers: [] };
      this.byPartition[partition] = list;
    }
    list.operations.push(operation);
    list.numbers.push(number);
    this.count++;
  }
}

/** Whoever sends the event, and whenever: it says something that can't be. */
function isForEver(refusal: Refusal | undefined): boolean {
  return refusal !== undefined && refusal.code !== 'forbidden';
}
