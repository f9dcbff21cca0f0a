import { MAX_DEPTH } from './decode-error.ts';

/** Throws `TypeError` on what the wire cannot carry, so that encoders may assume plain data. Properties may be undefined: they are left out. */
export function checkWireValue(value: unknown, depth = 0): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      checkNumber(value);
      return;
    case 'object':
      if (value === null) return;
      checkDepth(depth);
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) checkWireValue(value[i], depth + 1);
        return;
      }
      checkPlain(value);
      for (const key of Object.keys(value)) {
        const item = (value as Record<string, unknown>)[key];
        if (item !== undefined) checkWireValue(item, depth + 1);
      }
      return;
    default:
      throw new TypeError(`a ${typeof value} cannot be encoded`);
  }
}

export function checkNumber(value: number): void {
  if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be encoded`);
}

/** `depth` is that of what contains the list or object. */
export function checkDepth(depth: number): void {
  if (depth >= MAX_DEPTH) throw new TypeError('too deep to be encoded');
}

/** Also where the object comes from another realm, whose `Object.prototype` is not ours. */
export function checkPlain(object: object): void {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return;
  if (Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError('an instance of a class cannot be encoded');
  }
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

/** A copy in which lone surrogates, which have no UTF-8 form, are replaced. */
export function wellFormedCopy(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(LONE_SURROGATE, '\ufffd');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormedCopy);
  // Makes own properties even of `__proto__`.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [wellFormedCopy(key), wellFormedCopy(item)]),
  );
}
