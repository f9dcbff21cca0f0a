import type { Codec, DecodeLimits } from './codec-types.ts';
import { DecodeError, MAX_DEPTH, MAX_VALUES } from './decode-error.ts';
import { utf8Length } from './utf8.ts';
import { toWireValue } from './wire-value.ts';

/** JSON text. Numbers beyond the doubles decode as infinities, which the schemas refuse. */
export const jsonCodec: Codec<string> = {
  encode(value) {
    return JSON.stringify(toWireValue(value, (integer) => integer));
  },

  decode(wire, { maxBytes, maxDepth = MAX_DEPTH, maxValues = MAX_VALUES } = {}) {
    if (maxBytes !== undefined && isLonger(wire, maxBytes)) {
      throw new DecodeError('too_large', `over ${maxBytes} bytes`);
    }
    checkShape(wire, maxDepth, maxValues);
    let value: unknown;
    try {
      value = JSON.parse(wire);
    } catch {
      // The parser's own message quotes the text, which may hold a token.
      throw new DecodeError('malformed', 'not valid JSON');
    }
    return MAYBE_NEGATIVE_ZERO.test(wire) ? withoutNegativeZero(value) : value;
  },
};

function isLonger(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  return text.length * 3 > maxBytes && utf8Length(text) > maxBytes;
}

/** Walks over the text only where it is long enough for so many values or has brackets enough for so many levels. */
function checkShape(text: string, maxDepth: number, maxValues: number): void {
  // A value takes a character at least, and a comma or a bracket.
  if (text.length <= 2 * maxValues && !hasMore(text, '[', '{', maxDepth)) return;
  const values = countJsonValues(text, { maxDepth, maxValues });
  if (values > maxValues) throw new DecodeError('too_large', `more than ${maxValues} values`);
}

/**
 * Elements of lists and entries of objects, all levels together; an empty one counts as one, a text that is not JSON as
 * anything. Counts no further than one over the limit. Throws `DecodeError` where there are more levels.
 */
export function countJsonValues(
  text: string,
  { maxDepth = MAX_DEPTH, maxValues = MAX_VALUES }: Omit<DecodeLimits, 'maxBytes'> = {},
): number {
  let depth = 0;
  let values = 0;
  for (let i = 0; i < text.length && values <= maxValues; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case COMMA:
        values++;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        values++;
        if (++depth > maxDepth) throw new DecodeError('malformed', `more than ${maxDepth} levels`);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
        break;
    }
  }
  return values;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function hasMore(text: string, first: string, second: string, count: number): boolean {
  let found = 0;
  for (const bracket of [first, second]) {
    for (let i = text.indexOf(bracket); i >= 0; i = text.indexOf(bracket, i + 1)) {
      if (++found > count) return true;
    }
  }
  return false;
}

/** The place of the closing quote, or the end of the text. */
function endOfString(text: string, quote: number): number {
  let end = text.indexOf('"', quote + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, place: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(place - 1 - slashes) === BACKSLASH) slashes++;
  return slashes % 2 === 1;
}

/** `-0`, `-0.0`, `-0e9` and what underflows, such as `-1e-999`; also some that are none, which does no harm. */
const MAYBE_NEGATIVE_ZERO = /-(?:0|[\d.]+[eE]-)/;

/** Changes in place: the value has just been made by the parser and is nobody else's. */
function withoutNegativeZero(value: unknown): unknown {
  if (typeof value === 'number') return value + 0;
  if (typeof value !== 'object' || value === null) return value;
  const container = value as Record<string, unknown>;
  for (const key of Object.keys(container)) {
    const item = container[key];
    if (typeof item === 'object') withoutNegativeZero(item);
    // An own `__proto__` is assigned like any other own property.
    else if (item === 0) container[key] = 0;
  }
  return value;
}
