/** A real league of twelve teams over three matches: sums and ranks against those that the league had. */
import { describe, expect, test } from 'vitest';
import { hasTestData, LEFT_OUT, readTestData } from '../test/support/test-data.ts';
import { checkTeam } from './check-team.ts';
import { Contest } from './contest.ts';
import { isRefused } from './refusal.ts';

interface League {
  readonly match_order: readonly string[];
  readonly teams: Readonly<Record<string, readonly number[]>>;
  readonly player_points: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  readonly expected_cumulative: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

describe.skipIf(!hasTestData)(`an office league${LEFT_OUT}`, () => {
  test('has the totals that it reckoned itself, after each match', () => {
    const league = readTestData<League>('fantasy/office_league_sample.json');
    const contest = new Contest();
    for (const [team, players] of Object.entries(league.teams)) {
      const checked = checkTeam({
        team,
        cards: players.map((player) => ({ player: String(player), bonus: 1 })),
      });
      if (isRefused(checked)) throw new Error(checked.refused.message);
      contest.register(checked);
    }
    contest.start();
    const totals = new Map<string, number>();
    for (const match of league.match_order) {
      for (const [player, points] of Object.entries(league.player_points[match] ?? {})) {
        const total = (totals.get(player) ?? 0) + Math.round(1000 * (points.at(-1) ?? 0));
        totals.set(player, total);
        expect(contest.setPoints(player, total / 1000)).toBeUndefined();
      }
      const expected = Object.entries(league.expected_cumulative)
        .map(([team, sums]) => ({ team, score: sums[match] ?? 0 }))
        .sort((a, b) => b.score - a.score);
      const rows = expected.map((row) => ({
        rank: 1 + expected.filter(({ score }) => score > row.score).length,
        ...row,
      }));
      expect(rows).toHaveLength(12);
      expect(contest.page('all', 0, 99)).toEqual({ league: 'all', total: 12, rows });
    }
  });
});
