import type { Encoding } from '../../protocol/codec.ts';
import type { ServerFrame } from '../../protocol/frames.ts';

/** What a carrier that adds something of its own must know of a frame without reading it. Every frame is its own head. */
export interface FrameHead {
  readonly type: ServerFrame['type'];
  /** Of a frame with a position: the channel, and where its subscriber is afterwards; no epoch where it stays. */
  readonly channel?: string;
  readonly epoch?: string;
  readonly seq?: number;
  readonly reconnectAfterMs?: number;
}

/**
 * A WebSocket, or a stream of events, as the gateway sees it. `buffered`: taken, and will drain. `dropped`: over the backpressure limit, not
 * sent, and nobody else will tell.
 */
export type SendOutcome = 'sent' | 'buffered' | 'dropped';

export interface GatewaySocket {
  readonly encoding: Encoding;
  readonly remoteAddress: string;
  send(wire: string | Uint8Array, head: FrameHead): SendOutcome;
  bufferedBytes(): number;
  /** Whether the client gave a sign of life since the last call: it sent something, pongs included, or took some of what was unsent. */
  takeHeard(): boolean;
  /** Asks for a sign of life. */
  ping(): void;
  join(topic: string): void;
  leave(topic: string): void;
  /** Runs sends so that they leave in one write. */
  cork(sends: () => void): void;
  /** Sends a close frame, which is lost while more than the backpressure limit is unsent; `closed` is called before this returns. */
  end(code: number, reason: string): void;
}

/** What the upgrade request said. */
export interface Handshake {
  readonly encoding: Encoding;
  readonly remoteAddress: string;
  /** From `Authorization: Bearer` or `?token=`. */
  readonly token?: string;
}

/** One per connection; no method is called after `closed`. */
export interface SocketHandler {
  /** A message is valid only during the call. */
  message(bytes: Uint8Array, isBinary: boolean): void;
  /** Something for this socket was over the backpressure limit and is lost. */
  dropped(): void;
  /** The buffer has (partly) drained. */
  drained(): void;
  closed(code: number): void;
}

export interface SocketAcceptor {
  /** A refusal is told as a close frame after the upgrade, since browsers do not show HTTP statuses of upgrades. */
  open(socket: GatewaySocket, handshake: Handshake): SocketHandler;
}

/** Topics: one buffer for all sockets that joined. */
export interface TopicPublisher {
  publish(topic: string, wire: string | Uint8Array, head: FrameHead): void;
  subscribers(topic: string): number;
}
