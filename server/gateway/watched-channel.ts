import type { Subscription as BusSubscription } from '../../bus/message-bus.ts';
import type { PatchMessage, RefusalMessage, ViewMessage } from '../../bus/messages.ts';
import { type Channel, kindOf } from '../../protocol/channels.ts';
import { CODECS } from '../../protocol/codec.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import type { Encoding } from '../../protocol/encodings.ts';
import type { Position, View } from '../../protocol/views.ts';
import { assert } from '../../runtime/errors.ts';
import { ChannelView, type Step } from './channel-view.ts';
import type { Wire } from './encoded-frames.ts';
import { RecentPatches, type RecentPatchesLimits, type RecentPatchesUse } from './recent-patches.ts';

/** Somebody who waits for the first state of a channel. */
export interface Waiter {
  opened(): void;
  refused(code: ErrorCode, message: string, retryAfterMs?: number): void;
}

export function topicOf(encoding: Encoding, channel: string): string {
  return encoding === 'json' ? `j:${channel}` : `m:${channel}`;
}

interface CachedBody {
  readonly position: Position;
  readonly since: Position | undefined;
  readonly body: Wire;
}

/**
 * A channel with local subscribers: the view as they have been told it, what has come since and is not yet told, and what is
 * encoded once for all who join.
 */
export class WatchedChannel {
  readonly name: string;
  readonly channel: Channel;
  readonly partition: number;
  readonly view: ChannelView;
  readonly recent: RecentPatches;
  /** Subscriptions, those included that still wait for the first state. */
  subscribers = 0;
  /** Those told since it is watched. */
  updates = 0;
  /** Of the subscribers, such as are not told updates at present, since their connections are slow. */
  withheld = 0;
  readonly waiters = new Set<Waiter>();
  /** When it was first asked for. */
  readonly createdAt: number;
  /** What has come from the bus and is not yet told. */
  pending: (PatchMessage | ViewMessage)[] = [];
  /** Why the owner cannot serve it at present, though it once did. */
  refused: RefusalMessage['code'] | undefined;
  /** As subscribers were last told. */
  stale = false;
  /** The numbers of the flushes in which subscribers were last told an update, and a change of `stale`. */
  updatedInFlush = 0;
  staleChangedInFlush = 0;
  busSubscription: BusSubscription | undefined;
  readonly #snapshots = new Map<Encoding, CachedBody>();
  readonly #recoveries = new Map<Encoding, CachedBody>();

  constructor(
    name: string,
    channel: Channel,
    partition: number,
    options: {
      readonly createdAt: number;
      readonly pendingMessages: number;
      readonly recentUse: RecentPatchesUse;
      readonly recentLimits: RecentPatchesLimits;
    },
  ) {
    this.name = name;
    this.channel = channel;
    this.partition = partition;
    this.createdAt = options.createdAt;
    this.view = new ChannelView(kindOf(channel), { maxAhead: options.pendingMessages });
    this.recent = new RecentPatches(options.recentUse, options.recentLimits);
  }

  get isOpen(): boolean {
    return this.view.view !== undefined;
  }

  /** Of the state that subscribers have been told. */
  get position(): Position {
    return this.#openView();
  }

  /** Its source was removed. Who is there keeps the last state, marked stale; nobody else is let in. */
  get isGone(): boolean {
    return this.refused === 'not_found';
  }

  takeWaiters(): readonly Waiter[] {
    const waiters = [...this.waiters];
    this.waiters.clear();
    return waiters;
  }

  /** All that has come, in order, as updates to tell. */
  takePending(): readonly Step[] {
    const steps: Step[] = [];
    const pending = this.pending;
    this.pending = [];
    for (const message of pending) steps.push(...this.view.receive(message));
    if (steps.length > 0) {
      this.#snapshots.clear();
      this.#recoveries.clear();
    }
    return steps;
  }

  /** The fields of a snapshot without `type` and `id`, encoded once while the position stands. */
  snapshotBody(encoding: Encoding): Wire {
    const view = this.#openView();
    return this.#cached(this.#snapshots, encoding, undefined, () => {
      const { kind, epoch, seq, state } = view;
      return { channel: this.name, kind, epoch, seq, state };
    });
  }

  isAt(position: Position): boolean {
    return samePosition(this.position, position);
  }

  /** The fields of a recovery from exactly this position, or `undefined` where it is not held. */
  recoveryBody(encoding: Encoding, since: Position): Wire | undefined {
    const { kind, epoch, seq } = this.#openView();
    const patches = this.isAt(since) ? [] : this.recent.since(since);
    if (patches === undefined) return undefined;
    return this.#cached(this.#recoveries, encoding, since, () => {
      return { channel: this.name, kind, epoch, seq, recovered: true, patches };
    });
  }

  #openView(): View {
    const { view } = this.view;
    assert(view !== undefined, 'only an open channel has a state to tell');
    return view;
  }

  #cached(
    cache: Map<Encoding, CachedBody>,
    encoding: Encoding,
    since: Position | undefined,
    fields: () => object,
  ): Wire {
    const position = this.#openView();
    const cached = cache.get(encoding);
    if (
      cached !== undefined &&
      samePosition(cached.position, position) &&
      samePosition(cached.since, since)
    ) {
      return cached.body;
    }
    const body = CODECS[encoding].encode(fields());
    cache.set(encoding, { position: { epoch: position.epoch, seq: position.seq }, since, body });
    return body;
  }
}

function samePosition(a: Position | undefined, b: Position | undefined): boolean {
  return a?.epoch === b?.epoch && a?.seq === b?.seq;
}
