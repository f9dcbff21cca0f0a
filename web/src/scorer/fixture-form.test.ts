import { expect, test } from 'vitest';
import { parseSquad, readFixture, suggestId, type TypedFixture } from './fixture-form.ts';

const typed: TypedFixture = {
  ...{ sport: 'cricket', home: 'Asia', away: 'Europe', title: '', homeSquad: '', awaySquad: '' },
  ...{ format: 't20', overs: 8, ballsPerOver: 6 },
};

test('squads are pasted as people have them', () => {
  expect(parseSquad('1. J Root (c)\n2) B Foakes †\n\n  M  Wood \nJ Root')).toEqual([
    'J Root',
    'B Foakes',
    'M Wood',
  ]);
  expect(parseSquad('A, B; C (wk)')).toEqual(['A', 'B', 'C']);
  expect(parseSquad('\n')).toEqual([]);
});

test('an id is made of the names and the day', () => {
  const day = new Date('2026-11-21T12:00:00Z');
  expect(suggestId('Côte d’Ivoire', 'St. Lucia', day)).toBe('cote-d-ivoire-st-lucia-2026-11-21');
  expect(suggestId('東京', '大阪', day)).toBe('2026-11-21');
});

test('a fixture has what was typed, and no more', () => {
  expect(readFixture(typed)).toEqual({
    fixture: { sport: 'cricket', teams: ['Asia', 'Europe'], format: { overs: 20 } },
  });
  const own = readFixture({ ...typed, format: 'own', title: ' Final ', homeSquad: 'a\nb' });
  expect(own.fixture).toMatchObject({
    title: 'Final',
    squads: [['a', 'b'], []],
    format: { overs: 8, ballsPerOver: 6 },
  });
  expect(readFixture({ ...typed, sport: 'generic' }).fixture).not.toHaveProperty('format');
});

test('what cannot be is told before it is sent', () => {
  expect(readFixture({ ...typed, away: ' ' }).problem).toBe('Both sides need a name');
  expect(readFixture({ ...typed, away: 'Asia' }).problem).toBe('Asia cannot play against themselves');
  expect(readFixture({ ...typed, homeSquad: 'alone' }).problem).toBe('Asia need at least two players');
  expect(readFixture({ ...typed, homeSquad: `a\n${'x'.repeat(200)}` }).problem).toMatch(/too long/);
});
