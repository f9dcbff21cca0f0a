import { expect, test } from 'vitest';
import { KnownScores } from './known-scores.ts';

const TODAY = 'b@daily.2026-11-21';
const scoresOf = (...levels: number[][]) => ({
  order: 'asc' as const,
  levels: levels.map((scores) => Float64Array.from(scores)),
});

test('scores are known as they were kept last, those that are not there too', () => {
  const known = new KnownScores();
  known.keep({ keys: ['b', TODAY], members: ['ann', 'bob'] }, scoresOf([1, 2], [3, Number.NaN]));
  known.keep({ keys: ['b'], members: ['bob'] }, scoresOf([4]));
  expect(known.find({ keys: ['b', TODAY], members: ['bob', 'ann'] })).toEqual(
    scoresOf([4, 1], [Number.NaN, 3]),
  );
  for (const query of [
    { keys: ['b'], members: ['ann', 'cid'] },
    { keys: ['b', 'b@weekly.2026-W47'], members: ['ann'] },
    { keys: ['c'], members: ['ann'] },
  ]) {
    expect(known.find(query)).toBeUndefined();
  }
});

test('no more scores are known than the limit says, and the latest boards stay', () => {
  const known = new KnownScores(4);
  const members = ['ann', 'bob'];
  for (const board of ['a', 'b', 'a', 'c']) known.keep({ keys: [board], members }, scoresOf([1, 2]));
  expect(['a', 'b', 'c'].map((board) => known.find({ keys: [board], members }) !== undefined)).toEqual([
    ...[true, false, true],
  ]);
  known.keep({ keys: ['d'], members: [...members, 'cid', 'dan', 'eve'] }, scoresOf([1, 2, 3, 4, 5]));
  expect(known.find({ keys: ['d'], members })).toBeUndefined();
});
