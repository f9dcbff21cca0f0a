import type { AckFrame, ErrorFrame, PublishFrame } from '../protocol/frames.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Identity } from './auth/identity.ts';
import { TokenBucket } from './gateway/token-bucket.ts';
import type { Ingest, PublishVerdict } from './ingest/ingest-types.ts';

export interface ConnectionPublishesDeps {
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly reply: (frame: AckFrame | ErrorFrame) => void;
}

export interface ConnectionPublishesOptions {
  readonly publishesPerSecond: number;
  readonly eventsPerPublish: number;
  readonly unackedEventsPerConnection: number;
  readonly retryAfterMs: number;
}

type Refusal = Pick<ErrorFrame, 'code' | 'message' | 'retryAfterMs'>;

/** What one connection publishes, within its limits. Acks come as the store settles, not in the order of the frames. */
export class ConnectionPublishes {
  readonly #deps: ConnectionPublishesDeps;
  readonly #options: ConnectionPublishesOptions;
  readonly #bucket: TokenBucket;
  #unackedEvents = 0;
  #unacked = 0;

  constructor(deps: ConnectionPublishesDeps, options: ConnectionPublishesOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#bucket = new TokenBucket(options.publishesPerSecond, deps.clock.now());
  }

  /** Publishes that are not yet answered. */
  get unacked(): number {
    return this.#unacked;
  }

  handle({ id, events }: PublishFrame, identity: Identity): void {
    const refusal = this.#refusal(events.length);
    if (refusal !== undefined) {
      this.#deps.reply({ type: 'error', id, ...refusal });
      return;
    }
    this.#unackedEvents += events.length;
    this.#unacked++;
    this.#deps.ingest.publish(events, identity).then(
      (verdict) => this.#settled(id, events.length, verdict),
      (error: unknown) => {
        this.#deps.logger.error({ err: error }, 'ingest rejected, which it never should');
        const message = 'a defect of the server; it has been logged';
        this.#settled(id, events.length, { ok: false, code: 'unavailable', message });
      },
    );
  }

  #refusal(events: number): Refusal | undefined {
    const { eventsPerPublish, unackedEventsPerConnection, retryAfterMs } = this.#options;
    const waitMs = this.#bucket.take(this.#deps.clock.now());
    if (waitMs > 0) {
      return { code: 'rate_limited', message: 'too many publishes per second', retryAfterMs: waitMs };
    }
    if (events > eventsPerPublish) {
      return { code: 'too_large', message: `over the limit of ${eventsPerPublish} events of a publish` };
    }
    if (this.#unackedEvents + events > unackedEventsPerConnection) {
      const message = `over the limit of ${unackedEventsPerConnection} unacknowledged events`;
      return { code: 'rate_limited', message, retryAfterMs };
    }
    return undefined;
  }

  #settled(id: number, events: number, verdict: PublishVerdict): void {
    this.#unackedEvents -= events;
    this.#unacked--;
    if (verdict.ok) {
      const { applied, duplicates, rejected } = verdict;
      this.#deps.reply({ type: 'ack', id, applied, duplicates, rejected: [...rejected] });
    } else {
      const { code, message, retryAfterMs } = verdict;
      this.#deps.reply({
        type: 'error',
        id,
        code,
        message,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
  }
}
