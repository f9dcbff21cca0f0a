import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventChecker } from '../../protocol/events.ts';
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
