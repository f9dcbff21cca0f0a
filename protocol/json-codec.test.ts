import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wireValue } from '../test/support/json-arbitraries.ts';
import { DecodeError } from './decode-error.ts';
import { jsonCodec } from './json-codec.ts';

const malformed = expect.objectContaining({ name: 'DecodeError', code: 'malformed' });

describe('the JSON codec on input from strangers', () => {
  it.each([
    ['nothing', ''],
    ['a space', ' '],
    ['half an object', '{"a":'],
    ['two values', '{}{}'],
    ['a trailing comma', '[1,]'],
    ['NaN', 'NaN'],
    ['a single quote', "'a'"],
    ['a comment', '{}//'],
    ['an unended text', '"abc'],
    ['a leading zero', '01'],
    ['a control character in a text', '"\u0001"'],
  ])('refuses %s', (_, text) => {
    expect(() => jsonCodec.decode(text)).toThrow(malformed);
  });

  it('does not quote the text in its refusal, as it may hold a token', () => {
    expect(() => jsonCodec.decode('{"token":"secret",}')).toThrow(/^not valid JSON$/);
  });

  it.each([
    ['lists', '['.repeat(1_000_000)],
    ['closed lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', '{"a":'.repeat(100_000)],
    ['objects and lists in turn', '[{"a":'.repeat(100_000)],
  ])('refuses a million levels of %s', (_, text) => {
    expect(() => jsonCodec.decode(text)).toThrow(malformed);
  });

  it('does not take brackets inside texts for levels', () => {
    const value = [
      '['.repeat(100),
      { ['{'.repeat(100)]: '"[\\"['.repeat(50) },
      `${'\\'.repeat(7)}[`.repeat(40),
    ];
    deepStrictEqual(jsonCodec.decode(jsonCodec.encode(value), { maxDepth: 2 }), value);
  });

  it('is not fooled about levels by an escaped quote', () => {
    const text = `["\\\\",${'['.repeat(40)}${']'.repeat(40)}]`;
    expect(() => jsonCodec.decode(text)).toThrow(malformed);
  });

  it.each([
    ['-0', 0],
    ['-0.0', 0],
    ['-0e5', 0],
    ['-0.0E+5', 0],
    ['-1e-999', 0],
    ['-12.5e-400', 0],
    ['-0.5', -0.5],
    ['-1e-3', -0.001],
    ['[-0,{"a":-0,"__proto__":-0}]', JSON.parse('[0,{"a":0,"__proto__":0}]')],
    ['["2026-01-02",-7]', ['2026-01-02', -7]],
  ])('decodes %s without a negative zero', (text, value) => {
    deepStrictEqual(jsonCodec.decode(text), value);
  });

  it('leaves numbers beyond the doubles to the schemas', () => {
    expect(jsonCodec.decode('[1e999,-1e999]')).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });

  it('takes the last of equal keys', () => {
    expect(jsonCodec.decode('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it('throws nothing but DecodeError, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'[]{}",:\\0-1e.tnu ') })),
        throwsOnlyDecodeError,
      ),
      { numRuns: 500 },
    );
  });

  it('throws nothing but DecodeError on valid messages that were cut or changed', () => {
    fc.assert(
      fc.property(wireValue(), fc.nat(), fc.string({ maxLength: 2 }), fc.boolean(), (value, at, put, cut) => {
        const text = jsonCodec.encode(value);
        const place = at % (text.length + 1);
        throwsOnlyDecodeError(text.slice(0, place) + put + (cut ? '' : text.slice(place + 1)));
      }),
      { numRuns: 300 },
    );
  });
});

function throwsOnlyDecodeError(text: string): void {
  try {
    jsonCodec.decode(text);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
  }
}
