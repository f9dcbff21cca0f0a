import type { Channel } from '../../protocol/channels.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import type { ErrorFrame, ServerFrame, SubscribeFrame } from '../../protocol/frames.ts';
import type { Position } from '../../protocol/views.ts';
import type { FrameHead, GatewaySocket } from '../transport/socket-types.ts';
import { encodeFrame, type Wire, withHead } from './encoded-frames.ts';
import { replyHead, stateHead } from './frame-heads.ts';
import { Outbox, type OutboxOwner } from './outbox.ts';
import { Subscription, type SubscriptionOwner, type WaitingRequest } from './subscription.ts';
import { all, countOf, find, NO_SUBSCRIPTIONS, without, withSubscription } from './subscription-list.ts';
import type { SharedBySubscriptions, SubscriptionsOwner } from './subscriptions-deps.ts';
import { topicOf, type WatchedChannel } from './watched-channel.ts';

/**
 * What one connection is told: replies, and the channels it is subscribed to. A socket that cannot keep up is withheld its updates
 * (it leaves the topics) and is given one snapshot per changed channel when it has drained.
 */
export class Subscriptions implements SubscriptionOwner, OutboxOwner {
  readonly #shared: SharedBySubscriptions;
  readonly #owner: SubscriptionsOwner;
  readonly #socket: GatewaySocket;
  /** Made for the first reply that has to wait. */
  #outbox: Outbox | undefined;
  #list = NO_SUBSCRIPTIONS;
  /** Made for the first of them, since hardly any connection has one. */
  #withheld: Set<Subscription> | undefined;
  #withholding = false;
  #hasSubscribed = false;
  /** While ending, only what was queued before and the close frame still leave. */
  #state: 'open' | 'ending' | 'closed' = 'open';

  constructor(shared: SharedBySubscriptions, owner: SubscriptionsOwner, socket: GatewaySocket) {
    this.#shared = shared;
    this.#owner = owner;
    this.#socket = socket;
  }

