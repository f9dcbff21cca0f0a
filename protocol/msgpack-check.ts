import { DecodeError } from './decode-error.ts';
import { isUtf8 } from './utf8.ts';

/**
 * Walks over a whole MessagePack message without making anything of it, so that a decoder afterwards allocates
 * only what the bytes really hold: a declared length counts for nothing until every item has been passed. Throws
 * `DecodeError` on anything a frame cannot be: truncation, trailing bytes, extension types, 0xc1, keys that are not strings,
 * invalid UTF-8, too many levels or values.
 *
 * Returns whether the message holds something that `decodeExactly` has to decode: what msgpackr alters (a `__proto__` key, -0,
 * a leading U+FEFF), and what only the field that holds it is refused for (binary values, integers beyond 2^53).
 */
export function checkMessagePack(bytes: Uint8Array, maxDepth: number, maxValues: number): boolean {
  const end = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  // Of each open container: the items still to come, and whether they are keys and values in turn.
  const left: number[] = [1];
  const maps: boolean[] = [false];
  let depth = 0;
  let position = 0;
  let values = 0;
  let special = false;

  for (;;) {
    while (left[depth] === 0) {
      if (depth === 0) {
        if (position !== end) throw malformed('bytes follow after the message');
        return special;
      }
      depth--;
    }
    const items = left[depth] as number;
    const isKey = maps[depth] === true && items % 2 === 0;
    left[depth] = items - 1;

    if (position >= end) throw truncated();
    const token = bytes[position++] as number;
    if (token < 0x80 || token >= 0xe0) {
      if (isKey) throw notAKey();
      continue;
    }
    const header = HEADER_BYTES[token] as number;
    if (header === REFUSED) throw refused(token);
    if (header > end - position) throw truncated();

    const kind = KINDS[token] as number;
    if (isKey && kind !== TEXT) throw notAKey();
    if (kind === SCALAR) {
      if (token === 0xcb || token === 0xca) special ||= isNegativeZero(view, position, header);
      else if (token === 0xcf || token === 0xd3) special ||= isUnsafe(view, position, token === 0xd3);
      position += header;
      continue;
    }

    const length = header === 0 ? shortLength(token) : readLength(view, position, header);
    position += header;
    if (kind === TEXT) {
      if (length > end - position) throw truncated();
      if (!isUtf8(bytes, position, position + length)) throw malformed('a string is not valid UTF-8');
      special ||= (isKey && isProto(bytes, position, length)) || startsWithMark(bytes, position, length);
      position += length;
      continue;
    }

    if (kind === BINARY) {
      if (length > end - position) throw truncated();
      special = true;
      position += length;
      continue;
    }

    if (++depth > maxDepth) throw malformed(`more than ${maxDepth} levels`);
    const itemsWithin = kind === MAP ? 2 * length : length;
    // Each item takes a byte at least.
    if (itemsWithin > end - position) throw truncated();
    values += Math.max(1, length);
    if (values > maxValues) throw new DecodeError('too_large', `more than ${maxValues} values`);
    left[depth] = itemsWithin;
    maps[depth] = kind === MAP;
  }
}

const SCALAR = 0;
const TEXT = 1;
const LIST = 2;
const MAP = 3;
const BINARY = 4;
const REFUSED = 0xff;

/** Bytes that follow the token and hold its number or its length. */
const HEADER_BYTES = new Uint8Array(256);
const KINDS = new Uint8Array(256);
HEADER_BYTES.fill(REFUSED, 0xc1, 0xc2).fill(REFUSED, 0xc7, 0xca).fill(REFUSED, 0xd4, 0xd9);
HEADER_BYTES.set([1, 2, 4], 0xc4);
HEADER_BYTES.set([4, 8, 1, 2, 4, 8, 1, 2, 4, 8], 0xca);
HEADER_BYTES.set([1, 2, 4, 2, 4, 2, 4], 0xd9);
KINDS.fill(MAP, 0x80, 0x90).fill(LIST, 0x90, 0xa0).fill(TEXT, 0xa0, 0xc0);
KINDS.fill(BINARY, 0xc4, 0xc7).fill(TEXT, 0xd9, 0xdc).fill(LIST, 0xdc, 0xde).fill(MAP, 0xde, 0xe0);

function shortLength(token: number): number {
  return token >= 0xa0 ? token & 0x1f : token & 0x0f;
}

function readLength(view: DataView, position: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(position);
  return bytes === 2 ? view.getUint16(position) : view.getUint32(position);
}

function isNegativeZero(view: DataView, position: number, bytes: number): boolean {
  return view.getUint32(position) === 0x8000_0000 && (bytes === 4 || view.getUint32(position + 4) === 0);
}

function isUnsafe(view: DataView, position: number, signed: boolean): boolean {
  const high = signed ? view.getInt32(position) : view.getUint32(position);
  return !Number.isSafeInteger(high * 0x1_0000_0000 + view.getUint32(position + 4));
}

const PROTO = [0x5f, 0x5f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x5f, 0x5f];

function isProto(bytes: Uint8Array, position: number, length: number): boolean {
  return length === PROTO.length && PROTO.every((byte, i) => bytes[position + i] === byte);
}

function startsWithMark(bytes: Uint8Array, position: number, length: number): boolean {
  return (
    length >= 3 && bytes[position] === 0xef && bytes[position + 1] === 0xbb && bytes[position + 2] === 0xbf
  );
}

function refused(token: number): DecodeError {
  if (token === 0xc1) return malformed('0xc1 is not MessagePack');
  return malformed('extension types are not used');
}

function notAKey(): DecodeError {
  return malformed('the key of a map is not a string');
}

function truncated(): DecodeError {
  return malformed('the message ends too early');
}

function malformed(message: string): DecodeError {
  return new DecodeError('malformed', message);
}
