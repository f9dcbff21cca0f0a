import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fromMillionths,
  fromThousandths,
  MAX_BONUS,
  MAX_MILLIONTHS,
  MAX_POINTS,
  MIN_BONUS,
  readBonus,
  readPoints,
} from './amount.ts';

test.each([
  [1.1, 1100],
  [0.1, 100],
  [-2.5, -2500],
  [1.005, 1005],
  [4.35, 4350],
  [1234567.891, 1234567891],
  [0, 0],
  [-0, 0],
])('points of %d are %d thousandths', (points, thousandths) => {
  expect(readPoints(points)).toBe(thousandths);
});

test.each([
  1.2345,
  0.0001,
  1e-300,
  0.1 + 0.2,
  1.1 + Number.EPSILON,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MAX_VALUE,
  9_007_199_254.741,
  -9_007_199_254.741,
])('%d are no points', (points) => {
  expect(readPoints(points)).toBeUndefined();
});

test('the greatest points are those whose millionths are still told apart', () => {
  expect(readPoints(9_007_199_254.74)).toBe(MAX_POINTS);
  expect(MAX_POINTS * 1000).toBeLessThanOrEqual(MAX_MILLIONTHS);
  expect((MAX_POINTS + 1) * 1000).toBeGreaterThan(MAX_MILLIONTHS);
});

test.each([0, -1, 1000.001, 0.0005, 1.0001, Number.NaN, Number.POSITIVE_INFINITY])(
  'a bonus of %d is out of range',
  (bonus) => {
    expect(readBonus(bonus)).toBeUndefined();
  },
);

test('a bonus is from 0.001 to 1000', () => {
  expect([0.001, 1, 1.5, 1000].map(readBonus)).toEqual([MIN_BONUS, 1000, 1500, MAX_BONUS]);
});

test('every amount of three decimals survives being written as digits', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (any) => {
      const thousandths = any % (MAX_POINTS + 1);
      const digits = JSON.stringify(fromThousandths(thousandths));
      expect(readPoints(JSON.parse(digits))).toBe(thousandths + 0);
      expect(digits).toMatch(/^-?\d+(\.\d{1,3})?$/);
    }),
  );
});

test('numbers with more decimals are refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 9 }), (whole, digit) => {
      expect(readPoints(Number(`${whole}.123${digit}`))).toBeUndefined();
    }),
  );
});

test('scores next to each other stay distinct as doubles, up to 2^33', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 33 * 1_000_000 }), (millionths) => {
      expect(fromMillionths(millionths)).toBeGreaterThan(fromMillionths(millionths - 1));
    }),
  );
});
