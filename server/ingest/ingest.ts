import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Traces } from '../../runtime/traces.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Identity } from '../auth/identity.ts';
import type { ServerLimits } from '../limits.ts';
import { AnonymousPublishes } from './anonymous-publishes.ts';
import { BatchCounts } from './batch-counts.ts';
import { type Defer, EndOfTurn } from './end-of-turn.ts';
import { Expander } from './expansion.ts';
import type { Ingest, PublishVerdict, Settled } from './ingest-types.ts';
import { PartitionQueue } from './partition-queue.ts';
import { PendingEvents } from './pending-events.ts';
import { RunningProducerSession } from './producer-session.ts';
import { ProductReader } from './product-reader.ts';
import { publishOnce, unsettled } from './publish-once.ts';
import { troubleOf } from './settlement.ts';
import { lossOfDown } from './store-failure.ts';

/** How long publishers are asked to wait while this node has too many pending events. */
export const BUSY_RETRY_MS = 250;

export interface IngestDeps {
  readonly store: Pick<
    ScoreStore,
    | 'partitions'
    | 'apply'
    | 'applyBehind'
    | 'claimProducer'
    | 'beginOnce'
    | 'readProducts'
    | 'state'
    | 'writeRefusal'
  >;
  readonly scoring: Scoring;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traces?: Traces | undefined;
  /** Until the present turn of the event loop has read all there is, so that this is one batch. Default: not at all. */
  readonly defer?: Defer;
}

export type IngestLimits = Pick<ServerLimits, 'eventsPerPublish' | 'pendingEvents'>;

export interface RunningIngest extends Ingest {
  /** Accepted events that the store has not settled. */
  pendingEvents(): number;
  readonly batches: BatchCounts;
  /** Resolves when all accepted events are settled: for a clean stop, after the last `publish`. */
  settle(): Promise<void>;
}

/** Events in: what they have in common, whoever publishes them, is that there may be only so many under way, and one queue per partition. */
export function createIngest(deps: IngestDeps, limits: IngestLimits): RunningIngest {
  const { store, scoring, clock, logger } = deps;
  const pending = new PendingEvents();
  const counts = new BatchCounts();
  const endOfTurn = new EndOfTurn(deps.defer ?? ((action) => action()));
  const queues = Array.from(
    { length: store.partitions },
    (_, partition) => new PartitionQueue({ ...deps, counts, endOfTurn }, partition),
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
  const parts = {
    queues,
    expander: new Expander(store.partitions, scoring),
    products: new ProductReader(store),
    now: () => clock.now(),
    logger,
  };
  const producerDeps = { ...parts, store, admit, release };
  const anonymous = new AnonymousPublishes({ ...parts, pending });

  const submit = (events: readonly unknown[], identity: Identity, caller: object, settled: Settled): void => {
    const refusal = refuse(events.length);
    if (refusal === undefined) anonymous.submit(events, identity, caller, settled);
    else settled(refusal);
  };

  return {
    publish: (events, identity, caller = identity) =>
      new Promise((resolve) => submit(events, identity, caller, resolve)),
    submit,
    openProducer: (producer) => new RunningProducerSession(producerDeps, producer),
    publishOnce: async (once, events, identity) => {
      const refusal = admit(events.length);
      if (refusal?.code === 'unavailable') return unsettled(lossOfDown(store));
      if (refusal !== undefined) return refusal;
      return publishOnce(producerDeps, once, events, identity).finally(() => release(events.length));
    },
    pendingEvents: () => pending.count,
    batches: counts,
    settle: () => pending.none(),
  };
}
