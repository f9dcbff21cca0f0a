import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Contest } from './contest.ts';
import { isRefused } from './refusal.ts';

function sample(): Contest {
  const contest = new Contest();
  const card = (player: string, bonus: number) => ({ player, bonus });
  contest.register({ team: 'ann', cards: [card('kohli', 2000), card('rohit', 1)], leagues: ['office', 'x'] });
  contest.register({ team: '\ufeffdä', cards: [card('bumrah', 1_000_000)], leagues: [] });
  contest.register({ team: 'cem', cards: [card('kohli', 2000), card('bumrah', 1500)], leagues: ['office'] });
  contest.setPoints('kohli', 3);
  contest.start();
  contest.put({ team: 'dan', cards: [card('kohli', 1000)], leagues: ['late'] });
  return contest;
}

function loaded(...chunks: Uint8Array[]): Contest {
  const contest = new Contest();
  for (const chunk of chunks) expect(contest.load(chunk)).toBeUndefined();
  contest.setPoints('kohli', 3);
  contest.start();
  return contest;
}

function states(contest: Contest, teams = ['ann', '\ufeffdä', 'cem', 'dan']): unknown[] {
  return [
    ...teams.map((team) => contest.team(team)),
    contest.page('all', 0, 9),
    contest.page('office', 0, 9),
  ];
}

test('what is loaded is what was written, bases too', () => {
  const contest = sample();
  expect(states(loaded(contest.chunk(0)))).toEqual(states(contest));
});

test('a team that comes again is replaced at its place', () => {
  const contest = sample();
  const before = contest.chunk(0);
  contest.put({ team: 'ann', cards: [{ player: 'rohit', bonus: 7 }], leagues: [] });
  const place = contest.placeOf('ann') as number;
  expect(states(loaded(before, contest.encode([place])))).toEqual(states(contest));
});

test('a chunk that is cut off anywhere is refused', () => {
  const whole = sample().chunk(0);
  for (let length = 0; length < whole.length; length++) {
    expect(new Contest().load(whole.subarray(0, length))).toMatchObject({ refused: { code: 'malformed' } });
  }
  expect(new Contest().load(Uint8Array.of(...whole, 0))).toMatchObject({ refused: { code: 'malformed' } });
});

test('damaged bytes are refused or are other teams, and nothing is thrown', () => {
  const whole = sample().chunk(0);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(255), (at, byte, next) => {
      const damaged = whole.slice();
      damaged.set([byte, next].slice(0, whole.length - at), at);
      const contest = new Contest();
      const refused = contest.load(damaged);
      if (refused !== undefined) return;
      contest.start();
      expect(isRefused(contest.page('all', 0, 9))).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('nothing is loaded after the start', () => {
  const contest = sample();
  expect(contest.load(contest.chunk(0))).toMatchObject({ refused: { code: 'conflict' } });
});
