import type { Encoding } from '../../protocol/codec.ts';
import type { GatewaySocket, SendOutcome, SocketHandler } from './socket-types.ts';
import type * as uws from './uws.ts';

export interface SocketData {
  readonly socket: AdaptedSocket;
  readonly token: string | undefined;
}

/** A socket of the library must never be touched after its close, so after it every method does nothing. */
export class AdaptedSocket implements GatewaySocket {
  readonly encoding: Encoding;
  readonly remoteAddress: string;
  /** Set from `open` to `close`. */
  handler: SocketHandler | undefined;
  /** Set at every sign of life. */
  heard = true;
  #live: uws.WebSocket<SocketData> | undefined;

  constructor(encoding: Encoding, remoteAddress: string) {
    this.encoding = encoding;
    this.remoteAddress = remoteAddress;
  }

  attach(live: uws.WebSocket<SocketData>): void {
    this.#live = live;
  }

  get isOpen(): boolean {
    return this.#live !== undefined;
  }

  /** The library has closed it. */
  detach(): void {
    this.#live = undefined;
  }

  send(wire: string | Uint8Array): SendOutcome {
    return OUTCOMES[this.#live?.send(wire, typeof wire !== 'string') ?? DROPPED] ?? 'dropped';
  }

  bufferedBytes(): number {
    return this.#live?.getBufferedAmount() ?? 0;
  }

  takeHeard(): boolean {
    const { heard } = this;
    this.heard = false;
    return heard;
  }

  ping(): void {
    this.#live?.ping();
  }

  join(topic: string): void {
    this.#live?.subscribe(topic);
  }

  leave(topic: string): void {
    this.#live?.unsubscribe(topic);
  }

  cork(sends: () => void): void {
    if (this.#live === undefined) sends();
    else this.#live.cork(sends);
  }

  end(code: number, reason: string): void {
    this.#live?.end(code, reason);
  }
}

/** By the number that the library's `send` returns. */
const OUTCOMES: readonly SendOutcome[] = ['buffered', 'sent', 'dropped'];
const DROPPED = 2;
