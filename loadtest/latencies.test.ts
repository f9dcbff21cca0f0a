import { expect, it } from 'vitest';
import { Latencies } from './latencies.ts';

it('durations of several threads are put together, by name', () => {
  const [one, other, all] = [new Latencies(), new Latencies(), new Latencies()];
  for (let ms = 1; ms <= 50; ms++) one.record('a', ms);
  for (let ms = 51; ms <= 100; ms++) other.record('a', ms);
  other.record('b', -3);
  all.add(one.encode());
  all.add(other.encode());
  const [a, b] = all.summaries();
  expect(a).toMatchObject({ name: 'a', count: 100 });
  expect(a?.p50).toBeCloseTo(50, 0);
  expect(a?.p99).toBeCloseTo(99, 0);
  expect(a?.max).toBeCloseTo(100, 0);
  expect(b).toMatchObject({ name: 'b', count: 1, max: 0 });
});

it('a distribution has no more nines than values can tell, and only rises', () => {
  const latencies = new Latencies();
  for (let ms = 0; ms < 1000; ms++) latencies.record('a', ms);
  const points = latencies.summaries()[0]?.percentiles ?? [];
  expect(points.at(-1)?.[0]).toBeCloseTo(99.9, 5);
  const sorted = points.map(([, ms]) => ms).toSorted((one, other) => one - other);
  expect(points.map(([, ms]) => ms)).toEqual(sorted);
});
