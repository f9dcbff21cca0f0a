import { expect, test } from 'vitest';
import { append, FIXTURE, goal, ofMatch } from '../matches-support.contract.ts';
import { KnownMatch, storedEvent } from './known-match.ts';
import { MatchCache } from './match-cache.ts';

const START = storedEvent(1, JSON.stringify(append('m', 'start').event));
const GOAL = storedEvent(1, JSON.stringify(goal('m').event));

test('no more events are known than the limit says, and the latest matches stay', () => {
  const cache = new MatchCache(12);
  const [a, b, c] = [matchOf('a', 3), matchOf('b', 3), matchOf('c', 3)];
  for (const match of [a, b, a, c]) cache.keep(match);
  expect([a, b, c].map((match) => cache.get(match.id) === match)).toEqual([true, true, true]);
  const long = matchOf('long', 7);
  cache.keep(a);
  cache.keep(long);
  expect([a, b, c, long].map((match) => cache.get(match.id) === match)).toEqual([true, false, false, true]);
});

test('a match that has grown counts as what it is, and one that is alone too long goes, too', () => {
  const cache = new MatchCache(5);
  const match = matchOf('a', 2);
  cache.keep(match);
  match.extend([goal('a').event], GOAL);
  cache.keep(match);
  expect(cache.get('a')).toBe(match);
  match.extend([goal('a').event, goal('a').event], GOAL);
  cache.keep(match);
  expect(cache.get('a')).not.toBe(match);
  expect(cache.get('a').events).toEqual([]);
});

test('a match that is not there is not kept', () => {
  const cache = new MatchCache();
  const none = cache.get('none');
  expect(none.receive(['', 0, 0, []])).toBe(true);
  cache.keep(none);
  expect(cache.get('none')).not.toBe(none);
});

test('a match is the same version until it changes', () => {
  const match = matchOf('a', 2);
  const { version } = match;
  expect(match.receive([version.label, 2, 2, []])).toBe(true);
  expect(match.version).toBe(version);
  expect(match.receive([version.label, 4, 2, [GOAL]])).toBe(false);
  expect(match.version).not.toBe(version);
  expect(match.version).toMatchObject({ label: version.label, events: 3 });
  expect(match.receive([version.label, 4, 3, [GOAL]])).toBe(true);
  expect(match.events).toHaveLength(4);
});

test('a match that is read from its start again forgets what it was', () => {
  const match = matchOf('a', 5);
  expect(match.receive([match.version.label, 1, 0, [START]])).toBe(true);
  expect(match.events).toEqual([ofMatch(append('m', 'start').event).event]);
  expect(match.receive([`c2 r1 ${JSON.stringify(FIXTURE)}`, 0, 0, []])).toBe(true);
  expect(match.version).toEqual({ label: 'c2 r1', events: 0, last: '' });
});

function matchOf(id: string, events: number): KnownMatch {
  const match = new KnownMatch(id);
  const tail = [START, ...Array.from({ length: events - 1 }, () => GOAL)];
  match.receive([`c1 r1 ${JSON.stringify(FIXTURE)}`, events, 0, tail]);
  return match;
}
