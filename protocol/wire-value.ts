import { MAX_DEPTH } from './decode-error.ts';

/**
 * Makes a value ready for an encoder, which may then assume plain data: refuses what the wire cannot carry, leaves
 * out undefined properties and replaces lone surrogates (they have no UTF-8 form). What needs no change is not copied.
 */
export function toWireValue(value: unknown): unknown {
  return convert(value, 0);
}

function convert(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return wellFormed(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be encoded`);
      return value;
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (depth >= MAX_DEPTH) throw new TypeError('too deep to be encoded');
      return Array.isArray(value)
        ? convertList(value, depth + 1)
        : convertObject(value as Record<string, unknown>, depth + 1);
    default:
      throw new TypeError(`a ${typeof value} cannot be encoded`);
  }
}

function convertList(list: unknown[], depth: number): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const converted = convert(list[i], depth);
    if (converted === list[i]) continue;
    copy ??= list.slice();
    copy[i] = converted;
  }
  return copy ?? list;
}

function convertObject(object: Record<string, unknown>, depth: number): Record<string, unknown> {
  if (!isPlain(object)) throw new TypeError('an instance of a class cannot be encoded');
  const keys = Object.keys(object);
  for (const key of keys) {
    const value = object[key];
    if (value === undefined || wellFormed(key) !== key || convert(value, depth) !== value) {
      return convertedCopy(object, keys, depth);
    }
  }
  return object;
}

function convertedCopy(
  object: Record<string, unknown>,
  keys: readonly string[],
  depth: number,
): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const key of keys) {
    const value = object[key];
    if (value !== undefined) entries.push([wellFormed(key), convert(value, depth)]);
  }
  // Makes own properties even of `__proto__`.
  return Object.fromEntries(entries);
}

/** Also where the object comes from another realm, whose `Object.prototype` is not ours. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

function wellFormed(text: string): string {
  return text.search(LONE_SURROGATE) < 0 ? text : text.replace(LONE_SURROGATE, '\ufffd');
}
