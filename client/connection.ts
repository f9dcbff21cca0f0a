import { CLOSE_CODES, shouldReconnect } from '../protocol/codes.ts';
import { SUBPROTOCOLS } from '../protocol/encodings.ts';
import type {
  AnnouncedLimits,
  ClientFrame,
  ErrorFrame,
  ServerFrame,
  WelcomeFrame,
} from '../protocol/frames.ts';
import { Authentication } from './authentication.ts';
import { backoffDelayMs } from './backoff.ts';
import { loadCodec } from './codecs.ts';
import { watchWakeSignals } from './environment.ts';
import { ScorewireError } from './errors.ts';
import { FrameSocket } from './frame-socket.ts';
import { Liveness } from './liveness.ts';
import type { ResolvedOptions } from './options.ts';

/**
 * `connecting`: on the way to the server. `open`: welcomed, and the token accepted. `waiting`: the next attempt comes at
 * `retryAt` (Unix milliseconds). `closed`: for good, by `close()` or because the server said that trying again is senseless.
 */
export type ConnectionState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly session: string; readonly node: string }
  | { readonly state: 'waiting'; readonly retryAt: number; readonly reason: string }
  | { readonly state: 'closed'; readonly code: number; readonly reason: string };

interface ConnectionHandlers {
  state(state: ConnectionState): void;
  /** Whatever concerns subscriptions and publishes. */
  frame(frame: ServerFrame): void;
  error(error: ScorewireError): void;
  nextId(): number;
}

/** Everything that belongs to one attempt and ends with it. */
interface Attempt {
  socket?: FrameSocket;
  liveness?: Liveness;
  cancelTimeout?: () => void;
  welcome?: WelcomeFrame;
  openedAt?: number;
}

/** A connection that was open this long counts as a success: the next back-off starts small again. */
const STABLE_AFTER_MS = 5000;

/** Keeps one connection open: connects, authenticates, notices death, waits, connects again. */
export class Connection {
  readonly #options: ResolvedOptions;
  readonly #handlers: ConnectionHandlers;
  readonly #authentication: Authentication;
  #attempt: Attempt | undefined;
  #failures = 0;
  #cancelWait: (() => void) | undefined;
  /** Unix milliseconds before which the server does not want us back. */
  #notBefore = 0;
  #stopWatching: (() => void) | undefined;
  #state: ConnectionState = { state: 'connecting' };

  constructor(handlers: ConnectionHandlers, options: ResolvedOptions) {
    this.#handlers = handlers;
    this.#options = options;
    this.#authentication = new Authentication(
      {
        nextId: () => handlers.nextId(),
        send: (frame) => void this.#attempt?.socket?.send(frame, Number.POSITIVE_INFINITY),
        accepted: () => this.#opened(),
        refused: (error) => this.#tokenRefused(error),
        failed: (error) => this.#fail(error),
      },
      options.token,
    );
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** What the server allows; `undefined` while there is no welcome. */
  get limits(): Partial<AnnouncedLimits> | undefined {
    return this.#attempt?.welcome?.limits;
  }

  start(): void {
    this.#stopWatching = watchWakeSignals(() => this.wake());
    this.#connect();
  }

  /** Throws on what cannot be encoded. */
  send(frame: ClientFrame): 'sent' | 'not_open' | 'too_large' {
    const attempt = this.#attempt;
    if (this.#state.state !== 'open' || !attempt?.socket || !attempt.welcome) return 'not_open';
    if (!attempt.socket.send(frame, attempt.welcome.limits?.frameBytes || Number.POSITIVE_INFINITY)) {
      return 'too_large';
    }
    if (frame.type !== 'ping') attempt.liveness?.sent();
    return 'sent';
  }

  /** The network is back or the page is looked at again: no reason to wait longer than the server asked for. */
  wake(): void {
    if (this.#state.state === 'waiting') this.#wait(0, this.#state.reason);
    else this.#attempt?.liveness?.check();
  }

  /** Gives this connection up for another one. */
  reconnect(reason: string): void {
    if (this.#state.state === 'open') this.#lost(reason);
  }

  close(): void {
    this.#end(CLOSE_CODES.normal.code, 'closed by this client');
  }

  #connect(): void {
    const attempt: Attempt = {};
    this.#attempt = attempt;
    this.#setState({ state: 'connecting' });
    this.#prepare(attempt).catch((cause: unknown) => {
      if (this.#attempt !== attempt) return;
      this.#fail(
        cause instanceof ScorewireError
          ? cause
          : new ScorewireError('unavailable', 'could not begin to connect', { cause }),
      );
    });
  }

