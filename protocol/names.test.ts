import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareByteOrder, isId, isText, TEXT_MAX_BYTES } from './names.ts';

/** Any UTF-16 units, lone surrogates among them. */
const looseUnits = fc
  .array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd7ff, max: 0xe000 }), fc.nat(0xa0)), { maxLength: 10 })
  .map((units) => String.fromCharCode(...units));

describe('an id', () => {
  it.each(['a', 'Z', '0', '_', '.', '-', 'season-2026.final_A', 'x'.repeat(64), '..', '__proto__'])(
    'may be %s',
    (id) => {
      expect(isId(id)).toBe(true);
    },
  );

  it.each(['', 'x'.repeat(65), 'a b', 'a:b', 'a@b', 'a/b', 'a*', 'ä', 'a\n', '\n', 'a\u0000', '💥'])(
    'may not be %j',
    (id) => {
      expect(isId(id)).toBe(false);
    },
  );
});

describe('a text', () => {
  it.each([
    'a',
    ' ',
    'a b',
    ':',
    '__proto__',
    'Jürgen',
    '한글',
    '💥',
    '\ufeff',
    '\u00a0',
    '\uffff',
    '\u{10ffff}',
  ])('may be %j', (text) => {
    expect(isText(text)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a line feed', 'a\nb'],
    ['a NUL', '\u0000'],
    ['the last of C0', '\u001f'],
    ['DEL', '\u007f'],
    ['the first of C1', '\u0080'],
    ['the last of C1', '\u009f'],
    ['a lone high surrogate', 'a\ud800'],
    ['a lone high surrogate before a letter', '\ud800a'],
    ['a lone low surrogate', '\udc00a'],
    ['two high surrogates', '\ud800\ud800'],
  ])('may not hold %s', (_, text) => {
    expect(isText(text)).toBe(false);
  });

  it.each(['x', 'é', '한', '💥'])('has at most 128 bytes, counted in UTF-8 (%s)', (character) => {
    const fits = Math.floor(TEXT_MAX_BYTES / Buffer.byteLength(character));
    expect(isText(character.repeat(fits))).toBe(true);
    expect(isText(character.repeat(fits + 1))).toBe(false);
    expect(isText(character.repeat(1_000_000))).toBe(false);
  });

  it('is exactly what survives UTF-8, is short and has no control characters', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), looseUnits), (text) => {
        const bytes = Buffer.from(text, 'utf8');
        const survives = bytes.toString('utf8') === text;
        const expected = survives && bytes.length >= 1 && bytes.length <= 128 && !/\p{Cc}/u.test(text);
        expect(isText(text)).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('byte order', () => {
  it('is the order of the UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareByteOrder(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 500 },
    );
  });

  it('puts what is above U+FFFF last, unlike the order of JavaScript', () => {
    expect(['💥', '\uffff', 'z', 'é', '', 'za'].sort(compareByteOrder)).toEqual([
      '',
      'z',
      'za',
      'é',
      '\uffff',
      '💥',
    ]);
  });
});
