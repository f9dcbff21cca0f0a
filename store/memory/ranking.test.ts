import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ranking } from './ranking.ts';
import { compareEntries, createEntry, type Entry } from './ranking-entry.ts';

describe('Ranking', () => {
  test('a ranking without entries answers everything', () => {
    const ranking = new Ranking();
    expect(ranking.size).toBe(0);
    expect(ranking.slice(0, 10)).toEqual([]);
    expect(ranking.countBetter(5)).toBe(0);
    expect(ranking.indexOf(entryOf(1))).toBe(0);
    expect(() => ranking.remove(entryOf(1))).toThrow('defect');
  });

  test('removing an entry that is not there is a defect', () => {
    const ranking = new Ranking();
    ranking.add(createEntry('a', 1));
    expect(() => ranking.remove(createEntry('a', 2))).toThrow('defect');
    expect(() => ranking.remove(createEntry('a', 1, 1))).toThrow('defect');
    expect(ranking.size).toBe(1);
  });

  test.each([
    { name: 'ascending', place: (index: number) => index },
    { name: 'descending', place: (index: number) => -index },
    { name: 'scattered', place: (index: number) => (index * 7919) % 20_011 },
    { name: 'all equal', place: () => 0 },
  ])('many entries, $name, stand in order, and all of them can be removed again', ({ place }) => {
    const ranking = new Ranking();
    const entries = Array.from({ length: 12_000 }, (_, index) => entryOf(index, place(index)));
    for (const entry of entries) ranking.add(entry);
    const sorted = [...entries].sort(compareEntries);
    expectSame(ranking, sorted);
    // Every second one first, so that nodes grow sparse everywhere before they vanish.
    const [kept, removed] = [sorted.filter((_, i) => i % 2 === 0), sorted.filter((_, i) => i % 2 === 1)];
    for (const entry of removed) ranking.remove(entry);
    expectSame(ranking, kept);
    for (const entry of kept.slice(100)) ranking.remove(entry);
    expectSame(ranking, kept.slice(0, 100));
    for (const entry of kept.slice(0, 100)) ranking.remove(entry);
    expectSame(ranking, []);
    ranking.add(entryOf(1));
    expectSame(ranking, [entryOf(1)]);
  });

  test('a leaf that has lost all its entries, between full ones, is passed over', () => {
    for (let emptied = 0; emptied < 256; emptied += 16) {
      const ranking = new Ranking();
      const entries = Array.from({ length: 256 }, (_, index) => entryOf(index, index));
      // Halves of split leaves are filled up again, so that most are too full to take in a neighbour.
      for (const entry of entries.filter(({ key }) => key % 2 === 0)) ranking.add(entry);
      for (const entry of entries.filter(({ key }) => key % 2 === 1)) ranking.add(entry);
      const { leaf } = entries[emptied] as Entry;
      const [removed, kept] = [
        entries.filter((e) => e.leaf === leaf),
        entries.filter((e) => e.leaf !== leaf),
      ];
      for (const entry of removed) ranking.remove(entry);
      expectSame(ranking, kept);
    }
  });

  test('a move to any place among thousands keeps the order', () => {
    const ranking = new Ranking();
    const entries = Array.from({ length: 3000 }, (_, index) => entryOf(index, index % 500));
    for (const entry of entries) ranking.add(entry);
    for (let round = 0; round < 6; round++) {
      for (const [index, entry] of entries.entries()) {
        // Far away, to a neighbour's key, within the leaf, and to a later arrival at the same key.
        const key = [(index * 7919) % 600, entry.key + 1, entry.key - 0.5, entry.key][
          (index + round) % 4
        ] as number;
        ranking.move(entry, key, round);
      }
      expectSame(ranking, entries.toSorted(compareEntries));
    }
  });

  test('any sequence of runs of additions, moves and removals gives what a sorted array gives', () => {
    fc.assert(
      fc.property(fc.array(runArbitrary, { maxLength: 25 }), fc.integer(), (runs, salt) => {
        const ranking = new Ranking();
        let sorted: Entry[] = [];
        let serial = 0;
        for (const { kind, length, from, spread, isRead } of runs) {
          if (kind === 'add') {
            const added = Array.from({ length }, () => {
              serial++;
              return entryOf(serial, from + (Math.imul(serial, 48271 + salt) % spread), serial % 3);
            });
            for (const entry of added) ranking.add(entry);
            sorted = [...sorted, ...added].sort(compareEntries);
          } else if (kind === 'move') {
            for (const [index, entry] of sorted.filter((_, i) => i % 3 === spread % 3).entries()) {
              const key = entry.key + from + (Math.imul(index, 7919 + salt) % spread);
              ranking.move(entry, key, index % 5);
            }
            sorted = sorted.toSorted(compareEntries);
          } else {
            const start = Math.min(Math.abs(from) * 9, sorted.length);
            const removed = sorted.filter(
              (_, i) => i >= start && i < start + length * spread && i % spread === 0,
            );
            // An equal entry stands for the one that was added.
            for (const { member, key, arrival } of removed) ranking.remove(createEntry(member, key, arrival));
            sorted = sorted.filter((entry) => !removed.includes(entry));
          }
          if (isRead) expectSame(ranking, sorted);
        }
        expectSame(ranking, sorted);
      }),
    );
  }, 30_000);
});

const runArbitrary = fc.record({
  kind: fc.constantFrom('add', 'add', 'move', 'remove'),
  length: fc.integer({ min: 1, max: 300 }),
  from: fc.integer({ min: -50, max: 50 }),
  spread: fc.constantFrom(1, 2, 7, 1000),
  /** Else the next run meets leaves that nobody has put into order. */
  isRead: fc.boolean(),
});

function entryOf(serial: number, key = serial, arrival = 0): Entry {
  return createEntry(`m${serial}`, key, arrival);
}

/** All entries in order, and every question at some places; first those that leave the leaves as they are. */
function expectSame(ranking: Ranking, sorted: readonly Entry[]): void {
  expect(ranking.size).toBe(sorted.length);
  const step = Math.max(1, Math.floor(sorted.length / 29));
  for (let index = 0; index < sorted.length; index += step) {
    const { member, key, arrival } = sorted[index] as Entry;
    expect(ranking.indexOf(createEntry(member, key, arrival))).toBe(index);
    expect(ranking.countBetter(key)).toBe(sorted.findIndex((entry) => entry.key === key));
  }
  const between = (sorted[0]?.key ?? 0) + 0.5;
  expect(ranking.countBetter(between)).toBe(sorted.filter(({ key }) => key < between).length);
  expect(ranking.countBetter(Number.POSITIVE_INFINITY)).toBe(sorted.length);
  for (let index = 0; index < sorted.length; index += step) {
    expect(membersOf(ranking.slice(index, 70))).toEqual(membersOf(sorted.slice(index, index + 70)));
  }
  expect(membersOf(ranking.slice(0, sorted.length + 1))).toEqual(membersOf(sorted));
  expect(ranking.slice(sorted.length, 5)).toEqual([]);
}

function membersOf(entries: readonly Entry[]): readonly string[] {
  return entries.map(({ member }) => member);
}
