import { expect, test } from 'vitest';
import type { MatchStatus } from '../../../protocol/matches.ts';
import { clockText, scoreLines } from '../match/documents.ts';
import { fetchMatches, groupsOf, type ListedMatch, titleOf } from './matches.ts';

const match = (id: string, status: MatchStatus): ListedMatch => ({
  ...{ id, sport: 'cricket', teams: ['Asia', 'Europe'], summary: { status } },
});

test('matches are grouped by whether they are played, and empty groups are left out', () => {
  const groups = groupsOf([
    match('a', 'complete'),
    match('b', 'live'),
    match('c', 'break'),
    match('d', 'abandoned'),
  ]);
  expect(groups.map(({ name, matches }) => [name, matches.map(({ id }) => id).join('')])).toEqual([
    ['live', 'bc'],
    ['finished', 'ad'],
  ]);
});

test('all pages of the list are read', async () => {
  const asked: string[] = [];
  const fetchPage = (url: string) => {
    asked.push(url);
    const isFirst = !url.includes('after');
    const page = isFirst ? { matches: [match('a', 'live')], next: 'a' } : { matches: [match('b', 'live')] };
    return Promise.resolve(new Response(JSON.stringify(page)));
  };
  expect((await fetchMatches(fetchPage, undefined))?.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(asked[1]).toContain('after=a');
  const refused = () => Promise.resolve(new Response('', { status: 401 }));
  expect(await fetchMatches(refused, undefined)).toBeUndefined();
});

test('a match without a title is one side against the other', () => {
  expect(titleOf(match('a', 'live'))).toBe('Asia v Europe');
  expect(titleOf({ ...match('a', 'live'), title: 'Final' })).toBe('Final');
});

test('a sport of points shows them once it has begun', () => {
  const document = {
    ...{ id: 'm', sport: 'generic', title: 't', teams: ['A', 'B'] as [string, string], events: 1 },
    scores: { A: 2, B: 0 },
  };
  expect(scoreLines({ ...document, status: 'live' }).map(({ text }) => text)).toEqual(['2', '0']);
  expect(scoreLines({ ...document, status: 'scheduled' }).map(({ text }) => text)).toEqual(['', '']);
});

test('a clock reads as on the wall', () => {
  expect(clockText(0)).toBe('0:00');
  expect(clockText(754.9)).toBe('12:34');
  expect(clockText(3725)).toBe('1:02:05');
});