  get size(): number {
    return countOf(this.#list);
  }

  get isBehind(): boolean {
    return (this.#withheld?.size ?? 0) > 0;
  }

  reply(frame: ServerFrame): void {
    if (this.#state !== 'open') return;
    this.#send(encodeFrame(this.#socket.encoding, frame), replyHead(frame));
  }

  /** `parsed` is what the frame's channel names. Whoever may not see it has been refused before. */
  subscribe({ id, channel: name, since }: SubscribeFrame, parsed: Channel): void {
    const subscription = find(this.#list, name) ?? this.#add(id, name, parsed);
    if (subscription === undefined) return;
    if (subscription.channel.isGone && !subscription.live) {
      this.#remove(subscription);
      this.#refuse(id, 'not_found', `there is no ${name} any more`);
    } else if (subscription.channel.isOpen) {
      this.#answer(subscription, id, since);
    } else if (subscription.waiting < this.#shared.options.tuning.waitingSubscribes) {
      subscription.wait({ id, since });
    } else {
      const message = 'too many requests wait for this channel';
      this.#refuse(id, 'rate_limited', message, this.#shared.options.tuning.retryAfterMs);
    }
  }

  unsubscribe(id: number, name: string): void {
    const subscription = find(this.#list, name);
    if (subscription !== undefined) this.#remove(subscription);
    this.reply({ type: 'ok', id });
  }

  /** Ends what the client may not see any more, and tells it. */
  keepOnly(isPermitted: (channel: string) => boolean): void {
    for (const subscription of all(this.#list)) {
      if (this.#state !== 'open') return;
      const { name } = subscription.channel;
      if (isPermitted(name)) continue;
      this.#remove(subscription);
      this.reply({ type: 'error', code: 'forbidden', message: `no longer permitted: ${name}` });
    }
  }

  opened(subscription: Subscription, requests: readonly WaitingRequest[]): void {
    for (const { id, since } of requests) {
      if (this.#state === 'open') this.#answer(subscription, id, since);
    }
  }

  refused(
    subscription: Subscription,
    requests: readonly WaitingRequest[],
    code: ErrorCode,
    message: string,
    retryAfterMs?: number,
  ): void {
    this.#remove(subscription);
    for (const { id } of requests) this.#refuse(id, code, message, retryAfterMs);
  }

  overflown(): void {
    this.#owner.overflown();
  }

  /**
   * Something for this socket is lost. Called from inside the library's loop over subscribers, so nothing may be touched until
   * it has returned.
   */
  dropped(): void {
    if (this.#withholding || this.#state !== 'open') return;
    this.#withholding = true;
    const sentThrough = this.#shared.hub.drainedFlush;
    this.#shared.defer(() => {
      this.#withholding = false;
      if (this.#state !== 'open') return;
      for (const subscription of all(this.#list)) {
        if (subscription.live) this.#withhold(subscription, sentThrough);
      }
      this.drained();
    });
  }

  /** Replies first, then one channel after the other, as long as there is room. */
  drained(): void {
    const socket = this.#socket;
    const below = this.#shared.options.limits.backpressureBytes / 2;
    if (this.#state === 'ending') this.#drain(below);
    if (this.#withholding || this.#state !== 'open') return;
    if (this.#outbox?.isEmpty !== false && !this.isBehind) return;
    if (socket.bufferedBytes() >= below) return;
    socket.cork(() => {
      if (!this.#drain(below)) return;
      for (const subscription of this.#withheld ?? []) {
        if (socket.bufferedBytes() >= below || !this.#catchUp(subscription)) return;
      }
    });
  }

  /** Updates end at once. The close frame follows the replies that are still due, or takes their place. */
  end(code: number, reason: string, replies: 'kept' | 'forgotten'): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    for (const subscription of all(this.#list)) {
      if (subscription.live) this.#leave(subscription);
      subscription.live = false;
    }
    this.#release();
    if (replies === 'forgotten') this.#outbox?.clear();
    this.#outgoing.end(code, reason);
  }

  /** The socket is gone. */
  close(): void {
    this.#state = 'closed';
    this.#release();
    this.#outbox?.clear();
  }

  get #outgoing(): Outbox {
    this.#outbox ??= new Outbox(this.#socket, this.#shared.options.limits, this);
    return this.#outbox;
  }

  #send(wire: Wire, head: FrameHead): 'sent' | 'queued' {
    if (this.#outbox !== undefined) return this.#outbox.send(wire, head);
    if (this.#socket.send(wire, head) !== 'dropped') return 'sent';
    this.#outgoing.keep(wire, head);
    return 'queued';
  }

  #drain(below: number): boolean {
    return this.#outbox?.drain(below) ?? true;
  }

  #release(): void {
    for (const subscription of all(this.#list)) {
      subscription.channel.waiters.delete(subscription);
      this.#noteWithheld(subscription, false);
      this.#shared.hub.release(subscription.channel);
    }
    this.#list = NO_SUBSCRIPTIONS;
  }

  #add(id: number, name: string, parsed: Channel): Subscription | undefined {
    const { subscriptionsPerConnection } = this.#shared.options.limits;
    if (countOf(this.#list) >= subscriptionsPerConnection) {
      const message = `over the limit of ${subscriptionsPerConnection} subscriptions of a connection`;
      this.#refuse(id, 'too_many_subscriptions', message);
      return undefined;
    }
    const channel = this.#shared.hub.acquire(name, parsed);
    if (channel === undefined) {
      this.#refuse(
        id,
        'unavailable',
        'the node watches as many channels as it may',
        this.#shared.options.tuning.retryAfterMs,
      );
      return undefined;
    }
    const subscription = new Subscription(this, channel);
    this.#list = withSubscription(this.#list, subscription);
    return subscription;
  }

  #remove(subscription: Subscription): void {
    const { channel } = subscription;
    if (find(this.#list, channel.name) !== subscription) return;
    this.#list = without(this.#list, channel.name);
    this.#noteWithheld(subscription, false);
    channel.waiters.delete(subscription);
    if (subscription.live) this.#leave(subscription);
    subscription.live = false;
    for (const request of subscription.takeWaiting()) {
      this.#refuse(request.id, 'conflict', 'unsubscribed before the first state was there');
    }
    this.#shared.hub.release(channel);
  }

  /** State and topic in one turn: what is published from now on continues what is sent here. */
  #answer(subscription: Subscription, id: number, since: Position | undefined): void {
    const { channel } = subscription;
    const { encoding } = this.#socket;
    const recovery = since === undefined ? undefined : channel.recoveryBody(encoding, since);
    const body = recovery ?? channel.snapshotBody(encoding);
    this.#count(channel, since, recovery !== undefined);
    const wire = withHead(encoding, { type: 'subscribed', id }, body);
    const outcome = this.#send(wire, stateHead('subscribed', channel));
    if (this.#state !== 'open') return;
    if (channel.stale) this.reply({ type: 'status', channel: channel.name, stale: true });
    if (outcome === 'sent') this.#join(subscription);
    else this.#withhold(subscription, this.#shared.hub.flush);
  }

  #join(subscription: Subscription): void {
    this.#noteWithheld(subscription, false);
    if (subscription.live) return;
    subscription.live = true;
    this.#socket.join(topicOf(this.#socket.encoding, subscription.channel.name));
  }

  #leave({ channel }: Subscription): void {
    this.#socket.leave(topicOf(this.#socket.encoding, channel.name));
  }

  #withhold(subscription: Subscription, sentThrough: number): void {
    if (subscription.live) this.#leave(subscription);
    subscription.live = false;
    subscription.sentThrough = sentThrough;
    this.#noteWithheld(subscription, true);
  }

  #noteWithheld(subscription: Subscription, isWithheld: boolean): void {
    if (this.#withheld === undefined && !isWithheld) return;
    this.#withheld ??= new Set();
    const was = this.#withheld.size;
    if (isWithheld) this.#withheld.add(subscription);
    else this.#withheld.delete(subscription);
    subscription.channel.withheld += this.#withheld.size - was;
  }

  #count(channel: WatchedChannel, since: Position | undefined, isRecovered: boolean): void {
    const recovery = !isRecovered ? 'snapshot' : since && channel.isAt(since) ? 'current' : 'patches';
    this.#shared.hub.counts.subscribed(since && recovery, !this.#hasSubscribed);
    this.#hasSubscribed = true;
  }

  /** False where the socket is full again. */
  #catchUp(subscription: Subscription): boolean {
    const { channel, sentThrough } = subscription;
    const socket = this.#socket;
    const { encoding } = socket;
    if (channel.updatedInFlush > sentThrough) {
      const head = { type: 'snapshot', conflated: true };
      const snapshot = withHead(encoding, head, channel.snapshotBody(encoding));
      if (socket.send(snapshot, stateHead('snapshot', channel)) === 'dropped') return false;
      this.#shared.hub.counts.conflatedSnapshots++;
    }
    if (channel.staleChangedInFlush > sentThrough) {
      this.reply({ type: 'status', channel: channel.name, stale: channel.stale });
    }
    this.#join(subscription);
    return true;
  }

  #refuse(id: number, code: ErrorCode, message: string, retryAfterMs?: number): void {
    const error: ErrorFrame = { type: 'error', id, code, message };
    this.reply(retryAfterMs === undefined ? error : { ...error, retryAfterMs });
  }
}
