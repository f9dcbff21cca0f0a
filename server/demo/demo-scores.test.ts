import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventChecker } from '../../protocol/events.ts';
import { createDemoArea } from './demo-area.ts';
import { createDemoMatches } from './demo-matches.ts';
import { createDemoGame } from './demo-scores.ts';

/** A small linear congruential generator: enough to repeat a game. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a demonstration game', () => {
  it('makes events that the server accepts, for any number of players', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), fc.nat(), (players, seed) => {
        const game = createDemoGame('demo', players, seeded(seed));
        for (const event of [...game.profiles(), ...game.next(50)])
          expect(eventChecker.check(event)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('gives every player a name of their own', () => {
    const names = createDemoGame('demo', 600, seeded(1))
      .profiles()
      .map(({ name }) => name);
    expect(new Set(names).size).toBe(600);
  });

  it('repeats itself with the same random numbers', () => {
    expect(createDemoGame('demo', 20, seeded(7)).next(100)).toEqual(
      createDemoGame('demo', 20, seeded(7)).next(100),
    );
  });
});

describe('demonstration matches', () => {
  it('are events that the server accepts, and the winner of each has chosen what beats the other', () => {
    const beats = new Map([
      ['1', '0'],
      ['2', '1'],
      ['0', '2'],
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 50 }), fc.nat(), (players, seed) => {
        const events = createDemoMatches('rps', players, seeded(seed)).next(40);
        expect(events).toHaveLength(120);
        for (let i = 0; i < events.length; i += 3) {
          const [one, other, result] = events.slice(i, i + 3);
          for (const event of [one, other, result]) expect(eventChecker.check(event)).toBe(true);
          if (one?.type !== 'track' || other?.type !== 'track' || result?.type !== 'result') expect.fail();
          const chosen = new Map([
            [one.player, one.data],
            [other.player, other.data],
          ]);
          expect(new Set(chosen.keys())).toEqual(new Set([result.winner, result.loser]));
          const [won, lost] = [chosen.get(result.winner), chosen.get(result.loser)];
          if (result.draw === true) expect(won).toBe(lost);
          else expect(lost === 'null' || beats.get(String(won)) === lost).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('a demonstration area', () => {
  it('has events that the server accepts, in modes that are not always the same ones', () => {
    const area = createDemoArea('111', { users: 40, modes: 7 }, seeded(3));
    const events = area.next(2000);
    for (const event of events) expect(eventChecker.check(event)).toBe(true);
    expect(new Set(events.map(({ mode }) => mode)).size).toBe(7);
    const logins = (from: number, to: number, wanted: string) =>
      events.slice(from, to).filter(({ action, mode }) => action === 'LOGIN' && mode === wanted).length;
    const favouriteOf = (from: number, to: number) =>
      [...new Set(events.map(({ mode }) => mode))].toSorted(
        (a, b) => logins(from, to, b) - logins(from, to, a),
      )[0];
    const favourites = [0, 500, 1000, 1500].map((from) => favouriteOf(from, from + 500));
    expect(new Set(favourites).size).toBeGreaterThan(1);
  });
});
