import type { Codec, DecodeLimits } from './codec-types.ts';
import { DecodeError, MAX_DEPTH, MAX_VALUES } from './decode-error.ts';
import { utf8Length } from './utf8.ts';
import { toWireValue } from './wire-value.ts';

/** JSON text. Numbers beyond the doubles decode as infinities, which the schemas refuse. */
export const jsonCodec: Codec<string> = {
  encode(value) {
    return JSON.stringify(toWireValue(value));
  },

  decode(wire, { maxBytes, maxDepth = MAX_DEPTH, maxValues = MAX_VALUES } = {}) {
    if (maxBytes !== undefined && isLonger(wire, maxBytes)) {
      throw new DecodeError('too_large', `over ${maxBytes} bytes`);
    }
    if (mayHaveMore(wire, maxValues) && countJsonValues(wire, { maxDepth, maxValues }) > maxValues) {
      throw new DecodeError('too_large', `more than ${maxValues} values`);
    }
    let value: unknown;
    try {
      value = JSON.parse(wire);
    } catch {
      // The parser's own message quotes the text, which may hold a token.
      throw new DecodeError('malformed', 'not valid JSON');
    }
    return checkedValue(value, 0, maxDepth);
  },
};

/**
 * What was parsed, without negative zeros, where it has no more levels. A walk over values takes a tenth of one over their text. Changes in
 * place: the value has just been made by the parser and is nobody else's.
 */
function checkedValue(value: unknown, depth: number, maxDepth: number): unknown {
  if (typeof value === 'number') return value + 0;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) throw tooDeep(maxDepth);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === 'object') checkedValue(item, depth + 1, maxDepth);
      else if (item === 0) value[i] = 0;
    }
    return value;
  }
  const entries = value as Record<string, unknown>;
  // Nothing is inherited that is listed here, and an own `__proto__` is assigned like any other own property.
  for (const key in entries) {
    const item = entries[key];
    if (typeof item === 'object') checkedValue(item, depth + 1, maxDepth);
    else if (item === 0) entries[key] = 0;
  }
  return value;
}

function tooDeep(maxDepth: number): DecodeError {
  return new DecodeError('malformed', `more than ${maxDepth} levels`);
}

/** Whether a text is long enough for more values: the shortest are empty lists, of which each is two (`[],`). */
export function mayHaveMore(text: string, maxValues: number): boolean {
  return 2 * text.length > 3 * maxValues;
}

function isLonger(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  return text.length * 3 > maxBytes && utf8Length(text) > maxBytes;
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
        if (++depth > maxDepth) throw tooDeep(maxDepth);
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
