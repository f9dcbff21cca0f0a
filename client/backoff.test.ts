import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffDelayMs } from './backoff.ts';

const settings = { baseMs: 500, capMs: 20_000 };

test('every wait lies between nothing and the bound of its attempt', () => {
  fc.assert(
    fc.property(
      fc.nat(2000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, chance) => {
        const delayMs = backoffDelayMs(settings, attempt, () => chance);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThan(Math.min(20_000, 500 * 2 ** attempt));
      },
    ),
  );
});

test('the bound doubles until it reaches the cap', () => {
  const almostOne = () => 0.999_999;
  const delays = [0, 1, 2, 5, 6, 50].map((attempt) => backoffDelayMs(settings, attempt, almostOne));
  expect(delays).toEqual([499, 999, 1999, 15_999, 19_999, 19_999]);
});
