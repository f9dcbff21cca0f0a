import fc from 'fast-check';
import type { Document, Json, Row } from '../../protocol/views.ts';

/** Values of every kind that the wire carries, with the keys and texts that codecs are known to get wrong. */

const hardTexts = [
  '__proto__',
  'constructor',
  'toJSON',
  'hasOwnProperty',
  'length',
  '0',
  '',
  '\ufeffmark',
  `\ufeff${'long'.repeat(40)}`,
  'é'.repeat(70),
  '💥'.repeat(40),
  '"\\[{',
  '-0',
  '\u0000',
];

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 30, maxLength: 300 }) },
  { weight: 1, arbitrary: fc.constantFrom(...hardTexts) },
);

export const wireNumber = fc
  .oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(
      0,
      2 ** 31,
      -(2 ** 31),
      2 ** 32,
      2 ** 53 - 1,
      -(2 ** 53) + 1,
      2 ** 53,
      1e300,
      5e-324,
      0.1,
    ),
  )
  // -0 is 0 after decoding.
  .map((value) => value + 0);

function objectOf<T>(value: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<{ [key: string]: T }> {
  const key = fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), text);
  return fc
    .uniqueArray(fc.tuple(key, value), { maxLength, selector: ([name]) => name })
    .map((entries) => Object.fromEntries(entries));
}

/** Any value, nulls too, at most `levels` deep. */
export function wireValue(levels = 4): fc.Arbitrary<Json> {
  const scalar: fc.Arbitrary<Json> = fc.oneof(text, wireNumber, fc.boolean(), fc.constant(null));
  if (levels === 0) return scalar;
  const inner = wireValue(levels - 1);
  return fc.oneof(scalar, fc.array(inner, { maxLength: 5 }), objectOf(inner, 5));
}

/** A document: no nulls anywhere, and few keys, so that two of them often share some. */
export function document(levels = 3): fc.Arbitrary<Document> {
  const scalar: fc.Arbitrary<Json> = fc.oneof(
    fc.constantFrom('x', 'y'),
    fc.integer({ max: 3 }),
    fc.boolean(),
  );
  const list = fc.array(fc.oneof(scalar, fc.constant([1]), fc.constant({ a: 1 })), { maxLength: 3 });
  const leaf = fc.oneof(scalar, list);
  return objectOf(levels === 0 ? leaf : fc.oneof(leaf, document(levels - 1)), 5);
}

/** Rows with few members and few scores, so that lists share rows, in another order, some twice. */
export const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...'abcdefghijkl'), fc.integer({ min: 0, max: 2 })) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...hardTexts), fc.integer(), text) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(3), text, objectOf(wireNumber, 2)) },
    { weight: 1, arbitrary: fc.constantFrom<Row>([], [null], [['a']], [{ a: 1 }, 1], [{ a: 1 }, 2]) },
  ),
  { maxLength: 20 },
);
