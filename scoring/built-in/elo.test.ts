import { array, assert, constantFrom, double, integer, property, record, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasTestData, LEFT_OUT, readTestData } from '../../test/support/test-data.ts';
import type { CurrentScores, ScorePair } from '../leaderboard-handler.ts';
import { BUILT_IN_SCORING } from '../registry.ts';
import { explainHandler, rateResult } from '../scoring.ts';

const ratings = double({ min: -4000, max: 4000, noNaN: true });
const factors = double({ min: 1, max: 100, noNaN: true });
const NEW: CurrentScores = { winner: null, loser: null };

function rate(
  current: CurrentScores,
  options: { k?: number; start?: number; floor?: number } = {},
  draw = false,
): { winner: number; loser: number } {
  const pair = rateResult(
    BUILT_IN_SCORING,
    { handler: 'elo', options, winner: 'ada', loser: 'bob', draw },
    current,
  ) as ScorePair;
  if (pair.winner === undefined || pair.loser === undefined) expect.fail(JSON.stringify(pair));
  return { winner: pair.winner, loser: pair.loser };
}

describe('elo', () => {
  it('begins at 1500 and moves by half of k, which is 20, between equals', () => {
    expect(rate(NEW)).toEqual({ winner: 1510, loser: 1490 });
    expect(rate(NEW, { k: 32, start: 1000 })).toEqual({ winner: 1016, loser: 984 });
    expect(rate({ winner: 1500, loser: null })).toEqual({ winner: 1510, loser: 1490 });
  });

  it('expects ten times as much of who is 400 points ahead', () => {
    const upset = rate({ winner: 1500, loser: 1900 }, { k: 11 });
    expect(upset.winner).toBeCloseTo(1510, 10);
    expect(upset.loser).toBeCloseTo(1890, 10);
    const draw = rate({ winner: 1900, loser: 1500 }, { k: 22 }, true);
    expect(draw.winner).toBeCloseTo(1891, 10);
    expect(draw.loser).toBeCloseTo(1509, 10);
  });

  it('makes the one gain what the other loses', () => {
    assert(
      property(ratings, ratings, factors, constantFrom(true, false), (winner, loser, k, draw) => {
        const after = rate({ winner, loser }, { k }, draw);
        expect(after.winner - winner + (after.loser - loser)).toBeCloseTo(0, 9);
      }),
    );
  });

  it('pays the more, the stronger the beaten one is, and never more than k', () => {
    const pair = tuple(ratings, ratings).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    assert(
      property(ratings, pair, factors, (own, [weaker, stronger], k) => {
        const gainAgainst = (other: number): number =>
          rate({ winner: own, loser: other }, { k }).winner - own;
        expect(gainAgainst(stronger)).toBeGreaterThanOrEqual(gainAgainst(weaker));
        expect(gainAgainst(weaker)).toBeGreaterThanOrEqual(0);
        expect(gainAgainst(stronger)).toBeLessThanOrEqual(k + 1e-9);
      }),
    );
  });

  it('changes nothing by a draw of equals, and does not tell apart who is named first in a draw', () => {
    assert(
      property(ratings, ratings, (a, b) => {
        expect(rate({ winner: a, loser: a }, {}, true)).toEqual({ winner: a + 0, loser: a + 0 });
        const { winner, loser } = rate({ winner: a, loser: b }, {}, true);
        expect(rate({ winner: b, loser: a }, {}, true)).toEqual({ winner: loser, loser: winner });
      }),
    );
  });

  it('gives the same bits whenever it is asked', () => {
    const games = array(
      record({
        first: integer({ min: 0, max: 5 }),
        other: integer({ min: 1, max: 5 }),
        draw: constantFrom(true, false),
      }),
      { minLength: 1, maxLength: 40 },
    );
    const play = (list: { first: number; other: number; draw: boolean }[], k: number): string => {
      const scores = new Map<number, number>();
      for (const { first, other, draw } of list) {
        const second = (first + other) % 6;
        const after = rate(
          { winner: scores.get(first) ?? null, loser: scores.get(second) ?? null },
          { k },
          draw,
        );
        scores.set(first, after.winner).set(second, after.loser);
      }
      return Buffer.from(new Float64Array(scores.values()).buffer).toString('hex');
    };
    assert(
      property(games, factors, (list, k) => {
        const once = play(list, k);
        return play(list, k) === once;
      }),
    );
  });

  it('lets nobody fall below the floor, and pays the winner in full', () => {
    const atFloor = { winner: 1000, loser: 1000 };
    expect(rate(atFloor, { floor: 1000 })).toEqual({ winner: 1010, loser: 1000 });
    expect(rate({ winner: 1000, loser: 1004 }, { floor: 1000, k: 32 }).loser).toBe(1000);
    assert(
      property(ratings, ratings, ratings, constantFrom(true, false), (winner, loser, floor, draw) => {
        const without = rate({ winner, loser }, {}, draw);
        expect(rate({ winner, loser }, { floor, start: floor }, draw)).toEqual({
          winner: Math.max(floor, without.winner) + 0,
          loser: Math.max(floor, without.loser) + 0,
        });
      }),
    );
  });

  it('stays finite however far two are apart', () => {
    expect(rate({ winner: -1e300, loser: 1e300 })).toEqual({ winner: -1e300, loser: 1e300 });
    expect(rate({ winner: Number.MAX_VALUE, loser: -Number.MAX_VALUE })).toEqual({
      winner: Number.MAX_VALUE,
      loser: -Number.MAX_VALUE,
    });
  });

  it.each([
    [{ K: 20 }, 'elo: there is no option "K", the options are: k, start, floor'],
    [{ constructor: 1 }, 'elo: there is no option "constructor", the options are: k, start, floor'],
    [{ k: '20' }, 'elo: k must be a finite number'],
    [{ k: Number.NaN }, 'elo: k must be a finite number'],
    [{ k: 0 }, 'elo: k must be greater than 0'],
    [{ k: -1 }, 'elo: k must be greater than 0'],
    [{ start: null }, 'elo: start must be a finite number'],
    [{ floor: Number.NEGATIVE_INFINITY }, 'elo: floor must be a finite number'],
    [{ floor: 1501 }, 'elo: floor must not be above start, which is 1500'],
    [{ floor: 100, start: 99 }, 'elo: floor must not be above start, which is 99'],
  ])('cannot be told %j', (options, problem) => {
    expect(explainHandler(BUILT_IN_SCORING, 'elo', options)).toBe(problem);
  });

  it.each([
    [undefined],
    [{}],
    [{ k: 0.5 }],
    [{ k: 32, start: 1000, floor: 1000 }],
    [{ start: -5, floor: -10 }],
  ])('can be told %j', (options) => expect(explainHandler(BUILT_IN_SCORING, 'elo', options)).toBeUndefined());
});

