/**
 * The only folder that knows uWebSockets.js: one listening port for HTTP and WebSocket. What is above sees requests, sockets
 * and topics by our own interfaces.
 */
import { StartError } from '../../runtime/errors.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { AdaptedSocket } from './adapted-socket.ts';
import { addRoutes, type RequestChecks } from './http-adapter.ts';
import type { HttpRoute } from './http-types.ts';
import { OpenAnswers } from './open-answers.ts';
import { addSocketRoute, type SocketOptions } from './socket-adapter.ts';
import type { SocketAcceptor, TopicPublisher } from './socket-types.ts';
import { TopicStreams } from './topic-streams.ts';
import * as library from './uws.ts';

export interface TransportDeps {
  readonly logger: Logger;
}

export interface TransportOptions extends SocketOptions, RequestChecks {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The system spreads connections over all processes that listen on the port. */
  readonly isPortShared: boolean;
  readonly routes: readonly HttpRoute[];
  readonly acceptor: SocketAcceptor;
}

export interface Transport extends Service {
  /** The port listened on; the configured one before the start. */
  readonly port: number;
  readonly publisher: TopicPublisher;
  /** Open WebSockets. */
  readonly connections: number;
  /**
   * No new connections from now on. WebSockets and streams of events stay; over HTTP what reads is answered, what writes is refused with 503, and each answer
   * is the last one of its connection.
   */
  stopListening(): void;
  /** Resolves when every HTTP request that was read is answered, or after the deadline. Comes before `stop`, which cuts off. */
  drained(deadlineMs: number): Promise<void>;
}

export function createTransport(deps: TransportDeps, options: TransportOptions): Transport {
  return new UwsTransport(deps, options);
}

/** The library shares a port with whoever else listens on it, unless it is told not to. Its types lack the argument. */
const SHARED_PORT = 0;
const EXCLUSIVE_PORT = 1;
type Listen = (
  host: string,
  port: number,
  options: number,
  done: (token: library.us_listen_socket | false) => void,
) => unknown;

class UwsTransport implements Transport {
  readonly publisher: TopicPublisher;
  readonly #options: TransportOptions;
  readonly #app: library.TemplatedApp = library.uws.App();
  readonly #sockets = new Set<AdaptedSocket>();
  readonly #streams = new TopicStreams();
  readonly #open = new OpenAnswers();
  #token: library.us_listen_socket | undefined;
  #port: number;
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor({ logger }: TransportDeps, options: TransportOptions) {
    this.#options = options;
    this.#port = options.port;
    const app = this.#app;
    addSocketRoute(app, options.acceptor, options, options, logger, this.#sockets);
    const { backpressureBytes, routes } = options;
    const streams = this.#streams;
    addRoutes(app, routes, { checks: options, logger, open: this.#open, streams, backpressureBytes });
    this.publisher = {
      publish: (topic, wire, head) => {
        app.publish(topic, wire, typeof wire !== 'string');
        if (typeof wire === 'string') streams.publish(topic, wire, head);
      },
      subscribers: (topic) => app.numSubscribers(topic) + streams.count(topic),
    };
  }

  get port(): number {
    return this.#port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    const { host, port, isPortShared } = this.#options;
    const how = isPortShared ? SHARED_PORT : EXCLUSIVE_PORT;
    const token = await new Promise<library.us_listen_socket | false>((resolve) => {
      (this.#app.listen as unknown as Listen).call(this.#app, host, port, how, resolve);
    });
    if (token === false) {
      throw new StartError(
        `cannot listen on ${host}:${port}: the port is taken, or the address is not this machine's`,
      );
    }
    this.#token = token;
    this.#port = library.uws.us_socket_local_port(token);
  }

  stopListening(): void {
    this.#open.drain();
    if (this.#token === undefined) return;
    library.uws.us_listen_socket_close(this.#token);
    this.#token = undefined;
  }

  drained(deadlineMs: number): Promise<void> {
    return this.#open.settled(deadlineMs);
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.stopListening();
    this.#app.close();
  }
}
