import { MAX_DEPTH } from './decode-error.ts';

/**
 * Makes a value ready for an encoder, which may then assume plain data: refuses what the wire cannot carry, leaves
 * out undefined properties and replaces lone surrogates (they have no UTF-8 form). What needs no change is not copied.
 * `integer` says how this encoding wants integers that do not fit 32 bits.
 */
export function toWireValue(value: unknown, integer: (value: number) => unknown): unknown {
  return convert(value, integer, 0);
}

function convert(value: unknown, integer: (value: number) => unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return wellFormed(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be encoded`);
      return isWide(value) ? integer(value) : value;
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (depth >= MAX_DEPTH) throw new TypeError('too deep to be encoded');
      return Array.isArray(value)
        ? convertList(value, integer, depth + 1)
        : convertObject(value as Record<string, unknown>, integer, depth + 1);
    default:
      throw new TypeError(`a ${typeof value} cannot be encoded`);
  }
}

function convertList(list: unknown[], integer: (value: number) => unknown, depth: number): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const converted = convert(list[i], integer, depth);
    if (converted === list[i]) continue;
    copy ??= list.slice();
    copy[i] = converted;
  }
  return copy ?? list;
}

function convertObject(
  object: Record<string, unknown>,
  integer: (value: number) => unknown,
  depth: number,
): Record<string, unknown> {
  if (!isPlain(object)) throw new TypeError('an instance of a class cannot be encoded');
  const keys = Object.keys(object);
  for (const key of keys) {
    const value = object[key];
    if (value === undefined || wellFormed(key) !== key || convert(value, integer, depth) !== value) {
      return convertedCopy(object, keys, integer, depth);
    }
  }
  return object;
}

function convertedCopy(
  object: Record<string, unknown>,
  keys: readonly string[],
  integer: (value: number) => unknown,
  depth: number,
): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const key of keys) {
    const value = object[key];
    if (value !== undefined) entries.push([wellFormed(key), convert(value, integer, depth)]);
  }
  // Makes own properties even of `__proto__`.
  return Object.fromEntries(entries);
}

/** Also where the object comes from another realm, whose `Object.prototype` is not ours. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isWide(value: number): boolean {
  return (value > 0xffff_ffff || value < -0x8000_0000) && Number.isSafeInteger(value);
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

function wellFormed(text: string): string {
  return text.search(LONE_SURROGATE) < 0 ? text : text.replace(LONE_SURROGATE, '\ufffd');
}
