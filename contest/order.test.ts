import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../test/support/seeded-random.ts';
import { OrderScratch, orderByScore } from './order.ts';

const scratch = new OrderScratch();

function orderOf(scores: readonly number[], unit: number): number[] {
  const order = new Uint32Array(scores.length);
  orderByScore(Float64Array.from(scores), scores.length, unit, order, scratch);
  return [...order];
}

function expectedOrder(scores: readonly number[]): number[] {
  return scores
    .map((score, place) => ({ score, place }))
    .sort((a, b) => b.score - a.score || a.place - b.place)
    .map(({ place }) => place);
}

/** More than what is sorted by comparing alone. */
const MANY = 3000;

describe('the order is by score, then by place', () => {
  const random = seededRandom(7);
  const below = (end: number): number => Math.floor(random() * end);
  const cases: Record<string, { unit: number; scores: () => number }> = {
    'few different scores': { unit: 500_000, scores: () => 500_000 * below(20) },
    'one score': { unit: 1, scores: () => 42 },
    'keys of just two digits': { unit: 3, scores: () => 3 * below(2 ** 26) },
    'keys that are rounded': { unit: 1, scores: () => below(2 ** 40) },
    'negative scores': { unit: 1000, scores: () => 1000 * (below(2 ** 20) - 2 ** 19) },
    'the whole range': { unit: 1, scores: () => (random() < 0.5 ? 1 : -1) * below(2 ** 53) },
    'the whole range, coarse': { unit: 2 ** 30, scores: () => 2 ** 30 * (below(2 ** 24) - 2 ** 23) },
    'one far away, the others close together': {
      unit: 1,
      scores: () => (random() < 0.001 ? 2 ** 52 + below(9) : below(1000)),
    },
  };
  test.each(Object.entries(cases))('%s', (_, { unit, scores }) => {
    const drawn = Array.from({ length: MANY }, scores);
    expect(orderOf(drawn, unit)).toEqual(expectedOrder(drawn));
  });

  test('the ends of the range of keys', () => {
    for (const bits of [1, 12, 13, 14, 25, 26, 27, 32, 52]) {
      for (const last of [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]) {
        const scores = Array.from(
          { length: MANY },
          (_, place) => [0, last, last - 1, 1][place % 4] as number,
        );
        expect(orderOf(scores, 1)).toEqual(expectedOrder(scores));
      }
    }
  });

  test('any scores, few and many', () => {
    const unit = fc.constantFrom(1, 10, 500, 2 ** 20);
    fc.assert(
      fc.property(
        unit,
        fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer()), { maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (unit, some, times) => {
          const scores = Array.from({ length: times }, (_, turn) =>
            some.map((score) => (score + (turn % 3)) * unit),
          ).flat();
          expect(orderOf(scores, unit)).toEqual(expectedOrder(scores));
        },
      ),
    );
  });
});
