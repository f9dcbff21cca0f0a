import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wireValue } from '../test/support/json-arbitraries.ts';
import { CODECS, type Codec } from './codec.ts';
import { DecodeError, MAX_DEPTH } from './decode-error.ts';

const codecs = Object.entries(CODECS) as [string, Codec<string | Uint8Array>][];

function nested(levels: number, inside: unknown = 1): unknown {
  return levels === 0 ? inside : nested(levels - 1, levels % 2 === 0 ? [inside] : { a: inside });
}

describe.each(codecs)('the %s codec', (_, codec) => {
  const roundTrip = (value: unknown): unknown => codec.decode(codec.encode(value));

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(wireValue(), (value) => {
        deepStrictEqual(roundTrip(value), value);
      }),
      { numRuns: 300 },
    );
  });

  it('never changes what it encodes', () => {
    fc.assert(
      fc.property(wireValue(), (value) => {
        const copy = structuredClone(value);
        codec.encode(value);
        deepStrictEqual(value, copy);
      }),
    );
  });

  it('keeps __proto__, constructor and toJSON as ordinary keys', () => {
    const text = '{"__proto__":{"polluted":true},"constructor":"c","toJSON":1,"a":[{"__proto__":2}]}';
    expect(JSON.stringify(roundTrip(JSON.parse(text)))).toBe(text);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('decodes -0 as 0', () => {
    deepStrictEqual(roundTrip([-0, { a: -0, b: [-0] }]), [0, { a: 0, b: [0] }]);
  });

  it('leaves out properties that are undefined', () => {
    deepStrictEqual(roundTrip({ a: undefined, b: { c: undefined, d: 1 } }), { b: { d: 1 } });
  });

  it('encodes objects without a prototype', () => {
    deepStrictEqual(roundTrip(Object.assign(Object.create(null), { a: 1 })), { a: 1 });
  });

  it('replaces lone surrogates, which have no UTF-8 form', () => {
    deepStrictEqual(roundTrip(['\ud800', 'a\udfffb', '💥', { '\udc00': `${'x'.repeat(100)}\ud800` }]), [
      '\ufffd',
      'a\ufffdb',
      '💥',
      { '\ufffd': `${'x'.repeat(100)}\ufffd` },
    ]);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['undefined in a list', [undefined]],
    ['a hole in a list', new Array(1)],
    ['NaN', { a: Number.NaN }],
    ['an infinity', [Number.NEGATIVE_INFINITY]],
    ['a function', { a: () => 1 }],
    ['a symbol', [Symbol('a')]],
    ['a bigint', [1n]],
    ['a date', new Date(0)],
    ['a map', { a: new Map() }],
    ['bytes', new Uint8Array(1)],
    ['an error', new Error('no')],
    ['more levels than may be decoded', nested(MAX_DEPTH + 1)],
  ])('refuses to encode %s', (_name, value) => {
    expect(() => codec.encode(value)).toThrow(TypeError);
  });

  it('refuses to encode a cycle', () => {
    const cycle: unknown[] = [];
    cycle.push([cycle]);
    expect(() => codec.encode(cycle)).toThrow(TypeError);
  });

  it('decodes as many levels as it encodes, and no more than it is told to', () => {
    const wire = codec.encode(nested(MAX_DEPTH));
    deepStrictEqual(codec.decode(wire), nested(MAX_DEPTH));
    deepStrictEqual(codec.decode(wire, { maxDepth: MAX_DEPTH }), nested(MAX_DEPTH));
    expect(() => codec.decode(wire, { maxDepth: MAX_DEPTH - 1 })).toThrow(DecodeError);
  });

  it('counts levels, and not how many lists and objects there are', () => {
    const wide = Array.from({ length: 1000 }, () => ({ a: [1] }));
    deepStrictEqual(codec.decode(codec.encode(wide), { maxDepth: 3 }), wide);
    expect(() => codec.decode(codec.encode(wide), { maxDepth: 2 })).toThrow(DecodeError);
  });

  it('refuses a message over the limit of bytes as too large, and takes one at the limit', () => {
    const wire = codec.encode({ name: 'é💥x' });
    const bytes = Buffer.byteLength(wire);
    deepStrictEqual(codec.decode(wire, { maxBytes: bytes }), { name: 'é💥x' });
    expect(() => codec.decode(wire, { maxBytes: bytes - 1 })).toThrow(
      expect.objectContaining({ name: 'DecodeError', code: 'too_large' }),
    );
  });

  it('gives each message memory of its own', () => {
    const first = codec.encode({ n: 1 });
    codec.encode({ n: 2, more: 'x'.repeat(100) });
    deepStrictEqual(codec.decode(first), { n: 1 });
  });
});

describe('both codecs', () => {
  it('carry the same values', () => {
    fc.assert(
      fc.property(wireValue(), (value) => {
        deepStrictEqual(
          CODECS.msgpack.decode(CODECS.msgpack.encode(value)),
          CODECS.json.decode(CODECS.json.encode(value)),
        );
      }),
    );
  });
});
