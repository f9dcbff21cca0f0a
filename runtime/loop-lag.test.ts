import { expect, test } from 'vitest';
import { loopLag } from './loop-lag.ts';

test('the lag of the event loop is what it came too late by, since the last look', () => {
  let resets = 0;
  const seen = {
    count: 3,
    mean: 50e6,
    max: 250e6,
    percentile: (share: number) => (share === 50 ? 0 : 100e6),
    reset: () => {
      resets += 1;
    },
  };
  const { read } = loopLag(seen);
  const found = Object.entries(read()).map(([name, seconds]) => [name, Number(seconds.toFixed(6))]);
  expect(Object.fromEntries(found)).toEqual({ mean: 0.05, max: 0.25, p50: 0, p90: 0.1, p99: 0.1 });
  expect(resets).toBe(1);
});

test('an event loop that was not yet seen has no lag', () => {
  const seen = { count: 0, mean: Number.NaN, max: 0, percentile: () => 0, reset: () => undefined };
  expect(loopLag(seen).read()).toEqual({ mean: 0, max: 0, p50: 0, p90: 0, p99: 0 });
});
