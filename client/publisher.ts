import type { ScorewireEvent } from '../protocol/events.ts';
import type { AckFrame, ClientFrame, ErrorFrame, ServerFrame } from '../protocol/frames.ts';
import { PublishError } from './errors.ts';
import type { Timers } from './timers.ts';

/** What became of the events of one publish. A rejected one is told by its index; the others were applied. */
export type Ack = Pick<AckFrame, 'applied' | 'duplicates' | 'rejected'>;

interface PublisherDeps {
  readonly timers: Timers;
  /** `not_open`: nothing was sent. Throws on what cannot be encoded. */
  send(frame: ClientFrame): 'sent' | 'not_open' | 'too_large';
  nextId(): number;
}

interface PublisherOptions {
  readonly maxPendingEvents: number;
  readonly publishWaitMs: number;
}

interface Pending {
  readonly events: readonly ScorewireEvent[];
  readonly resolve: (ack: Ack) => void;
  readonly reject: (error: PublishError) => void;
  sent: boolean;
  cancelWait: () => void;
}

/**
 * Publishes and their acks. What was sent and has no ack when the connection is lost is refused, never sent again:
 * whether it was applied is not known, and a second time would count twice.
 */
export class Publisher {
  readonly #deps: PublisherDeps;
  readonly #options: PublisherOptions;
  readonly #pending = new Map<number, Pending>();
  #pendingEvents = 0;
  #closed = false;

  constructor(deps: PublisherDeps, options: PublisherOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  publish(events: readonly ScorewireEvent[]): Promise<Ack> {
    if (this.#closed) return Promise.reject(new PublishError('unavailable', 'the client is closed'));
    if (this.#pendingEvents + events.length > this.#options.maxPendingEvents) {
      return Promise.reject(
        new PublishError('rate_limited', `more than ${this.#options.maxPendingEvents} events without an ack`),
      );
    }
    return new Promise((resolve, reject) => {
      const id = this.#deps.nextId();
      const cancelWait = this.#deps.timers.after(this.#options.publishWaitMs, () =>
        this.#refuse(id, new PublishError('unavailable', 'no connection; nothing was sent')),
      );
      this.#pending.set(id, { events, resolve, reject, sent: false, cancelWait });
      this.#pendingEvents += events.length;
      this.#send(id);
    });
  }

  opened(): void {
    for (const id of [...this.#pending.keys()]) this.#send(id);
  }

  disconnected(): void {
    for (const [id, { sent }] of [...this.#pending]) {
      if (!sent) continue;
      const message = 'the connection was lost before the ack: the events may or may not have been applied';
      this.#refuse(id, new PublishError('unavailable', message, { uncertain: true }));
    }
  }

  /** The client is closed: nothing waits any longer. */
  end(): void {
    this.#closed = true;
    this.disconnected();
    for (const id of [...this.#pending.keys()]) {
      this.#refuse(id, new PublishError('unavailable', 'the client was closed; nothing was sent'));
    }
  }

  receive(frame: ServerFrame): void {
    if (frame.type === 'ack') this.#acknowledge(frame);
    else if (frame.type === 'error') this.#refused(frame);
  }

  #send(id: number): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    try {
      const outcome = this.#deps.send({ type: 'publish', id, events: [...pending.events] });
      if (outcome === 'too_large') {
        this.#refuse(
          id,
          new PublishError('too_large', "the frame is over the server's limit: publish less at once"),
        );
      } else if (outcome === 'sent') {
        pending.sent = true;
        pending.cancelWait();
      }
    } catch (cause) {
      this.#refuse(id, new PublishError('malformed', 'the events cannot be encoded', { cause }));
    }
  }

  #acknowledge({ id, applied, duplicates, rejected }: AckFrame): void {
    this.#settle(id)?.resolve({ applied, duplicates, rejected });
  }

  #refused({ id, code, message, retryAfterMs }: ErrorFrame): void {
    if (id !== undefined) this.#refuse(id, new PublishError(code, message, { retryAfterMs }));
  }

  #refuse(id: number, error: PublishError): void {
    this.#settle(id)?.reject(error);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending) return undefined;
    pending.cancelWait();
    this.#pending.delete(id);
    this.#pendingEvents -= pending.events.length;
    return pending;
  }
}
