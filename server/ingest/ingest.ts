import { eventChecker, type ProfileEvent, type ScorewireEvent } from '../../protocol/events.ts';
import type { Rejection } from '../../protocol/frames.ts';
import type { Clock } from '../../runtime/clock.ts';
import { assert } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { partitionOfBoard } from '../../store/partitions.ts';
import type { Operation, ScoreStore } from '../../store/score-store.ts';
import type { Identity } from '../auth/identity.ts';
import type { ServerLimits } from '../limits.ts';
import type { Ingest, PublishVerdict } from './ingest-types.ts';
import { scoreOperation } from './operations.ts';
import { PartitionQueue, STORE_RETRY_MS } from './partition-queue.ts';
import { PendingEvents } from './pending-events.ts';
import { PublishPermissions } from './permissions.ts';
import { JoinedParts, type PartOwner, Settlement } from './settlement.ts';

/** How long publishers are asked to wait while this node has too many pending events. */
export const BUSY_RETRY_MS = 250;

export interface IngestDeps {
  readonly store: Pick<ScoreStore, 'partitions' | 'apply' | 'state'>;
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
 * Events in. A publish is checked, split into parts and queued before `publish` returns, which is why events of one
 * caller are applied in call order; from then on only the queues of the partitions are asynchronous.
 */
export function createIngest(deps: IngestDeps, limits: IngestLimits): RunningIngest {
  const { store, clock } = deps;
  const pending = new PendingEvents();
  const queues = Array.from(
    { length: store.partitions },
    (_, partition) => new PartitionQueue(deps, partition),
  );
  const maxEvents = Math.min(limits.eventsPerPublish, limits.pendingEvents);

  const refuse = (events: readonly unknown[]): PublishVerdict | undefined => {
    if (events.length > maxEvents) {
      const message = `${events.length} events are more than the ${maxEvents} allowed at once`;
      return { ok: false, code: 'too_large', message };
    }
    if (store.state === 'down') {
      const message = "the score store can't be reached";
      return { ok: false, code: 'unavailable', message, retryAfterMs: STORE_RETRY_MS };
    }
    if (pending.count + events.length > limits.pendingEvents) {
      const message = 'this node has too many events that are not applied yet';
      return { ok: false, code: 'rate_limited', message, retryAfterMs: BUSY_RETRY_MS };
    }
    return undefined;
  };

  const enqueue = (
    accepted: readonly ScorewireEvent[],
    indexes: readonly number[],
    owner: PartOwner,
  ): void => {
    const acceptedAt = clock.now();
    const woken: PartitionQueue[] = [];
    const add = (partition: number, operation: Operation, partOwner: PartOwner, index: number): void => {
      const queue = queues[partition];
      assert(queue !== undefined, 'every partition has a queue');
      if (queue.add(operation, partOwner, index, acceptedAt)) woken.push(queue);
    };
    for (let i = 0; i < accepted.length; i++) {
      const event = accepted[i] as ScorewireEvent;
      const index = indexes[i] as number;
      if (event.type === 'score') {
        add(partitionOfBoard(event.board, store.partitions), scoreOperation(event), owner, index);
      } else {
        const operation = profileOperation(event);
        const joined = new JoinedParts(queues.length, owner);
        for (let partition = 0; partition < queues.length; partition++)
          add(partition, operation, joined, index);
      }
    }
    for (const queue of woken) queue.flush();
  };

  return {
    publish: (events, identity) => {
      const refusal = refuse(events);
      if (refusal !== undefined) return Promise.resolve(refusal);
      const { accepted, indexes, rejected } = sift(events, identity);
      if (accepted.length === 0) return Promise.resolve({ ok: true, applied: 0, duplicates: 0, rejected });
      pending.accept(accepted.length);
      const settlement = new Settlement(accepted.length, rejected, pending);
      enqueue(accepted, indexes, settlement);
      return settlement.verdict;
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
  const boards = new PublishPermissions(identity, 'board:');
  const profiles = new PublishPermissions(identity, 'profile:');
  const accepted: ScorewireEvent[] = [];
  const indexes: number[] = [];
  const rejected: Rejection[] = [];
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    if (!eventChecker.check(event)) {
      rejected.push({ index, code: 'malformed', message: eventChecker.explain(event) });
    } else if (!(event.type === 'score' ? boards.allows(event.board) : profiles.allows(event.member))) {
      rejected.push({
        index,
        code: 'forbidden',
        message: `the token does not permit publishing to ${scopeOf(event)}`,
      });
    } else {
      accepted.push(event);
      indexes.push(index);
    }
  }
  return { accepted, indexes, rejected };
}

function scopeOf(event: ScorewireEvent): string {
  return event.type === 'score' ? `board:${event.board}` : `profile:${event.member}`;
}

function profileOperation({ member, name }: ProfileEvent): Operation {
  return { op: 'profile', member, name };
}
