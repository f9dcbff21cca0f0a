import { expect, test } from 'vitest';
import { areasOf, barsOf, MAX_AREAS, searchFor } from './areas.ts';

test('an address comes back as it was written, without what is no area', () => {
  expect(areasOf(searchFor(['111', '112']))).toEqual(['111', '112']);
  expect(areasOf('?area=111&area=111&area=no%20area&area=')).toEqual(['111']);
  const many = Array.from({ length: 2 * MAX_AREAS }, (_, i) => `a${i}`);
  expect(areasOf(searchFor(many))).toHaveLength(MAX_AREAS);
});

test('bars are as long as their part of the longest', () => {
  expect(
    barsOf([
      ['duel', 6],
      ['race', 3],
      ['quiz', 1],
    ]),
  ).toEqual([
    { mode: 'duel', users: 6, share: 1, percent: 60 },
    { mode: 'race', users: 3, share: 0.5, percent: 30 },
    { mode: 'quiz', users: 1, share: 1 / 6, percent: 10 },
  ]);
  expect(barsOf([])).toEqual([]);
});
