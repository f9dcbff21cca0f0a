import { MAX_LINE_BYTES } from '../../contest/limits.ts';

/** Bytes that are looked at together: some milliseconds of work, since each line is parsed. */
const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 10;

/** Cuts the pieces of a text into blocks of whole lines, and holds no more of it than one line of the greatest length. */
export class LineBlocks {
  /** The beginning of a line whose end has not come; nothing of it is kept where it is too long. */
  #begun: Uint8Array[] = [];
  #begunBytes = 0;

  /** Each block ends with the end of a line, and is valid until the piece is; `too_long` stands for one line. */
  *of(piece: Uint8Array): Generator<Uint8Array | 'too_long', void> {
    for (let at = 0; at < piece.length; at += BLOCK_BYTES) {
      yield* this.#cut(piece.subarray(at, at + BLOCK_BYTES));
    }
  }

  /** The last line need not be ended. */
  *rest(): Generator<Uint8Array | 'too_long', void> {
    if (this.#begunBytes > 0) yield this.#take(new Uint8Array(0));
  }

  *#cut(bytes: Uint8Array): Generator<Uint8Array | 'too_long', void> {
    let start = 0;
    const first = bytes.indexOf(NEWLINE);
    if (first >= 0 && this.#begunBytes + first > MAX_LINE_BYTES) {
      yield this.#take(bytes.subarray(0, first));
      start = first + 1;
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > start) yield this.#take(bytes.subarray(start, end));
    this.#keep(bytes.subarray(end));
  }

  #take(bytes: Uint8Array): Uint8Array | 'too_long' {
    const begun = this.#begun;
    const isTooLong = this.#begunBytes > 0 && begun.length === 0;
    this.#begun = [];
    this.#begunBytes = 0;
    return isTooLong ? 'too_long' : Buffer.concat([...begun, bytes]);
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#begunBytes += bytes.length;
    if (this.#begunBytes > MAX_LINE_BYTES) this.#begun = [];
    else this.#begun.push(bytes.slice());
  }
}
