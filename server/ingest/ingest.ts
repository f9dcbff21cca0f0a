import type { ScorewireEvent } from '../../protocol/events.ts';
import type { Rejection } from '../../protocol/frames.ts';
import type { Clock } from '../../runtime/clock.ts';
import { assert } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { partitionOfBoard } from '../../store/partitions.ts';
import type { Operation, ScoreStore } from '../../store/score-store.ts';
import type { Identity } from '../auth/identity.ts';
import type { ServerLimits } from '../limits.ts';
import { EventJudge } from './event-judge.ts';
import type { Ingest, PublishVerdict } from './ingest-types.ts';
import { profileOperation, scoreOperation } from './operations.ts';
import { PartitionQueue } from './partition-queue.ts';
import { PendingEvents } from './pending-events.ts';
import { RunningProducerSession } from './producer-session.ts';
import { publishOnce, unsettled } from './publish-once.ts';
import { JoinedOperations, type OperationOwner, Settlement, troubleOf } from './settlement.ts';
import { lossOfDown } from './store-failure.ts';

/** How long publishers are asked to wait while this node has too many pending events. */
export const BUSY_RETRY_MS = 250;

export interface IngestDeps {
  readonly store: Pick<
    ScoreStore,
    'partitions' | 'apply' | 'claimProducer' | 'beginOnce' | 'state' | 'writeRefusal'
  >;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type IngestLimits = Pick<ServerLimits, 'eventsPerPublish' | 'pendingEvents'>;

export interface RunningIngest extends Ingest {
  /** Accepted events that the store has not settled. */
  pendingEvents(): number;
  /** Resolves when all accepted events are settled: for a clean stop, after the last `publish`. */
  settle(): Promise<void>;
}

/**
 * Events in. A publish without a producer is checked, split into parts and queued before `publish` returns, which is why
 * events of one caller are applied in call order; from then on only the queues of the partitions are asynchronous.
 */
export function createIngest(deps: IngestDeps, limits: IngestLimits): RunningIngest {
  const { store, clock } = deps;
  const pending = new PendingEvents();
  const queues = Array.from(
    { length: store.partitions },
    (_, partition) => new PartitionQueue(deps, partition),
  );
  const maxEvents = Math.min(limits.eventsPerPublish, limits.pendingEvents);

  const refuse = (events: number): Extract<PublishVerdict, { ok: false }> | undefined => {
    if (events > maxEvents) {
      const message = `${events} events are more than the ${maxEvents} allowed at once`;
      return { ok: false, code: 'too_large', message };
    }
    if (store.state === 'down') {
      const loss = lossOfDown(store);
      const { retryAfterMs } = loss;
      return { ok: false, code: 'unavailable', message: troubleOf(loss), retryAfterMs };
    }
    if (pending.count + events > limits.pendingEvents) {
      const message = 'this node has too many events that are not applied yet';
      return { ok: false, code: 'rate_limited', message, retryAfterMs: BUSY_RETRY_MS };
    }
    return undefined;
  };
  const admit = (events: number): Extract<PublishVerdict, { ok: false }> | undefined => {
    const refusal = refuse(events);
    if (refusal === undefined) pending.accept(events);
    return refusal;
  };
  const release = (events: number): void => pending.settle(events);
  const producerDeps = { ...deps, queues, now: () => clock.now(), admit, release };

  const enqueue = (
    accepted: readonly ScorewireEvent[],
    indexes: readonly number[],
    owner: OperationOwner,
  ): void => {
    const acceptedAt = clock.now();
    const woken: PartitionQueue[] = [];
    const add = (partition: number, operation: Operation, operationOwner: OperationOwner, index: number) => {
      const queue = queues[partition];
      assert(queue !== undefined, 'every partition has a queue');
      if (queue.add(operation, operationOwner, index, acceptedAt)) woken.push(queue);
    };
    for (let i = 0; i < accepted.length; i++) {
      const event = accepted[i] as ScorewireEvent;
      const index = indexes[i] as number;
      if (event.type === 'score') {
        add(partitionOfBoard(event.board, store.partitions), scoreOperation(event), owner, index);
      } else {
        const operation = profileOperation(event);
        const joined = new JoinedOperations(queues.length, owner);
        for (let partition = 0; partition < queues.length; partition++)
          add(partition, operation, joined, index);
      }
    }
    for (const queue of woken) queue.flush();
  };

  return {
    publish: (events, identity) => {
      const refusal = refuse(events.length);
      if (refusal !== undefined) return Promise.resolve(refusal);
      const { accepted, indexes, rejected } = sift(events, identity);
      if (accepted.length === 0) return Promise.resolve({ ok: true, applied: 0, duplicates: 0, rejected });
      pending.accept(accepted.length);
      const settlement = new Settlement(accepted.length, rejected, pending);
      enqueue(accepted, indexes, settlement);
      return settlement.verdict;
    },
    openProducer: (producer) => new RunningProducerSession(producerDeps, producer),
    publishOnce: async (once, events, identity) => {
      const refusal = admit(events.length);
      if (refusal?.code === 'unavailable') return unsettled(lossOfDown(store));
      if (refusal !== undefined) return refusal;
      return publishOnce(producerDeps, once, events, identity).finally(() => release(events.length));
    },
    pendingEvents: () => pending.count,
    settle: () => pending.none(),
  };
}

interface Sifted {
  readonly accepted: readonly ScorewireEvent[];
  /** The place of each accepted event in the publish. */
  readonly indexes: readonly number[];
  readonly rejected: Rejection[];
}

function sift(events: readonly unknown[], identity: Identity): Sifted {
  const judge = new EventJudge(identity);
  const accepted: ScorewireEvent[] = [];
  const indexes: number[] = [];
  const rejected: Rejection[] = [];
  for (let index = 0; index < events.length; index++) {
    const refusal = judge.judge(events[index]);
    if (refusal !== undefined) {
      rejected.push({ index, ...refusal });
    } else {
      accepted.push(events[index] as ScorewireEvent);
      indexes.push(index);
    }
  }
  return { accepted, indexes, rejected };
}
