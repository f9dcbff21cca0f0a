import { checkDepth, checkNumber, checkPlain } from './wire-value.ts';

/**
 * Plain MessagePack in one pass, with integers and lengths as short as they can be. It writes into one buffer that all messages share, and
 * gives back a copy, so that a small message keeps no large memory.
 */
export function encodeMessagePack(value: unknown): Uint8Array {
  place = 0;
  write(value, 0);
  const message = bytes.slice(0, place);
  if (bytes.length > KEPT_BYTES) allocate(KEPT_BYTES);
  return message;
}

const KEPT_BYTES = 64 * 1024;
/** The longest head of anything, a double among them. */
const HEAD_BYTES = 9;
/** A unit of UTF-16 becomes so many bytes at most. */
const BYTES_PER_UNIT = 3;
/** For so few a loop is faster than the encoder. */
const SHORT_TEXT = 40;
const encoder = new TextEncoder();

let bytes: Uint8Array<ArrayBuffer>;
let view: DataView;
let place = 0;
allocate(KEPT_BYTES);

function allocate(length: number): void {
  bytes = new Uint8Array(length);
  view = new DataView(bytes.buffer);
}

function makeRoom(wanted: number): void {
  if (place + wanted <= bytes.length) return;
  const written = bytes;
  allocate(2 * (place + wanted));
  bytes.set(written.subarray(0, place));
}

function write(value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
      writeText(value);
      return;
    case 'number':
      writeNumber(value);
      return;
    case 'boolean':
      writeHead(value ? 0xc3 : 0xc2);
      return;
    case 'object':
      if (value === null) {
        writeHead(0xc0);
        return;
      }
      checkDepth(depth);
      if (Array.isArray(value)) writeList(value, depth + 1);
      else writeMap(value as Record<string, unknown>, depth + 1);
      return;
    default:
      throw new TypeError(`a ${typeof value} cannot be encoded`);
  }
}

function writeHead(head: number): void {
  makeRoom(HEAD_BYTES);
  bytes[place++] = head;
}

function writeList(list: readonly unknown[], depth: number): void {
  writeLength(list.length, 0x90, 0xdc);
  for (let i = 0; i < list.length; i++) write(list[i], depth);
}

function writeMap(map: Record<string, unknown>, depth: number): void {
  checkPlain(map);
  const keys = Object.keys(map);
  let length = 0;
  for (const key of keys) if (map[key] !== undefined) length++;
  writeLength(length, 0x80, 0xde);
  for (const key of keys) {
    const value = map[key];
    if (value === undefined) continue;
    writeText(key);
    write(value, depth);
  }
}

/** Of a list or a map: in its head, or after it with 16 or 32 bits. */
function writeLength(length: number, fix: number, with16Bits: number): void {
  makeRoom(HEAD_BYTES);
  if (length < 16) {
    bytes[place++] = fix | length;
  } else if (length <= 0xffff) {
    bytes[place] = with16Bits;
    view.setUint16(place + 1, length);
    place += 3;
  } else {
    bytes[place] = with16Bits + 1;
    view.setUint32(place + 1, length);
    place += 5;
  }
}

function writeNumber(value: number): void {
  checkNumber(value);
  makeRoom(HEAD_BYTES);
  if (!Number.isSafeInteger(value)) {
    bytes[place] = 0xcb;
    view.setFloat64(place + 1, value);
    place += 9;
  } else if (value >= 0) {
    writeCount(value);
  } else {
    writeNegative(value);
  }
}

function writeCount(value: number): void {
  if (value < 0x80) {
    // -0 becomes 0.
    bytes[place++] = value;
  } else if (value <= 0xff) {
    bytes[place] = 0xcc;
    bytes[place + 1] = value;
    place += 2;
  } else if (value <= 0xffff) {
    bytes[place] = 0xcd;
    view.setUint16(place + 1, value);
    place += 3;
  } else if (value <= 0xffff_ffff) {
    bytes[place] = 0xce;
    view.setUint32(place + 1, value);
    place += 5;
  } else {
    writeWide(value);
  }
}

function writeNegative(value: number): void {
  if (value >= -0x20) {
    bytes[place++] = value;
  } else if (value >= -0x80) {
    bytes[place] = 0xd0;
    bytes[place + 1] = value;
    place += 2;
  } else if (value >= -0x8000) {
    bytes[place] = 0xd1;
    view.setInt16(place + 1, value);
    place += 3;
  } else if (value >= -0x8000_0000) {
    bytes[place] = 0xd2;
    view.setInt32(place + 1, value);
    place += 5;
  } else {
    writeWide(value);
  }
}

/** As a signed integer of 64 bits. */
function writeWide(value: number): void {
  const high = Math.floor(value / 2 ** 32);
  bytes[place] = 0xd3;
  view.setInt32(place + 1, high);
  view.setUint32(place + 5, value - high * 2 ** 32);
  place += 9;
}

function writeText(text: string): void {
  makeRoom(HEAD_BYTES + text.length * BYTES_PER_UNIT);
  if (text.length >= SHORT_TEXT || !writeShortAscii(text)) writeUtf8(text);
}

/** False where it is none; then nothing counts as written. */
function writeShortAscii(text: string): boolean {
  const { length } = text;
  const start = place + (length < 32 ? 1 : 2);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return false;
    bytes[start + i] = unit;
  }
  writeTextHead(length);
  place += length;
  return true;
}

/** The encoder replaces lone surrogates, which have no UTF-8 form. */
function writeUtf8(text: string): void {
  const guessed = textHeadBytes(text.length);
  const { written } = encoder.encodeInto(text, bytes.subarray(place + guessed));
  const head = textHeadBytes(written);
  if (head !== guessed) bytes.copyWithin(place + head, place + guessed, place + guessed + written);
  writeTextHead(written);
  place += written;
}

function textHeadBytes(length: number): number {
  if (length < 32) return 1;
  if (length <= 0xff) return 2;
  return length <= 0xffff ? 3 : 5;
}

function writeTextHead(length: number): void {
  if (length < 32) {
    bytes[place++] = 0xa0 | length;
  } else if (length <= 0xff) {
    bytes[place] = 0xd9;
    bytes[place + 1] = length;
    place += 2;
  } else if (length <= 0xffff) {
    bytes[place] = 0xda;
    view.setUint16(place + 1, length);
    place += 3;
  } else {
    bytes[place] = 0xdb;
    view.setUint32(place + 1, length);
    place += 5;
  }
}
