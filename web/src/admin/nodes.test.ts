import { expect, test } from 'vitest';
import type { NodeReport, ServerReport } from '../../../protocol/node-reports.ts';
import {
  COUNTERS,
  formatAge,
  formatBytes,
  formatRate,
  linePoints,
  ownersOf,
  rateOf,
  sampleOf,
} from './nodes.ts';

const QUIET: ServerReport = {
  ...{ connections: 0, subscriptions: 0, channels: 0, staleChannels: 0, pendingEvents: 0, events: 0 },
  ...{ updates: 0, deliveries: 0, deliveredBytes: 0, withheldUpdates: 0, reconnects: 0 },
  ...{ deliveryMs: {}, publishMs: {} },
};
const node = (name: string, at: number, server: Partial<ServerReport>): NodeReport => ({
  ...{ name, role: 'server', at, startedAt: 0, draining: false, problems: [] },
  ...{ storeUp: true, busUp: true, memoryBytes: 0, cpuMs: 0 },
  server: { ...QUIET, ...server },
});

test('a rate is of the time between two reports, and unknown after a new start', () => {
  const before = node('a', 1000, { events: 100 });
  expect(rateOf(before, node('a', 3000, { events: 300 }), COUNTERS.events)).toBe(100);
  expect(rateOf(undefined, before, COUNTERS.events)).toBeUndefined();
  expect(rateOf(before, before, COUNTERS.events)).toBeUndefined();
  expect(rateOf(before, node('a', 3000, { events: 5 }), COUNTERS.events)).toBeUndefined();
  expect(rateOf(before, node('a', 3000, {}), COUNTERS.patches)).toBeUndefined();
});

test('a sample is of all nodes together, with the latency of the slowest', () => {
  const before = { partitions: 1, nodes: [node('a', 0, {}), node('b', 0, {})] };
  const after = {
    partitions: 1,
    nodes: [
      node('a', 1000, { events: 10, deliveryMs: { p50: 1, p99: 9 } }),
      node('b', 2000, { events: 10, deliveryMs: { p50: 2, p99: 3 } }),
      node('c', 2000, { events: 999 }),
    ],
  };
  expect(sampleOf(before, after, 7)).toEqual({
    ...{ at: 7, events: 15, deliveries: 0, withheld: 0 },
    ...{ delivery: { p50: 2, p99: 9 }, publish: {} },
  });
  expect(sampleOf(undefined, before, 7)).toEqual({ at: 7, delivery: {}, publish: {} });
});

test('each partition has the nodes that own it', () => {
  const owner = (name: string, partitions: readonly number[]): NodeReport => ({
    ...node(name, 0, {}),
    broadcaster: { partitions, fresh: true, watchedChannels: 0, patches: 0, missedTicks: 0, tickMs: {} },
  });
  const nodes = [owner('a', [0, 2]), owner('b', [2]), node('c', 0, {})];
  expect(ownersOf({ partitions: 4, nodes })).toEqual([['a'], [], ['a', 'b'], []]);
});

test('a line has gaps where nothing is known', () => {
  const box = { width: 30, height: 10, most: 4 };
  expect(linePoints([0, 4, undefined, 2], box)).toEqual(['0.0,10.0 10.0,0.0', '30.0,5.0']);
  expect(linePoints([], box)).toEqual([]);
  expect(linePoints([0], { ...box, most: 0 })).toEqual(['0.0,10.0']);
});

test('figures are as short as they can be', () => {
  expect([512, 1500, 25_000_000].map(formatBytes)).toEqual(['512 B', '1.5 kB', '25 MB']);
  expect([-5, 65_000, 600_000, 9e6, 1e9].map(formatAge)).toEqual(['0 s', '65 s', '10 min', '3 h', '12 d']);
  expect([undefined, 0, 0.25, 12.4, 25_000, 3e6].map(formatRate)).toEqual([
    '–',
    '0',
    '0.3',
    '12',
    '25.0 k',
    '3.0 M',
  ]);
});
