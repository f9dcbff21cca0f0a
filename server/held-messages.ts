interface HeldMessage {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
}

/** A held message costs more than its bytes. */
const OVERHEAD_BYTES = 100;

/** What a client sends while its token is being verified, since it has to be judged by the identity that was asked for before it. */
export class HeldMessages {
  readonly messages: HeldMessage[] = [];
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a copy. False where that is over the limit. */
  add(bytes: Uint8Array, isBinary: boolean): boolean {
    this.#bytes += bytes.length + OVERHEAD_BYTES;
    if (this.#bytes > this.#maxBytes) return false;
    this.messages.push({ bytes: bytes.slice(), isBinary });
    return true;
  }
}
