import type { AckFrame, ErrorFrame, PublishFrame } from '../protocol/frames.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Identity } from './auth/identity.ts';
import type { GatewayOptions } from './gateway/gateway-options.ts';
import { TokenBucket } from './gateway/token-bucket.ts';
import type { Ingest, ProducerSession, ProducerVerdict, PublishVerdict } from './ingest/ingest-types.ts';

export interface ConnectionPublishesDeps {
  readonly ingest: Pick<Ingest, 'submit' | 'openProducer'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whose they are, for the log. */
  readonly connection: string;
  readonly reply: (frame: AckFrame | ErrorFrame) => void;
}

/** Shared by all connections, as each has little of its own. */
export type ConnectionPublishesOptions = Pick<GatewayOptions, 'limits' | 'tuning'>;

type Verdict = PublishVerdict | ProducerVerdict;
type Refusal = Extract<PublishVerdict, { ok: false }>;

/** What one connection publishes, within its limits. Acks come as the store settles, not in the order of the frames. */
export class ConnectionPublishes {
  readonly #deps: ConnectionPublishesDeps;
  readonly #options: ConnectionPublishesOptions;
  readonly #bucket: TokenBucket;
  readonly #producers = new Map<string, ProducerSession>();
  #unackedEvents = 0;
  #unacked = 0;

  constructor(deps: ConnectionPublishesDeps, options: ConnectionPublishesOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#bucket = new TokenBucket(options.limits.publishesPerSecond, deps.clock.now());
  }

  /** Publishes that are not yet answered. */
  get unacked(): number {
    return this.#unacked;
  }

  handle(frame: PublishFrame, identity: Identity): void {
    const { id, events } = frame;
    const refusal = this.#refusal(events.length);
    if ('producer' in frame) {
      const session = this.#producer(frame.producer);
      if (session === undefined) {
        const message = `over the limit of ${this.#options.limits.producersPerConnection} producers of a connection`;
        this.#reply(id, { ok: false, code: 'too_large', message });
      } else if (refusal !== undefined) {
        session.refused(frame.seq);
        this.#reply(id, refusal);
      } else {
        this.#await(id, events.length, session.publish(frame.seq, events, identity));
      }
    } else if (refusal !== undefined) {
      this.#reply(id, refusal);
    } else {
      this.#begin(events.length);
      this.#deps.ingest.submit(events, identity, this, (verdict) => this.#end(id, events.length, verdict));
    }
  }

  /** Nobody is there to be answered any more. */
  close(): void {
    for (const session of this.#producers.values()) session.close();
    this.#producers.clear();
  }

  /** `undefined` where there are too many; one stays as long as its connection, so that it can be told from a takeover. */
  #producer(id: string): ProducerSession | undefined {
    const known = this.#producers.get(id);
    if (known !== undefined) return known;
    if (this.#producers.size >= this.#options.limits.producersPerConnection) return undefined;
    const session = this.#deps.ingest.openProducer(id);
    this.#producers.set(id, session);
    return session;
  }

  #refusal(events: number): Refusal | undefined {
    const { eventsPerPublish, unackedEventsPerConnection } = this.#options.limits;
    const { retryAfterMs } = this.#options.tuning;
    const waitMs = this.#bucket.take(this.#deps.clock.now());
    if (waitMs > 0) {
      const message = 'too many publishes per second';
      return { ok: false, code: 'rate_limited', message, retryAfterMs: waitMs };
    }
    if (events > eventsPerPublish) {
      const message = `over the limit of ${eventsPerPublish} events of a publish`;
      return { ok: false, code: 'too_large', message };
    }
    if (this.#unackedEvents + weightOf(events) > unackedEventsPerConnection) {
      const message = `over the limit of ${unackedEventsPerConnection} unacknowledged events`;
      return { ok: false, code: 'rate_limited', message, retryAfterMs };
    }
    return undefined;
  }

  #await(id: number, events: number, verdict: Promise<Verdict | undefined>): void {
    this.#begin(events);
    const settled = (known: Verdict | undefined): void => this.#end(id, events, known);
    verdict.then(settled, (error: unknown) => {
      const { logger, connection } = this.#deps;
      logger.error({ err: error, connection }, 'ingest rejected, which it never should');
      settled({ ok: false, code: 'unavailable', message: 'a defect of the server; it has been logged' });
    });
  }

  #begin(events: number): void {
    this.#unackedEvents += weightOf(events);
    this.#unacked++;
  }

  #end(id: number, events: number, verdict: Verdict | undefined): void {
    this.#unackedEvents -= weightOf(events);
    this.#unacked--;
    if (verdict !== undefined) this.#reply(id, verdict);
  }

  #reply(id: number, verdict: Verdict): void {
    if (verdict.ok) {
      const { applied, duplicates, rejected } = verdict;
      const seq = 'seq' in verdict ? { seq: verdict.seq } : {};
      this.#deps.reply({ type: 'ack', id, applied, duplicates, rejected: [...rejected], ...seq });
    } else {
      const { ok: _, ...refusal } = verdict;
      this.#deps.reply({ type: 'error', id, ...refusal });
    }
  }
}

/** An empty publish waits for its answer too. */
function weightOf(events: number): number {
  return Math.max(1, events);
}
