import type { ErrorCode } from '../../protocol/codes.ts';
import type { Position } from '../../protocol/views.ts';
import type { Waiter, WatchedChannel } from './watched-channel.ts';

/** A subscribe that waits for the channel's first state. */
export interface WaitingRequest {
  readonly id: number;
  readonly since: Position | undefined;
}

export interface SubscriptionOwner {
  /** The channel has a state now. */
  opened(subscription: Subscription, requests: readonly WaitingRequest[]): void;
  refused(
    subscription: Subscription,
    requests: readonly WaitingRequest[],
    code: ErrorCode,
    message: string,
    retryAfterMs?: number,
  ): void;
}

/** One channel of one connection. There are very many, so it has nothing of its own that it can do without. */
export class Subscription implements Waiter {
  readonly channel: WatchedChannel;
  /** Joined to the topic: everything published reaches the socket, or is reported as dropped. */
  live = false;
  /** While not live: the last flush of which the client is certain to have been sent everything. */
  sentThrough = 0;
  readonly #owner: SubscriptionOwner;
  #waiting: WaitingRequest[] | undefined;

  constructor(owner: SubscriptionOwner, channel: WatchedChannel) {
    this.#owner = owner;
    this.channel = channel;
  }

  /** How many requests wait. */
  get waiting(): number {
    return this.#waiting?.length ?? 0;
  }

  wait(request: WaitingRequest): void {
    this.#waiting ??= [];
    this.#waiting.push(request);
    this.channel.waiters.add(this);
  }

  takeWaiting(): readonly WaitingRequest[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    return waiting;
  }

  opened(): void {
    this.#owner.opened(this, this.takeWaiting());
  }

  refused(code: ErrorCode, message: string, retryAfterMs?: number): void {
    this.#owner.refused(this, this.takeWaiting(), code, message, retryAfterMs);
  }
}
