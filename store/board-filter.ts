const SLOTS = 2 ** 16;
const ENCODER = new TextEncoder();
/** What sets a window apart from its board in a name. */
const WINDOW_SEPARATOR = '@'.charCodeAt(0);
/** Of all kinds of dirty names only `board:` begins so. */
const BOARD_INITIAL = 'b'.charCodeAt(0);

/**
 * Tells of nearly every dirty name of a board that nobody watches, while it is still a piece of a longer text, that it need not be looked at. To make a
 * string of each and look it up costs several times as much, and a tick may find 100,000 of them. It counts names by a hash, so it may say yes wrongly, but
 * never no.
 */
export class BoardFilter {
  /** Wide enough for as many names as there are, should they all have one hash. */
  readonly #counts = new Uint32Array(SLOTS);

  /** Of a board: its windows go by it. */
  add(name: string): void {
    this.#count(name, 1);
  }

  remove(name: string): void {
    this.#count(name, -1);
  }

  /** Whether the name that is this piece of a text may be one of them, or of a window of one, or is none of a board. */
  mayHave(utf8: Uint8Array, from: number, to: number): boolean {
    return utf8[from] !== BOARD_INITIAL || (this.#counts[slotOf(utf8, from, to)] as number) > 0;
  }

  #count(name: string, by: number): void {
    const slot = slotOf(ENCODER.encode(name), 0, name.length);
    this.#counts[slot] = (this.#counts[slot] as number) + by;
  }
}

/** Of ASCII only, as ids are. */
function slotOf(utf8: Uint8Array, from: number, to: number): number {
  let hash = 0;
  for (let i = from; i < to; i++) {
    const byte = utf8[i] as number;
    if (byte === WINDOW_SEPARATOR) break;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
