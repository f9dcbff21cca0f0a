import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BoardRow } from '../../../client/index.ts';
import { shareOfBest, toStandings } from './standings.ts';

test('equal scores share a rank and the ranks after them are left out', () => {
  const rows: BoardRow[] = [
    ['a', 9],
    ['b', 7],
    ['c', 7],
    ['d', 7],
    ['e', 1],
  ];
  const standings = toStandings(rows);
  expect(standings.map(({ rank }) => rank)).toEqual([1, 2, 2, 2, 5]);
  expect(standings.map(({ tied }) => tied)).toEqual([false, true, true, true, false]);
});

test('a rank is one more than the number of better scores, on boards of either order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 })), fc.boolean(), (scores, ascending) => {
      const sorted = scores.toSorted((a, b) => (ascending ? a - b : b - a));
      const standings = toStandings(sorted.map((score, index) => [`m${index}`, score]));
      for (const { score, rank } of standings) {
        const better = sorted.filter((other) => (ascending ? other < score : other > score));
        expect(rank).toBe(better.length + 1);
      }
    }),
  );
});

test('the display name stands in for the member, which stays known', () => {
  expect(
    toStandings([
      ['p1', 3, 'Ann'],
      ['p2', 2],
      ['p3', 1, 'p3'],
    ]),
  ).toMatchObject([
    { member: 'p1', name: 'Ann', hasProfile: true },
    { member: 'p2', name: 'p2', hasProfile: false },
    { member: 'p3', name: 'p3', hasProfile: false },
  ]);
});

test('standings that are as they were stay the same objects', () => {
  const before = toStandings([
    ['a', 9],
    ['b', 7],
    ['c', 5, 'Cee'],
  ]);
  const after = toStandings(
    [
      ['a', 12],
      ['b', 7],
      ['c', 5, 'Ceecee'],
    ],
    before,
  );
  expect(after[1]).toBe(before[1]);
  expect(after[0]).toMatchObject({ score: 12 });
  expect(after[2]).toMatchObject({ name: 'Ceecee' });
});

test('lines are drawn only where a part of the best score says something', () => {
  expect(shareOfBest(50, 200)).toBe(0.25);
  expect(shareOfBest(200, 200)).toBe(1);
  expect(shareOfBest(9, 3)).toBe(0);
  expect(shareOfBest(-3, 3)).toBe(0);
  expect(shareOfBest(-3, -2)).toBe(0);
});
