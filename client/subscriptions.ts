import { CHANNEL_MAX_LENGTH } from '../protocol/channels.ts';
import type { ErrorCode } from '../protocol/codes.ts';
import type { ClientFrame, ErrorFrame, ServerFrame } from '../protocol/frames.ts';
import type { Position } from '../protocol/views.ts';
import { type Backoff, backoffDelayMs } from './backoff.ts';
import { Channel } from './channel.ts';
import { SubscribeError } from './errors.ts';
import type { Subscription } from './subscription.ts';
import type { Timers } from './timers.ts';

interface SubscriptionsDeps {
  readonly timers: Timers;
  readonly random: () => number;
  /** False where there is no open connection. */
  send(frame: ClientFrame): boolean;
  nextId(): number;
}

const WORTH_RETRYING: ReadonlySet<ErrorCode> = new Set(['unavailable', 'rate_limited']);

/** All channels that this client listens to: one subscription at the server each, however many listen here. */
export class Subscriptions {
  readonly #deps: SubscriptionsDeps;
  readonly #backoff: Backoff;
  readonly #channels = new Map<string, Channel>();
  /** Requests without an answer. */
  readonly #requests = new Map<number, Channel>();
  #ended = false;

  constructor(deps: SubscriptionsDeps, { backoff }: { readonly backoff: Backoff }) {
    this.#deps = deps;
    this.#backoff = backoff;
  }

  subscribe(name: string): Subscription {
    const known = this.#channels.get(name);
    if (known) return known.join();
    const channel = new Channel(
      {
        timers: this.#deps.timers,
        retryDelayMs: (failures) => backoffDelayMs(this.#backoff, failures, this.#deps.random),
        request: (since) => this.#request(channel, since),
        abandoned: () => this.#abandon(channel),
      },
      name,
    );
    const subscription = channel.join();
    if (this.#ended) {
      channel.end();
      return subscription;
    }
    if (name.length === 0 || name.length > CHANNEL_MAX_LENGTH) {
      // The server would take such a frame for a defect and close; listeners come after this call returns.
      queueMicrotask(() =>
        channel.end(new SubscribeError(name, { code: 'unknown_channel', message: 'not a channel name' })),
      );
      return subscription;
    }
    this.#channels.set(name, channel);
    channel.subscribe();
    return subscription;
  }

  opened(): void {
    for (const channel of this.#channels.values()) channel.subscribe();
  }

  disconnected(): void {
    this.#requests.clear();
    for (const channel of this.#channels.values()) channel.disconnected();
  }

  /** The client is closed. */
  end(): void {
    this.#ended = true;
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    this.#requests.clear();
    for (const channel of channels) channel.end();
  }

  receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'subscribed': {
        const channel = this.#requests.get(frame.id);
        this.#requests.delete(frame.id);
        channel?.answered(frame);
        return;
      }
      case 'update':
        this.#channels.get(frame.channel)?.updated(frame);
        return;
      case 'snapshot':
        this.#channels.get(frame.channel)?.snapshotted(frame);
        return;
      case 'status':
        this.#channels.get(frame.channel)?.sourceIs(frame.stale);
        return;
      case 'error':
        this.#refused(frame);
        return;
    }
  }

  #request(channel: Channel, since: Position | undefined): number | undefined {
    const id = this.#deps.nextId();
    if (!this.#deps.send({ type: 'subscribe', id, channel: channel.name, ...(since && { since }) })) {
      return undefined;
    }
    this.#requests.set(id, channel);
    return id;
  }

  #refused({ id, code, message, retryAfterMs }: ErrorFrame): void {
    const channel = id === undefined ? undefined : this.#requests.get(id);
    if (id === undefined || !channel) return;
    this.#requests.delete(id);
    if (channel.awaitedId !== id) return;
    if (WORTH_RETRYING.has(code)) {
      channel.postpone(retryAfterMs);
      return;
    }
    this.#channels.delete(channel.name);
    channel.end(new SubscribeError(channel.name, { code, message }));
  }

  #abandon(channel: Channel): void {
    if (this.#channels.get(channel.name) !== channel) return;
    this.#channels.delete(channel.name);
    channel.end();
    this.#deps.send({ type: 'unsubscribe', id: this.#deps.nextId(), channel: channel.name });
  }
}
