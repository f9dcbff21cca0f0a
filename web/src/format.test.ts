import { expect, test } from 'vitest';
import { formatDelta, formatNumber, formatTime, topPercent } from './format.ts';

test('numbers follow the language and keep their decimals', () => {
  expect(formatNumber(1234567.25, 'en')).toBe('1,234,567.25');
  expect(formatNumber(1234567.25, 'de')).toBe('1.234.567,25');
  expect(formatNumber(-5, 'en')).toBe('−5');
  expect(formatNumber(0.1 + 0.2, 'en')).toBe('0.3');
});

test('a delta always has its sign', () => {
  expect(formatDelta(25, 'en')).toBe('+25');
  expect(formatDelta(-1500, 'en')).toBe('−1,500');
});

test('a time has its seconds', () => {
  expect(formatTime(new Date(2026, 10, 21, 14, 3, 22).getTime(), 'de')).toBe('14:03:22');
});

test.each([
  [1, 100, 1],
  [1, 1, 100],
  [3, 1000, 0.3],
  [1, 100_000, 0.1],
  [11, 200, 6],
  [0, 0, 0],
])('rank %i of %i is in the top %d percent', (rank, total, percent) => {
  expect(topPercent(rank, total)).toBe(percent);
});
