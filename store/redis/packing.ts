import { assert } from '../../runtime/errors.ts';

/** How lists go to the scripts and into the log: numbers little-endian, a text as uint16 length and bytes of UTF-8. */

const TEXT_MAX_BYTES = 0xffff;
/** Strict, as a text with other bytes in place of the wrong ones would be another member. A byte order mark belongs to the text. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new Error('defect: a stored text is not UTF-8', { cause });
  }
}

/** The length of a short text, whose two bytes are ASCII themselves. */
const SHORT_LENGTHS = Array.from({ length: 0x80 }, (_, length) => String.fromCharCode(length, 0));

export function packTexts(texts: readonly string[]): Buffer {
  return packShortAscii(texts) ?? packAnyTexts(texts);
}

/** Nearly all texts are such, and one call for all of them costs much less than one for each. */
function packShortAscii(texts: readonly string[]): Buffer | undefined {
  let all = '';
  for (const text of texts) {
    const length = SHORT_LENGTHS[text.length];
    if (length === undefined) return undefined;
    all += length + text;
  }
  const bytes = Buffer.from(all);
  return bytes.length === all.length ? bytes : undefined;
}

function packAnyTexts(texts: readonly string[]): Buffer {
  let bound = 0;
  for (const text of texts) bound += 2 + 3 * text.length;
  const bytes = Buffer.allocUnsafe(bound);
  let at = 0;
  for (const text of texts) at = writeText(bytes, text, at);
  return bytes.subarray(0, at);
}

/** Texts of any length, with uint32 lengths. */
export function packLongTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

export function packDoubles(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(8 * values.length);
  let at = 0;
  for (const value of values) at = bytes.writeDoubleLE(value, at);
  return bytes;
}

export function packUint16s(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(2 * values.length);
  let at = 0;
  for (const value of values) at = bytes.writeUInt16LE(value, at);
  return bytes;
}

export function packUint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Each text with a count (uint16). */
export function packCounts(counts: readonly (readonly [text: string, count: number])[]): Buffer {
  let bound = 0;
  for (const [text] of counts) bound += 4 + 3 * text.length;
  const bytes = Buffer.allocUnsafe(bound);
  let at = 0;
  for (const [text, count] of counts) at = bytes.writeUInt16LE(count, writeText(bytes, text, at));
  return bytes.subarray(0, at);
}

/** Gives where the text ends. */
function writeText(bytes: Buffer, text: string, at: number): number {
  const length = bytes.write(text, at + 2);
  assert(length <= TEXT_MAX_BYTES, 'a text is not too long to be packed');
  bytes.writeUInt16LE(length, at);
  return at + 2 + length;
}

/** Reads what was packed; over the end, or a text that is no UTF-8, is a defect. */
export class PackedReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#advance(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#advance(8));
  }

  text(): string {
    const length = this.uint16();
    const at = this.#advance(length);
    return decodeText(this.#bytes.subarray(at, at + length));
  }

  longTexts(): string[] {
    const texts: string[] = [];
    while (!this.isAtEnd) texts.push(this.longText());
    return texts;
  }

  longText(): string {
    const length = this.uint32();
    const at = this.#advance(length);
    return decodeText(this.#bytes.subarray(at, at + length));
  }

  texts(): string[] {
    const texts: string[] = [];
    while (!this.isAtEnd) texts.push(this.text());
    return texts;
  }

  #advance(length: number): number {
    const at = this.#at;
    assert(at + length <= this.#bytes.length, 'what is packed has all its bytes');
    this.#at += length;
    return at;
  }
}
