import type { Patch, Position, State, View } from '../protocol/views.ts';
import type { Emitter } from './emitter.ts';
import type { SubscribeError } from './errors.ts';

/**
 * `pending`: nothing has arrived yet. `live`: the state is what the server last published. `stale`: the state was
 * right at `staleSince` and may be behind (no connection, or the server cannot reach the source). `ended`: unsubscribed,
 * refused or the client is closed.
 */
export type SubscriptionStatus = 'pending' | 'live' | 'stale' | 'ended';

export interface Change<S = State> {
  /** Never changed afterwards; parts that the patch left alone are the very same objects as in `previous`. */
  readonly state: S;
  /** Absent at the first state. */
  readonly previous?: S;
  /** What turned `previous` into `state`; absent where the whole state was sent. */
  readonly patch?: Patch;
  /** Unix milliseconds, by the server's clock, at which the oldest change in the patch was accepted. */
  readonly at?: number;
}

export interface SubscriptionEvents<S> {
  readonly change: Change<S>;
  readonly status: SubscriptionStatus;
  /** Refused for good; the subscription has ended. */
  readonly error: SubscribeError;
}

/** What a subscription shows of its channel, which it may share with others. */
export interface ChannelSource {
  readonly view: View | undefined;
  readonly staleSince: number | undefined;
  readonly status: SubscriptionStatus;
}

/** One listener's interest in one channel. */
export class Subscription<S = State> {
  readonly channel: string;
  readonly #source: ChannelSource;
  readonly #emitter: Emitter<SubscriptionEvents<S>>;
  readonly #leave: () => void;
  #ended = false;

  constructor(
    deps: {
      readonly source: ChannelSource;
      readonly emitter: Emitter<SubscriptionEvents<S>>;
      readonly leave: () => void;
    },
    channel: string,
  ) {
    this.channel = channel;
    this.#source = deps.source;
    this.#emitter = deps.emitter;
    this.#leave = deps.leave;
  }

  /** The present state; `undefined` until the first answer. */
  get state(): S | undefined {
    return this.#source.view?.state as S | undefined;
  }

  /** The state of a channel of rows; `undefined` until the first answer. */
  get rows(): Extract<S, readonly unknown[]> | undefined {
    return this.#source.view?.kind === 'rows' ? (this.state as Extract<S, readonly unknown[]>) : undefined;
  }

  /** The state of a channel that holds a document; `undefined` until the first answer. */
  get document(): Exclude<S, readonly unknown[]> | undefined {
    return this.#source.view?.kind === 'document'
      ? (this.state as Exclude<S, readonly unknown[]>)
      : undefined;
  }

  get position(): Position | undefined {
    const view = this.#source.view;
    return view && { epoch: view.epoch, seq: view.seq };
  }

  get status(): SubscriptionStatus {
    return this.#ended ? 'ended' : this.#source.status;
  }

  get stale(): boolean {
    return this.status === 'stale';
  }

  /** Unix milliseconds, by the client's clock, at which the state stopped being known to be right; `undefined` while it is. */
  get staleSince(): number | undefined {
    return this.stale ? this.#source.staleSince : undefined;
  }

  on<K extends keyof SubscriptionEvents<S>>(
    event: K,
    listener: (payload: SubscriptionEvents<S>[K]) => void,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Idempotent. The server is told once nobody in this client listens to the channel. */
  unsubscribe(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#emitter.clear();
    this.#leave();
  }
}
