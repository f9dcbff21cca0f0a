import { expect, test } from 'vitest';
import { PartitionLog } from './partition-log.ts';

function appendTo(log: PartitionLog, from: number, to: number, keptOperations: number): void {
  const operation = { op: 'delta', board: 'b', member: 'ann', value: 1 } as const;
  const operations = Array(to - from).fill(operation);
  log.append({ kind: 'batch', from, to, at: from, operations }, keptOperations);
}

test('as few entries are kept as hold the positions that are wanted, each found by every position in it', () => {
  const log = new PartitionLog();
  const ends = [0];
  for (let step = 0; step < 300; step++) {
    const from = ends.at(-1) ?? 0;
    const to = from + 1 + ((step * 7) % 5);
    appendTo(log, from, to, 40);
    ends.push(to);
    const { trimmedTo, entries } = log.read(0, 1000, to);
    expect(trimmedTo).toBe(Math.max(0, ...ends.filter((end) => to - end >= 40)));
    expect(entries.map((entry) => entry.to)).toEqual(ends.filter((end) => end > trimmedTo));
    for (let after = trimmedTo; after <= to; after++) {
      const next = ends.find((end) => end > after);
      expect(log.read(after, 1, to).entries.map((entry) => entry.to)).toEqual(next ? [next] : []);
    }
  }
});

test('a log of which nothing is to be kept keeps nothing', () => {
  const log = new PartitionLog();
  appendTo(log, 0, 3, 0);
  expect(log.read(0, 10, 3)).toEqual({ entries: [], trimmedTo: 3, position: 3 });
});
