import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

test('a value counts up to the first bound that it is not above', () => {
  const histogram = new Histogram([1, 2, 4]);
  for (const value of [0, 1, 1.5, 4, 9]) histogram.observe(value);
  histogram.observe(3, 10);
  expect([...histogram.cumulative()]).toEqual([
    [1, 2],
    [2, 3],
    [4, 14],
  ]);
  expect([histogram.count, histogram.sum]).toEqual([15, 45.5]);
});

test('a quantile lies within its bucket, and those above all bounds count as the last one', () => {
  const histogram = new Histogram([10, 20]);
  expect(histogram.quantile(0.5)).toBeUndefined();
  histogram.observe(5, 50);
  histogram.observe(15, 50);
  expect([histogram.quantile(0.25), histogram.quantile(0.5), histogram.quantile(0.75)]).toEqual([5, 10, 15]);
  histogram.observe(1000, 900);
  expect(histogram.quantile(0.99)).toBe(20);
});

test('a quantile since a copy is of what came after it', () => {
  const histogram = new Histogram([1, 2, 3]);
  histogram.observe(1, 1000);
  const before = histogram.copy();
  expect(histogram.quantile(0.5, before)).toBeUndefined();
  histogram.observe(3, 2);
  expect(histogram.quantile(0.5, before)).toBe(2.5);
  expect([before.count, histogram.count]).toEqual([1000, 1002]);
});
