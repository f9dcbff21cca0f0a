import { expect, test } from 'vitest';
import type { BoardRow } from '../../../client/index.ts';
import { DELTA_SHOWN_MS, fadeMarks, MOVE_SHOWN_MS, markChanges, NO_MARKS } from './marks.ts';
import { toStandings } from './standings.ts';

const standings = (...rows: BoardRow[]) => toStandings(rows);

test('an overtaking marks both with the places won and lost, and the scorer with the points', () => {
  const before = standings(['a', 9], ['b', 7], ['c', 5]);
  const marks = markChanges(NO_MARKS, before, standings(['c', 12], ['a', 9], ['b', 7]), 100);
  expect(marks.get('c')).toMatchObject({ places: 2, delta: 7, scoredAt: 100 });
  expect(marks.get('a')).toMatchObject({ places: -1, delta: 0 });
});

test('who only scores does not move', () => {
  const marks = markChanges(NO_MARKS, standings(['a', 9], ['b', 7]), standings(['a', 9], ['b', 8]), 1);
  expect([...marks]).toEqual([['b', expect.objectContaining({ places: 0, delta: 1 })]]);
});

test('moves add up while they are shown, and cancel out', () => {
  const states = [
    standings(['a', 9], ['b', 8], ['c', 7]),
    standings(['a', 9], ['c', 8.5], ['b', 8]),
    standings(['c', 10], ['a', 9], ['b', 8]),
    standings(['a', 11], ['c', 10], ['b', 8]),
  ];
  const [s0, s1, s2, s3] = states;
  if (!s0 || !s1 || !s2 || !s3) throw new Error('unreachable');
  const first = markChanges(NO_MARKS, s0, s1, 0);
  const second = markChanges(first, s1, s2, 1000);
  expect(second.get('c')?.places).toBe(2);
  const third = markChanges(second, s2, s3, 2000);
  expect(third.get('c')?.places).toBe(1);
  expect(third.get('a')?.places ?? 0).toBe(0);
});

test('joining a tie at the top counts the places of the shared rank', () => {
  const marks = markChanges(
    NO_MARKS,
    standings(['a', 9], ['b', 8], ['c', 7]),
    standings(['a', 9], ['b', 8], ['c', 8]),
    0,
  );
  expect(marks.get('c')).toMatchObject({ places: 1 });
  expect(marks.has('b')).toBe(false);
});

test('newcomers are marked, without points that nobody saw them win', () => {
  const marks = markChanges(NO_MARKS, standings(['a', 9]), standings(['z', 20], ['a', 9]), 0);
  expect(marks.get('z')).toMatchObject({ entered: true, delta: 0, places: 0 });
});

test('a newcomer that moves on is shown as moving', () => {
  const first = standings(['a', 9]);
  const second = standings(['a', 9], ['z', 8]);
  const entered = markChanges(NO_MARKS, first, second, 0);
  const moved = markChanges(entered, second, standings(['z', 12], ['a', 9]), 1);
  expect(moved.get('z')).toMatchObject({ entered: false, places: 1, delta: 4 });
});

test('a correction downwards is a negative delta, tidied of rounding', () => {
  const marks = markChanges(NO_MARKS, standings(['a', 0.3]), standings(['a', 0.1]), 0);
  expect(marks.get('a')?.delta).toBe(-0.2);
});

test('marks fade at their own pace, and nothing changes until then', () => {
  const marks = markChanges(NO_MARKS, standings(['a', 9], ['b', 7]), standings(['b', 12], ['a', 9]), 1000);
  expect(fadeMarks(marks, 1000 + DELTA_SHOWN_MS - 1)).toBe(marks);
  const points = fadeMarks(marks, 1000 + DELTA_SHOWN_MS);
  expect(points.get('b')).toMatchObject({ delta: 0, places: 1 });
  expect(fadeMarks(points, 1000 + MOVE_SHOWN_MS).size).toBe(0);
});

test('who left the board leaves no mark', () => {
  const marks = markChanges(NO_MARKS, standings(['a', 9], ['b', 7]), standings(['b', 12], ['a', 9]), 0);
  expect([...markChanges(marks, standings(['b', 12], ['a', 9]), standings(['b', 12]), 1).keys()]).toEqual([
    'b',
  ]);
});
