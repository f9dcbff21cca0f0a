/**
 * The bus over core NATS: at most once, to whoever is subscribed at that moment.
 *
 * One connection of the client library is one session; what outlives it is ours: the list of subscriptions and the loop that
 * begins the next session. The library can reconnect by itself, but it then keeps what is published meanwhile, and with a
 * frozen server whose socket is full it waits for that socket for ever. A session that ends for good takes its buffers with it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connect,
  DebugEvents,
  Events,
  type NatsConnection,
  type Subscription as NatsSubscription,
} from 'nats';
import { StartError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { BusStateHolder } from './bus-state.ts';
import {
  type BusState,
  MAX_MESSAGE_BYTES,
  type MessageBus,
  MessageTooLargeError,
  type Subscription,
} from './message-bus.ts';
import { type NatsAddress, parseNatsUrl, subjectOf } from './nats-address.ts';
import { greeting } from './nats-greeting.ts';
import { SendWindow } from './send-window.ts';

/** `start` fails where no server was reached by then. */
export const START_TIMEOUT_MS = 10_000;
/** A server that takes longer to let us in is passed over. */
export const CONNECT_TIMEOUT_MS = 3000;
/** A connected server that is silent for this many intervals, and one more, is given up. */
export const PING_INTERVAL_MS = 1000;
export const MAX_PINGS_OUT = 2;
/** The wait before the next attempt doubles from the first to the second; half of it is random. */
export const RECONNECT_WAIT_MS = [100, 2000] as const;
/** Bytes published that the server has not confirmed to have read; beyond, messages are dropped. */
export const MAX_UNCONFIRMED_BYTES = 32 * 1024 * 1024;
/** A stop waits so long for the last messages to leave. */
export const STOP_TIMEOUT_MS = 2000;

export interface NatsBusOptions {
  /** `nats://` or `tls://`, user information included. Several: servers of one cluster, tried in random order. */
  readonly url: string | readonly string[];
  readonly logger: Logger;
  /** Told of each message that is not sent since the server reads too slowly. */
  readonly onDropped?: () => void;
  /** Shown by the server's monitoring. */
  readonly name?: string;
  /** Default: `START_TIMEOUT_MS`. */
  readonly startTimeoutMs?: number;
}

/** `start` throws `StartError` where a URL is malformed or no server lets us in in time. */
export function createNatsBus(options: NatsBusOptions): MessageBus {
  return new NatsBus(options);
}

interface Entry {
  readonly subject: string;
  readonly handler: (message: Uint8Array) => void;
  session?: NatsSubscription;
}

class NatsBus implements MessageBus {
  readonly #urls: readonly string[];
  readonly #logger: Logger;
  readonly #name: string;
  readonly #onDropped: (() => void) | undefined;
  readonly #startTimeoutMs: number;
  readonly #holder: BusStateHolder;
  readonly #entries = new Set<Entry>();
  readonly #ending = new AbortController();
  #connection: NatsConnection | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #lastFailure: unknown;
  #window = new SendWindow(MAX_UNCONFIRMED_BYTES);
  #isOverfull = false;

  constructor(options: NatsBusOptions) {
    const { url, logger, name = 'scorewire', startTimeoutMs = START_TIMEOUT_MS } = options;
    this.#urls = typeof url === 'string' ? [url] : url;
    this.#logger = logger;
    this.#name = name;
    this.#onDropped = options.onDropped;
    this.#startTimeoutMs = startTimeoutMs;
    this.#holder = new BusStateHolder('down', (error) => this.#report(error, 'a listener of the bus threw'));
  }

  get state(): BusState {
    return this.#holder.state;
  }

  onState(listener: (state: BusState) => void): () => void {
    return this.#holder.onState(listener);
  }

  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  publish(topic: string, message: Uint8Array): void {
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed() || this.state === 'down') return;
    if (!this.#hasRoom(message.length)) return;
    try {
      if (message.length > MAX_MESSAGE_BYTES) throw new MessageTooLargeError(message.length);
      // The client sends at the end of the turn: until then the bytes have to be our own.
      connection.publish(subjectOf(topic), new Uint8Array(message));
      const confirmed = this.#window.add(message.length);
      if (confirmed !== undefined) connection.flush().then(confirmed, () => undefined);
    } catch (error) {
      this.#report(error, 'a message of the bus was dropped');
    }
  }

