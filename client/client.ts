import type { ScorewireEvent } from '../protocol/events.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import type { BoardRow, RankDocument, StateOf } from './channel-types.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { ScorewireError } from './errors.ts';
import { type ClientOptions, resolveOptions } from './options.ts';
import type { Ack } from './publish-call.ts';
import { Publisher } from './publisher.ts';
import type { Change, Subscription } from './subscription.ts';
import { Subscriptions } from './subscriptions.ts';

export interface ClientEvents {
  readonly state: ConnectionState;
  /** What answers no single request: a refused token, an unreadable frame, a complaint of the server. The client goes on by itself where it can. */
  readonly error: ScorewireError;
  /** There is room for publishes again, after one was refused with `rate_limited`: at most half of what may be pending is. */
  readonly drain: { readonly pendingEvents: number };
}

/** One connection to a scorewire server, kept open until `close()`, with all its subscriptions and publishes. */
export class ScorewireClient {
  readonly #emitter = new Emitter<ClientEvents>();
  readonly #connection: Connection;
  readonly #subscriptions: Subscriptions;
  readonly #publisher: Publisher;
  #lastId = 0;

  /** Begins to connect. Throws `TypeError` where an option is missing or senseless. */
  constructor(options: ClientOptions = {}) {
    const resolved = resolveOptions(options);
    const nextId = () => ++this.#lastId;
    this.#connection = new Connection(
      {
        nextId,
        state: (state) => this.#stateChanged(state),
        frame: (frame) => this.#received(frame),
        error: (error) => this.#emitter.emit('error', error),
      },
      resolved,
    );
    const { timers, random } = resolved;
    this.#subscriptions = new Subscriptions(
      { timers, random, nextId, send: (frame) => this.#connection.send(frame) === 'sent' },
      resolved,
    );
    this.#publisher = new Publisher(
      {
        timers,
        random,
        nextId,
        send: (frame) => this.#connection.send(frame),
        reconnect: (reason) => this.#connection.reconnect(reason),
        drained: () => this.#emitter.emit('drain', { pendingEvents: this.pendingEvents }),
        error: (error) => this.#emitter.emit('error', error),
      },
      resolved,
    );
    this.#connection.start();
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  on<K extends keyof ClientEvents>(event: K, listener: (payload: ClientEvents[K]) => void): () => void {
    return this.#emitter.on(event, listener);
  }

  /**
   * Listens to a channel, from now until `unsubscribe()`, across reconnects. The first `change` brings the present
   * state. After `close()` the subscription has ended at once.
   */
  subscribe<C extends string>(
    channel: C,
    listener?: (change: Change<StateOf<C>>) => void,
  ): Subscription<StateOf<C>> {
    const subscription = this.#subscriptions.subscribe(channel) as unknown as Subscription<StateOf<C>>;
    if (listener) subscription.on('change', listener);
    return subscription;
  }

  /** The top rows of a board; `name` may carry a window, such as `arena@daily`. */
  board(
    name: string,
    listener?: (change: Change<readonly BoardRow[]>) => void,
  ): Subscription<readonly BoardRow[]> {
    return this.subscribe(`board:${name}`, listener);
  }

  /** One member's place on a board, wherever on the board that is. */
  rank(
    board: string,
    member: string,
    listener?: (change: Change<RankDocument>) => void,
  ): Subscription<RankDocument> {
    return this.subscribe(`rank:${board}:${member}`, listener);
  }

  /** The best teams of a league of a fantasy contest, as `[team, score]`; `all` holds every team. */
  league(
    tournament: string,
    league: string,
    listener?: (change: Change<readonly BoardRow[]>) => void,
  ): Subscription<readonly BoardRow[]> {
    return this.subscribe(`league:${tournament}:${league}`, listener);
  }

  /** One team's place among all of a fantasy contest, wherever that is. */
  team(
    tournament: string,
    team: string,
    listener?: (change: Change<RankDocument>) => void,
  ): Subscription<RankDocument> {
    return this.subscribe(`team:${tournament}:${team}`, listener);
  }

  /** Events that are published and not yet settled. */
  get pendingEvents(): number {
    return this.#publisher.pendingEvents;
  }

  /**
   * Publishes events, each of which is applied exactly once: what has no answer is sent again, over any number of
   * connections and nodes. Resolves when all of them are settled; those that the server refuses for good are in `rejected`, by
   * their index here. Events are applied in the order of the calls, and do not follow later changes of the given objects.
   *
   * Rejects with a `PublishError`. `rate_limited`: `maxPendingEvents` are pending, try again after `drain`. `malformed`,
   * `too_large`: something that cannot be sent. `unauthorized`: there is no token. `unavailable`: the client is closed. `conflict`: the
   * server does not know the earlier events any more, or was given them by somebody else. Where `uncertain` is true the
   * events may or may not have been applied; otherwise they were not.
   */
  publish(events: ScorewireEvent | readonly ScorewireEvent[]): Promise<Ack> {
    return this.#publisher.publish('type' in events ? [events] : events);
  }

  /** Resolves with true once nothing is pending, with false where that takes longer than `timeoutMs` or the client is closed. */
  flush(timeoutMs = 10_000): Promise<boolean> {
    return this.#publisher.flush(timeoutMs);
  }

  /**
   * Ends everything: the connection, the subscriptions, pending publishes; `flush` first to wait for those. Resolves when the
   * queue, if there is one, is closed too. Idempotent.
   */
  close(): Promise<void> {
    this.#connection.close();
    return this.#publisher.end();
  }

  #stateChanged(state: ConnectionState): void {
    switch (state.state) {
      case 'open':
        this.#subscriptions.opened();
        this.#publisher.opened(this.#connection.limits);
        break;
      case 'waiting':
        this.#subscriptions.disconnected();
        this.#publisher.disconnected();
        break;
      case 'closed':
        this.#subscriptions.end();
        void this.#publisher.end();
        break;
      case 'connecting':
        break;
    }
    this.#emitter.emit('state', state);
  }

  #received(frame: ServerFrame): void {
    this.#subscriptions.receive(frame);
    this.#publisher.receive(frame);
  }
}

/** A client that begins to connect at once. */
export function connect(options: ClientOptions = {}): ScorewireClient {
  return new ScorewireClient(options);
}
