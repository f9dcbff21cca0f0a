import type { ScorewireEvent } from '../protocol/events.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import type { BoardRow, RankDocument, StateOf } from './channel-types.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { ScorewireError } from './errors.ts';
import { type ClientOptions, resolveOptions } from './options.ts';
import { type Ack, Publisher } from './publisher.ts';
import type { Change, Subscription } from './subscription.ts';
import { Subscriptions } from './subscriptions.ts';

export interface ClientEvents {
  readonly state: ConnectionState;
  /** What answers no single request: a refused token, an unreadable frame, a complaint of the server. The client goes on by itself where it can. */
  readonly error: ScorewireError;
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
      { timers, nextId, send: (frame) => this.#connection.send(frame) },
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

  /**
   * Publishes events in one frame. Resolves with the ack, also where single events were rejected. Rejects with a
   * `PublishError`; never sends twice. Without a connection it waits for one, for `publishWaitMs` at most.
   */
  publish(events: ScorewireEvent | readonly ScorewireEvent[]): Promise<Ack> {
    return this.#publisher.publish('type' in events ? [events] : events);
  }

  /** Ends everything: the connection, the subscriptions, waiting publishes. Idempotent. */
  close(): void {
    this.#connection.close();
  }

  #stateChanged(state: ConnectionState): void {
    switch (state.state) {
      case 'open':
        this.#subscriptions.opened();
        this.#publisher.opened();
        break;
      case 'waiting':
        this.#subscriptions.disconnected();
        this.#publisher.disconnected();
        break;
      case 'closed':
        this.#subscriptions.end();
        this.#publisher.end();
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