  async #prepare(attempt: Attempt): Promise<void> {
    const { url, encoding, WebSocket, timers, connectTimeoutMs } = this.#options;
    const [codec, tokenIsUsable] = await Promise.all([loadCodec(encoding), this.#authentication.prepare()]);
    if (this.#attempt !== attempt) return;
    if (!tokenIsUsable) {
      this.#end(CLOSE_CODES.tokenRefused.code, 'the token was refused');
      return;
    }
    attempt.cancelTimeout = timers.after(connectTimeoutMs, () =>
      this.#lost('the server did not answer in time', { dead: true }),
    );
    attempt.socket = new FrameSocket(new WebSocket(url, [SUBPROTOCOLS[encoding]]), codec, {
      frame: (frame) => this.#receive(attempt, frame),
      closed: (code, reason) => this.#closed(code, reason),
      undecodable: (cause) =>
        this.#fail(new ScorewireError('malformed', 'a frame of the server could not be read', { cause })),
    });
  }

  #receive(attempt: Attempt, frame: ServerFrame): void {
    if (frame.type === 'pong') attempt.liveness?.answered();
    else attempt.liveness?.heard();
    switch (frame.type) {
      case 'welcome':
        attempt.welcome = frame;
        this.#authentication.welcomed();
        return;
      case 'bye':
        this.#holdBack(frame.reconnectAfterMs);
        return;
      case 'ok':
        this.#authentication.receive(frame);
        return;
      case 'pong':
        return;
      case 'error':
        if (this.#authentication.receive(frame)) return;
        if (frame.id === undefined) this.#complained(frame);
        else this.#handlers.frame(frame);
        return;
      default:
        this.#handlers.frame(frame);
    }
  }

  /** An error that answers no request of ours. */
  #complained({ code, message, retryAfterMs }: ErrorFrame): void {
    this.#holdBack(retryAfterMs ?? 0);
    if (code === 'unauthorized' && this.#authentication.renew()) return;
    this.#handlers.error(new ScorewireError(code, message, { retryAfterMs }));
  }

  #opened(): void {
    const attempt = this.#attempt;
    if (!attempt?.welcome || this.#state.state === 'open') return;
    const { session, node, pingIntervalMs } = attempt.welcome;
    const { timers, pongTimeoutMs } = this.#options;
    attempt.cancelTimeout?.();
    attempt.openedAt = timers.now();
    attempt.liveness = new Liveness(
      {
        timers,
        ping: () => void this.send({ type: 'ping', id: this.#handlers.nextId() }),
        dead: () => this.#lost('nothing was heard any more', { dead: true }),
      },
      { pingIntervalMs, pongTimeoutMs },
    );
    this.#setState({ state: 'open', session, node });
  }

  #closed(code: number, reason: string): void {
    if (code === CLOSE_CODES.tokenRefused.code) {
      this.#authentication.tokenRefused();
      this.#tokenRefused(new ScorewireError('unauthorized', reason || 'the token was refused'));
    } else if (shouldReconnect(code)) {
      this.#lost(reason || `the connection was closed (${code})`);
    } else {
      this.#end(code, reason || `the server closed the connection (${code})`);
    }
  }

  /** Only another token helps, and only a function can give one. */
  #tokenRefused(error: ScorewireError): void {
    this.#handlers.error(error);
    if (this.#authentication.mayChange) this.#lost(error.message);
    else this.#end(CLOSE_CODES.tokenRefused.code, error.message);
  }

  #fail(error: ScorewireError): void {
    this.#holdBack(error.retryAfterMs ?? 0);
    this.#handlers.error(error);
    this.#lost(error.message);
  }

  #lost(reason: string, { dead = false } = {}): void {
    const { timers, backoff, random } = this.#options;
    const openedAt = this.#attempt?.openedAt;
    if (openedAt !== undefined && timers.now() - openedAt >= STABLE_AFTER_MS) this.#failures = 0;
    this.#abandonAttempt({ dead });
    const delayMs = backoffDelayMs(backoff, this.#failures, random);
    this.#failures += 1;
    this.#wait(delayMs, reason);
  }

  #wait(backoffMs: number, reason: string): void {
    const { timers } = this.#options;
    const now = timers.now();
    const delayMs = Math.max(0, this.#notBefore - now) + backoffMs;
    this.#cancelWait?.();
    this.#cancelWait = timers.after(delayMs, () => this.#connect());
    this.#setState({ state: 'waiting', retryAt: now + delayMs, reason });
  }

  #holdBack(delayMs: number): void {
    this.#notBefore = Math.max(this.#notBefore, this.#options.timers.now() + delayMs);
  }

  #end(code: number, reason: string): void {
    if (this.#state.state === 'closed') return;
    this.#cancelWait?.();
    this.#stopWatching?.();
    this.#abandonAttempt();
    this.#setState({ state: 'closed', code, reason });
  }

  #abandonAttempt({ dead = false } = {}): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    this.#authentication.disconnected();
    attempt?.cancelTimeout?.();
    attempt?.liveness?.stop();
    attempt?.socket?.drop({ dead });
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#handlers.state(state);
  }
}
