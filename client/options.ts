import type { Encoding } from '../protocol/encodings.ts';
import type { Backoff } from './backoff.ts';
import { builtInWebSocket, sameOriginUrl } from './environment.ts';
import type { PublishQueue } from './publish-queue.ts';
import { systemTimers, type Timers } from './timers.ts';
import type { WebSocketConstructor } from './web-socket.ts';

/** A day less than the server remembers what was sent. */
const MAX_EVENT_AGE_MS = 6 * 24 * 60 * 60 * 1000;

/** A token, or what gives one. A function is asked on every connect and whenever the server wants a fresh one; `undefined`: anonymous. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);

export interface ClientOptions {
  /** `ws://` or `wss://`, with the path `/v1/ws`. Default in browsers: the server that the page came from. */
  readonly url?: string;
  /** Default `json`. */
  readonly encoding?: Encoding;
  /** Where there is no global `WebSocket` (Node before 22): the one of the `ws` package. */
  readonly WebSocket?: WebSocketConstructor;
  readonly token?: TokenSource;
  /** Waits between attempts to connect, and before a refused subscription is tried again. Default 500 ms doubling up to 20 s. */
  readonly backoff?: Partial<Backoff>;
  /** Milliseconds from opening the socket until the server's welcome, and its word on the token; then the next attempt. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds in which something must be heard after a ping; else the connection counts as dead. Default 10 000. */
  readonly pongTimeoutMs?: number;
  /** Events published and not yet settled, sent or waiting; beyond: refused with `rate_limited`, until `drain`. Default 10 000. */
  readonly maxPendingEvents?: number;
  /** Milliseconds in which a publish must be answered on an open connection; else it is sent again. Default 30 000. */
  readonly ackTimeoutMs?: number;
  /**
   * Milliseconds after which an event that was sent without an answer is not sent again, but refused as uncertain. Must be
   * below the time for which the server remembers producers (7 days). Default 6 days.
   */
  readonly maxEventAgeMs?: number;
  /** Keeps published events beyond the life of the process. The client closes it. */
  readonly queue?: PublishQueue;
  /** From 0 (inclusive) to 1 (exclusive). Default `Math.random`. */
  readonly random?: () => number;
  readonly timers?: Timers;
}

export interface ResolvedOptions extends Required<Omit<ClientOptions, 'token' | 'backoff' | 'queue'>> {
  readonly queue: PublishQueue | undefined;
  readonly token: TokenSource | undefined;
  readonly backoff: Backoff;
}

/** Throws `TypeError` where the surroundings do not give what the options leave out, or a number makes no sense. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const url = options.url ?? sameOriginUrl();
  if (url === undefined || !/^wss?:\/\//.test(url)) {
    throw new TypeError(
      'the option `url` must be a ws:// or wss:// address, such as ws://127.0.0.1:8080/v1/ws',
    );
  }
  const WebSocket = options.WebSocket ?? builtInWebSocket();
  if (WebSocket === undefined) {
    throw new TypeError('there is no WebSocket here: give the one of the `ws` package as option `WebSocket`');
  }
  return {
    url,
    WebSocket,
    encoding: options.encoding ?? 'json',
    token: options.token,
    backoff: {
      baseMs: positive('backoff.baseMs', options.backoff?.baseMs ?? 500),
      capMs: positive('backoff.capMs', options.backoff?.capMs ?? 20_000),
    },
    connectTimeoutMs: positive('connectTimeoutMs', options.connectTimeoutMs ?? 10_000),
    pongTimeoutMs: positive('pongTimeoutMs', options.pongTimeoutMs ?? 10_000),
    maxPendingEvents: positive('maxPendingEvents', options.maxPendingEvents ?? 10_000),
    ackTimeoutMs: positive('ackTimeoutMs', options.ackTimeoutMs ?? 30_000),
    maxEventAgeMs: positive('maxEventAgeMs', options.maxEventAgeMs ?? MAX_EVENT_AGE_MS),
    queue: options.queue,
    random: options.random ?? Math.random,
    timers: options.timers ?? systemTimers,
  };
}

function positive(name: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) throw new TypeError(`the option \`${name}\` must be above 0`);
  return value;
}