interface PingPong {
  K: number;
  start: number;
  steps: { winner: string; loser: string; ratings_after: Record<string, number> }[];
}

interface Tournament {
  K: number;
  start: number;
  matches: { week: number; home: string; visitor: string; home_points: number; visitor_points: number }[];
  expected_after_week: Record<string, number>[];
}

describe.skipIf(!hasTestData)(`elo, with real games${LEFT_OUT}`, () => {
  function play(
    scores: Map<string, number>,
    winner: string,
    loser: string,
    options: object,
    draw = false,
  ): void {
    const current = { winner: scores.get(winner) ?? null, loser: scores.get(loser) ?? null };
    const after = rate(current, options, draw);
    scores.set(winner, after.winner).set(loser, after.loser);
  }

  it('gives the ratings of an office that plays table tennis, to the last digit', () => {
    const { K: k, start, steps } = readTestData<PingPong>('elo/pingpong_citus.json');
    const scores = new Map<string, number>();
    for (const { winner, loser, ratings_after } of steps) {
      play(scores, winner, loser, { k, start });
      for (const [player, rating] of Object.entries(ratings_after)) {
        expect(scores.get(player) ?? start).toBe(rating);
      }
    }
    expect(steps.length).toBe(12);
  });

  it('gives the ratings of a tournament with draws, week by week', () => {
    const data = readTestData<Tournament>('elo/tournament_eheinzen.json');
    const { K: k, start, matches, expected_after_week: weeks } = data;
    const scores = new Map<string, number>();
    let draws = 0;
    for (const [index, expected] of weeks.entries()) {
      for (const match of matches.filter(({ week }) => week === index + 1)) {
        const difference = match.home_points - match.visitor_points;
        const [winner, loser] = difference < 0 ? [match.visitor, match.home] : [match.home, match.visitor];
        play(scores, winner, loser, { k, start }, difference === 0);
        if (difference === 0) draws += 1;
      }
      const printed = Object.fromEntries(
        [...scores].map(([team, rating]) => [team, Number(rating.toFixed(3))]),
      );
      expect(printed).toEqual(expected);
    }
    expect(weeks.length).toBe(14);
    expect(draws).toBeGreaterThan(0);
  });
});
