import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wireValue } from '../test/support/json-arbitraries.ts';
import { equalJson } from './json-equality.ts';
import type { Json } from './views.ts';

const parse = (text: string): Json => JSON.parse(text) as Json;

describe('equality', () => {
  it('is deep, and reaches every part of a value', () => {
    fc.assert(
      fc.property(wireValue(), wireValue(), (a, b) => {
        expect(equalJson(a, structuredClone(a))).toBe(true);
        expect(equalJson([a, { b }], [b, { b: a }])).toBe(isDeepStrictEqual(a, b));
      }),
      { numRuns: 300 },
    );
  });

  it.each<[Json, Json]>([
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [0, -0],
    [parse('{"__proto__":{"a":1}}'), parse('{"__proto__":{"a":1}}')],
  ])('holds between %j and %j', (a, b) => {
    expect(equalJson(a, b)).toBe(true);
  });

  it.each<[Json, Json]>([
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: 1 }, { b: 1 }],
    [[1], [1, 2]],
    [[], {}],
    [{}, []],
    [null, {}],
    [[], null],
    [1, '1'],
    [0, false],
    [['a'], { 0: 'a' }],
    [{}, parse('{"__proto__":{}}')],
    [parse('{"__proto__":{}}'), { toString: 1 }],
    [parse('{"__proto__":{"a":1}}'), parse('{"__proto__":{"a":2}}')],
  ])('does not hold between %j and %j', (a, b) => {
    expect(equalJson(a, b)).toBe(false);
    expect(equalJson(b, a)).toBe(false);
  });
});
