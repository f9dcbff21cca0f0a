import type { ErrorCode } from '../../protocol/codes.ts';
import type { ScorewireEvent } from '../../protocol/events.ts';
import { partitionOfBoard } from '../../store/partitions.ts';
import type { Operation } from '../../store/score-store.ts';
import type { Identity } from '../auth/identity.ts';
import { EventJudge } from './event-judge.ts';
import { profileOperation, scoreOperation } from './operations.ts';
import type { RememberedRejections } from './remembered-rejections.ts';
import { refusalMessage } from './settlement.ts';

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
}

/** The part of one partition: lists in step, ascending by number. */
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
 * What the events of a batch ask of each partition; at least one operation for each event. The verdict about an event is final
 * with the first operation of its number that its partition takes, so a rejection has to get where the event would have gone: a score
 * that is forbidden now may have been applied when it was sent with another token, and the other way round. Where there is no
 * such place, the producer's home is it, and what was rejected there before is told by the claim.
 */
export class ProducerOperations {
  /** By partition; nothing where there is nothing to do. */
  readonly byPartition: (PartitionOperations | undefined)[];
  /** By number. */
  readonly refusals = new Map<number, IngestRefusal>();
  /** Of all partitions. */
  count = 0;
  readonly #partitions: number;
  readonly #home: number;

  constructor(partitions: number, producer: ClaimedProducer, frames: readonly ProducerFrame[]) {
    this.#partitions = partitions;
    this.#home = producer.home;
    this.byPartition = new Array<undefined>(partitions);
    for (const { seq, events, identity } of frames) {
      const judge = new EventJudge(identity);
      for (let i = 0; i < events.length; i++) this.#take(events[i], seq + i, judge, producer.rejected);
    }
  }

  #take(event: unknown, number: number, judge: EventJudge, rejected: RememberedRejections): void {
    const remembered = rejected.get(number);
    const refusal = judge.judge(event);
    if (remembered !== undefined) {
      const { code, isConfirmed } = remembered;
      const message = refusal?.code === code ? refusal.message : refusalMessage(code);
      this.#refuse(this.#home, number, { code, message, certain: isConfirmed });
    } else if (refusal === undefined) {
      this.#accept(event as ScorewireEvent, number);
    } else if (refusal.code === 'malformed') {
      this.#refuse(this.#home, number, { ...refusal, certain: true });
    } else {
      const { type } = event as ScorewireEvent;
      if (type === 'profile') rejected.attempt(number, refusal.code);
      this.#refuse(this.#placeOf(event as ScorewireEvent), number, { ...refusal, certain: false });
    }
  }

  #accept(event: ScorewireEvent, number: number): void {
    if (event.type === 'score') {
      this.#add(this.#placeOf(event), scoreOperation(event), number);
      return;
    }
    const operation = profileOperation(event);
    for (let partition = 0; partition < this.#partitions; partition++) {
      this.#add(partition, operation, number);
    }
  }

  #refuse(partition: number, number: number, refusal: IngestRefusal): void {
    this.refusals.set(number, refusal);
    this.#add(partition, { op: 'reject', code: refusal.code }, number);
  }

  #placeOf(event: ScorewireEvent): number {
    return event.type === 'score' ? partitionOfBoard(event.board, this.#partitions) : this.#home;
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
