const SLOTS = 2 ** 16;
const ENCODER = new TextEncoder();
/** What separates names in a text are control characters, which none of them has. */
export const LAST_CONTROL = 0x1f;
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

  /** Where the name ends that begins here, before a control character; the complement (`~`) of that where it is of a board that is none of these. */
  endOf(utf8: Uint8Array, from: number): number {
    let hash = 0;
    let to = from;
    // One pass for both, as this is done for very many names.
    for (; to < utf8.length; to++) {
      const byte = utf8[to] as number;
      if (byte <= LAST_CONTROL || byte === WINDOW_SEPARATOR) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    while (to < utf8.length && (utf8[to] as number) > LAST_CONTROL) to++;
    return utf8[from] !== BOARD_INITIAL || (this.#counts[slotOf(hash)] as number) > 0 ? to : ~to;
  }

  #count(name: string, by: number): void {
    let hash = 0;
    for (const byte of ENCODER.encode(name)) hash = (Math.imul(hash, 31) + byte) | 0;
    this.#counts[slotOf(hash)] = (this.#counts[slotOf(hash)] as number) + by;
  }
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