  subscribe(topic: string, handler: (message: Uint8Array) => void): Subscription {
    const entry: Entry = { subject: subjectOf(topic), handler };
    this.#entries.add(entry);
    if (this.#connection !== undefined) this.#attach(entry, this.#connection);
    return {
      unsubscribe: () => {
        if (!this.#entries.delete(entry)) return;
        entry.session?.unsubscribe();
      },
    };
  }

  async #start(): Promise<void> {
    const addresses = this.#urls.map(parseNatsUrl);
    const up = new Promise<void>((resolve) => {
      const end = this.onState(() => {
        end();
        resolve();
      });
    });
    void this.#keepConnected(addresses);
    const deadline = new AbortController();
    const timeout = sleep(this.#startTimeoutMs, undefined, {
      signal: AbortSignal.any([deadline.signal, this.#ending.signal]),
    });
    await Promise.race([up, timeout.catch(() => undefined)]);
    deadline.abort();
    if (this.state === 'up') return;
    const servers = addresses.map(({ server }) => server).join(', ');
    const why = this.#ending.signal.aborted ? 'it was stopped' : reasonOf(this.#lastFailure);
    await this.stop();
    throw new StartError(`no NATS server could be reached at ${servers}: ${why}`);
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#entries.clear();
    if (connection !== undefined && !connection.isClosed()) {
      const deadline = new AbortController();
      const left = connection.flush().catch(() => undefined);
      await Promise.race([left, sleep(STOP_TIMEOUT_MS, undefined, deadline).catch(() => undefined)]);
      deadline.abort();
      await connection.close();
    }
    this.#holder.set('down');
  }

  /** One session after the other until the bus is stopped. */
  async #keepConnected(addresses: readonly NatsAddress[]): Promise<void> {
    for (let failures = 0; !this.#ending.signal.aborted; failures++) {
      for (const address of shuffled(addresses)) {
        try {
          await this.#runSession(address);
          failures = 0;
        } catch (error) {
          this.#lastFailure = error;
          this.#logger.debug({ server: address.server, reason: reasonOf(error) }, 'no connection to NATS');
        }
      }
      const [first, last] = RECONNECT_WAIT_MS;
      const wait = Math.min(first * 2 ** failures, last) * (0.5 + Math.random() / 2);
      await sleep(wait, undefined, this.#ending).catch(() => undefined);
    }
  }

  /** Resolves when an established session has ended, rejects where none came about. */
  async #runSession(address: NatsAddress): Promise<void> {
    const { server } = address;
    await greeting(address, CONNECT_TIMEOUT_MS, this.#ending.signal);
    const connection = await connect({
      servers: server,
      ...address.credentials,
      ...(address.tls ? { tls: {} } : {}),
      name: this.#name,
      reconnect: false,
      timeout: CONNECT_TIMEOUT_MS,
      pingInterval: PING_INTERVAL_MS,
      maxPingOut: MAX_PINGS_OUT,
    });
    if (this.#ending.signal.aborted) return connection.close();
    void this.#watch(connection, server);
    this.#connection = connection;
    this.#window = new SendWindow(MAX_UNCONFIRMED_BYTES);
    for (const entry of this.#entries) this.#attach(entry, connection);
    // The server answers in order: with the answer to this, the subscriptions are there.
    await Promise.race([connection.flush(), connection.closed()]);
    if (!connection.isClosed() && this.#connection === connection) {
      this.#logger.info({ server }, 'the bus is up');
      this.#holder.set('up');
    }
    const failure = await connection.closed();
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#holder.set('down');
    this.#logger.warn({ server, reason: reasonOf(failure) }, 'the bus is down');
  }

  /** The library tells what happens to the connection; it leaves it open where the server no longer answers. */
  async #watch(connection: NatsConnection, server: string): Promise<void> {
    for await (const { type, data } of connection.status()) {
      if (type === DebugEvents.StaleConnection) void connection.close();
      if (type === Events.Error) this.#logger.warn({ server, reason: String(data) }, 'NATS reports an error');
    }
  }

  #attach(entry: Entry, connection: NatsConnection): void {
    try {
      entry.session = connection.subscribe(entry.subject, {
        callback: (error, message) => {
          if (error !== null) return this.#report(error, 'NATS ended a subscription');
          if (!this.#entries.has(entry)) return;
          try {
            entry.handler(message.data);
          } catch (thrown) {
            // Thrown on, it would end the library's reading of the socket.
            this.#report(thrown, 'a handler of the bus threw');
          }
        },
      });
    } catch (error) {
      // The connection is closing; the next session attaches every entry.
      this.#logger.debug({ reason: reasonOf(error) }, 'subscribed while the connection closes');
    }
  }

  /** Before the pings find out that a server no longer reads, much can be published. */
  #hasRoom(bytes: number): boolean {
    const isOverfull = !this.#window.hasRoom(bytes);
    if (isOverfull) this.#onDropped?.();
    if (isOverfull && !this.#isOverfull) this.#logger.warn({}, 'NATS reads too slowly: messages are dropped');
    this.#isOverfull = isOverfull;
    return !isOverfull;
  }

  #report(error: unknown, message: string): void {
    this.#logger.error({ err: error }, message);
  }
}

function reasonOf(failure: unknown): string {
  if (failure === undefined) return 'the connection was closed';
  return failure instanceof Error ? failure.message : String(failure);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
