import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../test/support/seeded-random.ts';
import { OrderScratch } from './order.ts';
import { Standing } from './standing.ts';

const scratch = new OrderScratch();

function orderOf(scores: ArrayLike<number>): number[] {
  const places = Array.from(scores, (_, place) => place);
  return places.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
}

/** Many looks: the first ones are into counted scores, where they can be counted. */
function check(standing: Standing, scores: Float64Array, looks: number): void {
  const order = orderOf(scores);
  const ranks = Array.from(scores, (score) => 1 + scores.filter((other) => other > score).length);
  const written = new Uint32Array(scores.length);
  for (let look = 0; look < looks; look++) {
    const offset = Math.floor((look * scores.length) / looks);
    expect([...standing.slice(offset, 7)]).toEqual(order.slice(offset, offset + 7));
    const score = scores[offset];
    if (score !== undefined) expect(standing.rankOf(score)).toBe(ranks[offset]);
  }
  standing.writeRanks(written);
  expect([...written]).toEqual(ranks);
  expect([...standing.slice(scores.length, 3)]).toEqual([]);
  expect([...standing.slice(0, scores.length + 9)]).toEqual(order);
  expect(standing.places).toBe(scores.length);
}

describe('the order and the ranks are right', () => {
  const random = seededRandom(3);
  const below = (end: number): number => Math.floor(random() * end);
  const cases: Record<string, { unit: number; score: () => number }> = {
    'of coarse scores, which are counted': { unit: 500_000, score: () => 500_000 * (below(900) - 450) },
    'of one score': { unit: 7, score: () => 14 },
    'of scores that go to the ends of the range': {
      unit: 2 ** 40,
      score: () => 2 ** 40 * (below(2 ** 14) - 2 ** 13),
    },
    'of fine scores, which are sorted': { unit: 1, score: () => below(2 ** 45) - 2 ** 44 },
  };
  test.each(Object.entries(cases))('%s', (_, { unit, score }) => {
    const standing = new Standing(scratch);
    for (const places of [2000, 3000, 1500, 0, 1]) {
      const scores = Float64Array.from({ length: places }, score);
      standing.update(scores, places, unit);
      check(standing, scores, 40);
    }
  });

  test('of any scores, whether just few enough to be counted or not', () => {
    const places = 1100;
    const span = fc.oneof(
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 4 * places - 3, max: 4 * places + 3 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(span, fc.constantFrom(1, 10, 2 ** 20), fc.integer(), (span, unit, seed) => {
        const drawn = seededRandom(seed);
        const scores = Float64Array.from({ length: places }, (_, place) => {
          return unit * (place === 7 ? span : Math.floor(drawn() * (span + 1)));
        });
        const standing = new Standing(scratch);
        standing.update(scores, places, unit);
        check(standing, scores, 20);
      }),
      { numRuns: 30 },
    );
  });
});
