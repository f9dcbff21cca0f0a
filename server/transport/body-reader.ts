import { BodyTooLargeError, RequestAbortedError } from './http-types.ts';
import type { HttpResponse } from './uws.ts';

/**
 * Collects a request's body. The library hands out chunks from the first moment on and each is gone after the call, so
 * a reader must be attached before the handler first waits for anything else; until somebody asks for the body it
 * takes what is on its way and pauses the rest.
 */
export class BodyReader {
  /** The Content-Length; `undefined` where it was not given. */
  readonly declaredBytes: number | undefined;
  readonly #response: HttpResponse;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #paused = false;
  #state: 'reading' | 'complete' | 'aborted' | 'refused' = 'reading';
  #waiting:
    | {
        readonly maxBytes: number;
        readonly resolve: (body: Uint8Array) => void;
        readonly reject: (error: unknown) => void;
        /** What is given to `resolve` may be the library's own memory. */
        readonly borrows: boolean;
      }
    | undefined;
  #asking: { resolve: (piece: Uint8Array | undefined) => void; reject: (error: Error) => void } | undefined;

  constructor(response: HttpResponse, declaredBytes: number | undefined) {
    this.#response = response;
    this.declaredBytes = declaredBytes;
    response.onData((chunk, isLast) => this.#receive(chunk, isLast));
  }

  read(maxBytes: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting = { maxBytes, resolve, reject, borrows: false };
      this.#settle();
      this.#readOn();
    });
  }

  /** The same without a promise, and without a copy where all of it comes at once: the bytes are gone after the call. What `resolve` throws is given to `reject`. */
  take(maxBytes: number, resolve: (body: Uint8Array) => void, reject: (error: unknown) => void): void {
    this.#waiting = { maxBytes, resolve, reject, borrows: true };
    this.#settle();
    this.#readOn();
  }

  /**
   * What has come since the last piece, as soon as there is something; `undefined` at the end. Until it is asked for the next one nothing more is
   * read from the network, so whoever sends waits for whoever reads, and a body of any length takes the memory of a piece.
   */
  next(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      this.#asking = { resolve, reject };
      this.#give();
      if (this.#asking !== undefined) this.#readOn();
    });
  }

  abort(): void {
    this.#state = 'aborted';
    this.#settle();
    this.#give();
  }

  /** What still comes is thrown away. Must be called before the reply, for a paused connection would stay so. */
  discard(): void {
    if (this.#state === 'reading') this.#state = 'refused';
    this.#give();
    this.#finish();
    if (this.#paused) this.#response.resume();
    this.#paused = false;
  }

  #receive(chunk: ArrayBuffer, isLast: boolean): void {
    if (this.#state !== 'reading') return;
    if (chunk.byteLength > 0) {
      const isGoneAfterwards = isLast && this.#bytes === 0 && this.#waiting?.borrows === true;
      this.#chunks.push(Buffer.from(isGoneAfterwards ? chunk : chunk.slice(0)));
      this.#bytes += chunk.byteLength;
    }
    if (isLast) this.#state = 'complete';
    this.#settle();
    this.#give();
    // Whoever still asks wants more: a chunk may be empty, as where the sender waits to be told to go on.
    const isWanted = this.#waiting !== undefined || this.#asking !== undefined;
    if (this.#state !== 'reading' || isWanted) return;
    // Also where it is paused already: the rest of what was read from the network still comes, and with it the library counts the seconds in which more
    // has to come, which a pause ends. Whoever waits for us would be cut off.
    this.#paused = true;
    this.#response.pause();
  }

  #readOn(): void {
    if (this.#state !== 'reading' || !this.#paused) return;
    this.#paused = false;
    this.#response.resume();
  }

  /** To whoever asks for the next piece, if there is one, or never will be. */
  #give(): void {
    const asking = this.#asking;
    if (asking === undefined || (this.#state === 'reading' && this.#bytes === 0)) return;
    this.#asking = undefined;
    const piece = this.#bytes === 0 ? undefined : join(this.#chunks, this.#bytes);
    this.#finish();
    if (this.#state === 'aborted' || this.#state === 'refused') {
      asking.reject(new RequestAbortedError('the client went away while sending'));
    } else {
      asking.resolve(piece);
    }
  }

  #settle(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    if (this.#state === 'aborted') {
      this.#finish();
      waiting.reject(new RequestAbortedError('the client went away while sending'));
    } else if (
      this.#state === 'refused' ||
      Math.max(this.#bytes, this.declaredBytes ?? 0) > waiting.maxBytes
    ) {
      this.#state = 'refused';
      this.#finish();
      waiting.reject(new BodyTooLargeError(waiting.maxBytes));
    } else if (this.#state === 'complete') {
      const body = join(this.#chunks, this.#bytes);
      this.#finish();
      try {
        waiting.resolve(body);
      } catch (error) {
        waiting.reject(error);
      }
    }
  }

  #finish(): void {
    this.#waiting = undefined;
    this.#chunks = [];
    this.#bytes = 0;
  }
}

function join(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const body = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}
