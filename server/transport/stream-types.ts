import type { FrameHead, GatewaySocket, SocketHandler } from './socket-types.ts';

/** What an answer is that goes on for as long as the client stays: frames as Server-Sent Events, one way. */
export interface EventSource {
  /** What the client is told to wait before it comes back. */
  readonly retryMs: number;
  /** What a client that has got this sends as `Last-Event-ID` when it comes back; `undefined` where that stays as it was. */
  idAfter(head: FrameHead): string | undefined;
  /** The head of the answer is sent. */
  begin(stream: GatewaySocket): SocketHandler;
  /** The client has left before the beginning. */
  abandon(): void;
}
