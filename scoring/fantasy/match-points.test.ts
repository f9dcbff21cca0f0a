import { describe, expect, test } from 'vitest';
import type { MatchEvent } from '../../protocol/match-events.ts';
import { CricketScorer, fixtureOf, side } from '../../test/support/cricket-scorer.ts';
import { matchPoints } from './match-points.ts';
import { T20_POINTS } from './t20-points.ts';

const FIXTURE = fixtureOf({ overs: 20 });
const pointsOf = (events: readonly MatchEvent[], fixture = FIXTURE) =>
  matchPoints(fixture, events, T20_POINTS);
const undo: MatchEvent = { type: 'match', match: 'm', action: 'undo' };

describe('points in a match', () => {
  test('are those of the squads once there is play, and nobody has any before', () => {
    expect(pointsOf([])).toEqual(new Map());
    const { events } = new CricketScorer().begin('Asia');
    expect(pointsOf(events)).toEqual(new Map([...side('a'), ...side('e')].map((player) => [player, 4000])));
    expect(pointsOf([...events, undo])).toEqual(new Map());
  });

  test('are what the balls that stand are worth, corrected or not', () => {
    const scorer = new CricketScorer().begin('Asia').balls(2, { runs: 1 });
    const before = pointsOf(scorer.events);
    scorer.ball({ runs: 6 });
    const after = pointsOf(scorer.events);
    expect([before.get('a1'), after.get('a1')]).toEqual([5000, 13_000]);
    expect(pointsOf([...scorer.events, undo])).toEqual(before);
    const last = scorer.events.at(-1);
    if (last?.type !== 'delivery') throw new Error('the last event was a ball');
    const runs = { batter: 4, extras: 0, total: 4 };
    const event = { ...last, delivery: { ...last.delivery, runs } };
    const amend: MatchEvent = { type: 'match', match: 'm', action: 'amend', n: scorer.events.length, event };
    expect(pointsOf([...scorer.events, amend]).get('a1')).toBe(10_000);
    expect(pointsOf([...scorer.events, amend, undo])).toEqual(after);
  });

  test('leave super overs out', () => {
    const short = fixtureOf({ overs: 1 });
    const balls = (innings: number): MatchEvent[] =>
      new CricketScorer(short)
        .begin('Asia')
        .balls(3, { runs: 4 })
        .events.map((event) => (event.type === 'delivery' ? { ...event, innings } : event));
    expect(pointsOf(balls(1), short).get('a1')).toBe(4000 + 3 * 5000);
    expect(pointsOf(balls(3), short).get('a1')).toBe(4000);
    // With two innings a side, it is an innings like any other.
    expect(pointsOf(balls(3), fixtureOf({})).get('a1')).toBe(4000 + 3 * 5000);
  });
});
