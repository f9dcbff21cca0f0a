import { expect, test } from 'vitest';
import { addDelay, medianDelayMs } from './latency.ts';

test('the median of the last few delays is shown, so that one slow update does not matter', () => {
  let delays: readonly number[] = [];
  for (const delay of [300, 310, 9000, 290, 305]) delays = addDelay(delays, 1000, 1000 + delay);
  expect(medianDelayMs(delays)).toBe(305);
});

test('old delays make room', () => {
  let delays: readonly number[] = [];
  for (let i = 0; i < 100; i++) delays = addDelay(delays, 0, i);
  expect(delays).toHaveLength(21);
  expect(medianDelayMs(delays)).toBe(89);
});

test('delays that only a wrong clock explains are left out', () => {
  expect(addDelay([], 5000, 1000)).toEqual([]);
  expect(addDelay([], 0, 3_600_000)).toEqual([]);
  expect(medianDelayMs([])).toBeUndefined();
});
