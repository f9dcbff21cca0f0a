import type { Pending } from './pending.ts';
import type { EventSource } from './stream-types.ts';

/** HTTP as our routes see it, without the library underneath. */
export interface HttpRequest {
  /** For logs: that of `x-request-id`, or a random one. */
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** Decoded values of the pattern's `:parameters`, in order. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly remoteAddress: string;
  /** Lower-case name; empty where the header is absent. */
  header(name: string): string;
  /** Its values in their order, empty ones too: a header may come several times, and none where it is absent. */
  headers(name: string): readonly string[];
  /** The whole body. Rejects with `BodyTooLargeError` (the rest is not read) or `RequestAbortedError`. */
  body(maxBytes: number): Promise<Uint8Array>;
  /** The same without a promise, and mostly without a copy: the bytes are gone after the call of `taken`. What that throws is given to `failed`. */
  takeBody(maxBytes: number, taken: (body: Uint8Array) => void, failed: (error: unknown) => void): void;
  /**
   * In place of `body`, for one of any length: piece by piece, and the sender waits until the next one is asked for. Throws
   * `RequestAbortedError`.
   */
  pieces(): AsyncIterable<Uint8Array>;
}

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Instead of a body: the answer goes on. Its status is 200, and the handler a promise's. */
  readonly events?: EventSource;
}

/**
 * Whose reply is a promise may go on asking the request. Who gives a `Pending` has read the headers that it needs, and asks for nothing but
 * the body, which it has begun to take.
 */
export type HttpHandler = (request: HttpRequest) => HttpReply | Pending<HttpReply> | Promise<HttpReply>;

/** `pattern` as uWebSockets.js has it: `/v1/boards/:board/members/:member`, or `/*`. */
export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ANY';
  readonly pattern: string;
  readonly handler: HttpHandler;
  /** An answer that goes on can't be asked for its head alone. */
  readonly withoutHead?: true;
}

export class BodyTooLargeError extends Error {
  readonly maxBytes: number;

  constructor(maxBytes: number) {
    super(`the body is over the limit of ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}
export class RequestAbortedError extends Error {}
