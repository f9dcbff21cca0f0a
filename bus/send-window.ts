/** Counts what was sent and not yet confirmed to have been read, so that a receiver who does not read cannot fill our memory. */
export class SendWindow {
  readonly #maxBytes: number;
  readonly #askEveryBytes: number;
  #sent = 0;
  #confirmed = 0;
  #asked = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#askEveryBytes = maxBytes / 16;
  }

  hasRoom(bytes: number): boolean {
    return this.#sent - this.#confirmed + bytes <= this.#maxBytes;
  }

  /** Tells whether it is time to ask for a confirmation; what is to be called when it comes. */
  add(bytes: number): (() => void) | undefined {
    this.#sent += bytes;
    if (this.#sent - this.#asked < this.#askEveryBytes) return undefined;
    const asked = this.#sent;
    this.#asked = asked;
    return () => {
      this.#confirmed = Math.max(this.#confirmed, asked);
    };
  }
}
