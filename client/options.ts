import type { Encoding } from '../protocol/encodings.ts';
import type { Backoff } from './backoff.ts';
import { builtInWebSocket, sameOriginUrl } from './environment.ts';
import { systemTimers, type Timers } from './timers.ts';
import type { WebSocketConstructor } from './web-socket.ts';

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
  /** Milliseconds that a publish waits for a connection before it is refused with `unavailable`. Default 10 000. */
  readonly publishWaitMs?: number;
  /** Events published and not yet acknowledged, sent or waiting; beyond: refused with `rate_limited`. Default 10 000. */
  readonly maxPendingEvents?: number;
  /** From 0 (inclusive) to 1 (exclusive). Default `Math.random`. */
  readonly random?: () => number;
  readonly timers?: Timers;
}

export interface ResolvedOptions extends Required<Omit<ClientOptions, 'token' | 'backoff'>> {
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
    publishWaitMs: positive('publishWaitMs', options.publishWaitMs ?? 10_000),
    maxPendingEvents: positive('maxPendingEvents', options.maxPendingEvents ?? 10_000),
    random: options.random ?? Math.random,
    timers: options.timers ?? systemTimers,
  };
}

function positive(name: string, value: number): number {
  if (!(value > 0 && Number.isFinite(value))) throw new TypeError(`the option \`${name}\` must be above 0`);
  return value;
}
