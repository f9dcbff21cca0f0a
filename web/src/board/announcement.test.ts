import { expect, test } from 'vitest';
import { ANNOUNCEMENT_INTERVAL_MS, nextAnnouncement } from './announcement.ts';
import { toStandings } from './standings.ts';

const ann = toStandings([['ann', 5]]);
const bob = toStandings([['bob', 6]]);

test('the first leader is remembered but not said', () => {
  expect(nextAnnouncement(undefined, ann, 7)).toEqual({ announced: { leader: 'ann', at: 7 } });
});

test('a new leader is said, but not more often than the interval', () => {
  const announced = { leader: 'ann', at: 0 };
  expect(nextAnnouncement(announced, bob, ANNOUNCEMENT_INTERVAL_MS - 1)).toBeUndefined();
  expect(nextAnnouncement(announced, bob, ANNOUNCEMENT_INTERVAL_MS)?.leader?.member).toBe('bob');
});

test('the same leader, or an empty board, is not said', () => {
  expect(nextAnnouncement({ leader: 'ann', at: 0 }, ann, 99_999)).toBeUndefined();
  expect(nextAnnouncement({ leader: 'ann', at: 0 }, [], 99_999)).toBeUndefined();
});
