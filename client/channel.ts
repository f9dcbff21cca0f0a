import type { SnapshotFrame, SubscribedFrame, UpdateFrame } from '../protocol/frames.ts';
import type { Position, State, Update, View } from '../protocol/views.ts';
import { Emitter } from './emitter.ts';
import type { SubscribeError } from './errors.ts';
import { type Reception, receiveUpdate } from './replica.ts';
import {
  type Change,
  type ChannelSource,
  Subscription,
  type SubscriptionEvents,
  type SubscriptionStatus,
} from './subscription.ts';
import type { Timers } from './timers.ts';

interface ChannelDeps {
  readonly timers: Timers;
  /** How long to wait before a subscription that has failed `failures` times in a row is tried again. */
  retryDelayMs(failures: number): number;
  /** Sends a subscribe frame with this position; the frame's id, or `undefined` while there is no connection. */
  request(since: Position | undefined): number | undefined;
  /** The last listener has left. */
  abandoned(): void;
}

/**
 * The client's copy of one channel, shared by everybody who listens to it. While an answer is awaited, updates and
 * snapshots are ignored: the answer comes after them and says everything that they said.
 */
export class Channel implements ChannelSource {
  readonly name: string;
  readonly #deps: ChannelDeps;
  readonly #members = new Map<Emitter<SubscriptionEvents<State>>, { greeted: boolean }>();
  #view: View | undefined;
  #awaitedId: number | undefined;
  #subscribed = false;
  #sourceStale = false;
  #staleSince: number | undefined;
  #status: SubscriptionStatus = 'pending';
  /** Our copy and the server's patches do not fit together: only a whole state helps. */
  #distrusted = false;
  /** Requests in a row without a usable answer. */
  #failures = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(deps: ChannelDeps, name: string) {
    this.name = name;
    this.#deps = deps;
  }

  get view(): View | undefined {
    return this.#view;
  }
  get staleSince(): number | undefined {
    return this.#staleSince;
  }
  get status(): SubscriptionStatus {
    return this.#status;
  }
  get awaitedId(): number | undefined {
    return this.#awaitedId;
  }

  join(): Subscription {
    const emitter = new Emitter<SubscriptionEvents<State>>();
    const member = { greeted: false };
    this.#members.set(emitter, member);
    if (this.#view) {
      // Who joins later gets the present state too, but not before it could listen.
      queueMicrotask(() => {
        if (member.greeted || !this.#view || !this.#members.has(emitter)) return;
        member.greeted = true;
        emitter.emit('change', { state: this.#view.state });
      });
    }
    const leave = () => {
      if (this.#members.delete(emitter) && this.#members.size === 0) this.#deps.abandoned();
    };
    return new Subscription({ source: this, emitter, leave }, this.name);
  }

  /** Asks for what has happened since our position, or for the whole state. */
  subscribe(): void {
    this.#cancelRetry?.();
    const since =
      this.#distrusted || !this.#view ? undefined : { epoch: this.#view.epoch, seq: this.#view.seq };
    this.#awaitedId = this.#deps.request(since);
    this.#subscribed = this.#awaitedId !== undefined;
    this.#refreshStatus();
  }

  disconnected(): void {
    this.#cancelRetry?.();
    this.#awaitedId = undefined;
    this.#subscribed = false;
    this.#sourceStale = false;
    this.#refreshStatus();
  }

  answered(frame: SubscribedFrame): void {
    if (frame.id !== this.#awaitedId) return;
    this.#awaitedId = undefined;
    if ('state' in frame) {
      this.#replace(frame);
    } else if (!frame.patches.every((update) => this.#apply(update) === 'applied')) {
      this.#distrusted = true;
      this.postpone();
      return;
    }
    this.#failures = 0;
    this.#refreshStatus();
  }

  /** The request failed in a way that is worth trying again. */
  postpone(retryAfterMs = 0): void {
    this.#awaitedId = undefined;
    this.#subscribed = false;
    this.#cancelRetry?.();
    const delayMs = retryAfterMs + this.#deps.retryDelayMs(this.#failures);
    this.#failures += 1;
    this.#cancelRetry = this.#deps.timers.after(delayMs, () => this.subscribe());
    this.#refreshStatus();
  }

  updated(frame: UpdateFrame): void {
    if (!this.#settled) return;
    const verdict = this.#apply(frame);
    if (verdict === 'applied' || verdict === 'ignored') return;
    this.#distrusted ||= verdict === 'misfit';
    this.subscribe();
  }

  snapshotted(frame: SnapshotFrame): void {
    if (this.#settled) this.#replace(frame);
  }

  sourceIs(stale: boolean): void {
    this.#sourceStale = stale;
    this.#refreshStatus();
  }

  /** The end: refused for good, or the client is closed. */
  end(error?: SubscribeError): void {
    this.#cancelRetry?.();
    this.#awaitedId = undefined;
    const members = [...this.#members.keys()];
    this.#members.clear();
    this.#status = 'ended';
    for (const emitter of members) {
      emitter.emit('status', 'ended');
      if (error) emitter.emit('error', error);
      emitter.clear();
    }
  }

  get #settled(): boolean {
    return this.#subscribed && this.#awaitedId === undefined;
  }

  #apply(update: Update): Reception['verdict'] {
    const before = this.#view;
    if (!before) return 'misfit';
    const reception = receiveUpdate(before, update);
    if (reception.verdict === 'applied') {
      this.#view = reception.view;
      this.#emitChange(before, update);
    }
    return reception.verdict;
  }

  #replace({ kind, epoch, seq, state }: View): void {
    const before = this.#view;
    // At the very position that we hold, keep the objects that listeners already know.
    if (before?.epoch === epoch && before.seq === seq && !this.#distrusted) return;
    this.#distrusted = false;
    this.#view = { kind, epoch, seq, state };
    this.#emitChange(before);
  }

  #emitChange(before: View | undefined, update?: Update): void {
    if (!this.#view) return;
    const change: Change = {
      state: this.#view.state,
      ...(before && { previous: before.state }),
      ...(update && { patch: update.patch, at: update.at }),
    };
    // The status is settled first, so that a listener of `change` reads the right one.
    this.#refreshStatus();
    for (const [emitter, member] of [...this.#members]) {
      member.greeted = true;
      emitter.emit('change', change);
    }
  }

  #refreshStatus(): void {
    if (this.#status === 'ended') return;
    const live = this.#settled && !this.#sourceStale;
    const status = !this.#view ? 'pending' : live ? 'live' : 'stale';
    if (status === this.#status) return;
    this.#status = status;
    this.#staleSince = status === 'stale' ? this.#deps.timers.now() : undefined;
    for (const emitter of [...this.#members.keys()]) emitter.emit('status', status);
  }
}
