import { CLOSE_CODES, type CloseReason } from '../protocol/codes.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Subscriptions } from './gateway/subscriptions.ts';
import type { GatewaySocket } from './transport/socket-types.ts';

/** How a connection ends: decided once; a client that does not read is told later, and is cut off if it never reads. */
export class ConnectionEnd {
  readonly #clock: Clock;
  readonly #options: { readonly closeDeadlineMs: number };
  readonly #socket: GatewaySocket;
  readonly #subscriptions: Subscriptions;
  #closing: { readonly reason: CloseReason; readonly deadline: number } | undefined;
  #closed = false;

  constructor(
    clock: Clock,
    options: { readonly closeDeadlineMs: number },
    socket: GatewaySocket,
    subscriptions: Subscriptions,
  ) {
    this.#clock = clock;
    this.#options = options;
    this.#socket = socket;
    this.#subscriptions = subscriptions;
  }

  /** It is to be closed, or it is; nothing is read or said any more. */
  get isDecided(): boolean {
    return this.#closed || this.#closing !== undefined;
  }

  get reason(): CloseReason | undefined {
    return this.#closing?.reason;
  }

  close(reason: CloseReason): void {
    if (this.isDecided) return;
    this.#closing = { reason, deadline: this.#clock.now() + this.#options.closeDeadlineMs };
    const { code, means } = CLOSE_CODES[reason];
    this.#subscriptions.end(code, means, reason === 'limitExceeded' ? 'forgotten' : 'kept');
  }

  /** Ends at once; the close frame is lost where the client does not read. */
  cutOff(reason: CloseReason): void {
    this.close(reason);
    const { code, means } = CLOSE_CODES[this.#closing?.reason ?? reason];
    if (!this.#closed) this.#socket.end(code, means);
  }

  /** True where the end is decided; then its deadline is seen to. */
  sweep(now: number): boolean {
    if (this.#closing !== undefined && now >= this.#closing.deadline) this.cutOff(this.#closing.reason);
    return this.isDecided;
  }

  /** The socket is gone. True the first time. */
  noteClosed(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.#subscriptions.close();
    return true;
  }
}
