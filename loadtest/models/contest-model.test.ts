import { expect, it, vi } from 'vitest';
import { simulateMatch } from '../../scoring/cricket/simulator.ts';
import { T20_POINTS } from '../../scoring/fantasy/t20-points.ts';
import type { Api } from '../api.ts';
import { ContestModel } from './contest-model.ts';
import { MatchModel } from './match-model.ts';

interface Row {
  rank: number;
  team: string;
  score: number;
}

function played() {
  const match = new MatchModel('m', simulateMatch('m', { seed: 3 }));
  match.applied(match.next(200));
  return { match, contest: new ContestModel('c', [match], { teams: 50, seed: 1 }) };
}

/** A server that shows these rows. */
const showing = (rows: readonly Row[]): Api => ({
  call: async () => ({ rows }),
  upload: async () => undefined,
  each: async () => undefined,
});

/** By nothing of the model but its teams: with the points of each player, added up card by card. */
function standings({ match, contest }: ReturnType<typeof played>): Row[] {
  const points = match.points(T20_POINTS);
  const scored = contest.teams.map(({ team, cards }) => ({
    team,
    score: cards.reduce((sum, { player, bonus }) => sum + (bonus * (points.get(player) ?? 0)) / 1000, 0),
  }));
  return scored
    .map((row) => ({ rank: 1 + scored.filter(({ score }) => score > row.score).length, ...row }))
    .toSorted((a, b) => a.rank - b.rank);
}

it('a contest that shows what its matches make is right, and its viewers must hold the table and their team', async () => {
  const { match, contest } = played();
  const rows = standings({ match, contest });
  expect(new Set(rows.map(({ score }) => score)).size).toBeGreaterThan(10);
  const [first] = rows;
  const { problems, states } = await contest.check(
    showing(rows),
    new Set(['league:c:all', `team:c:${first?.team}`]),
  );
  expect(problems).toEqual([]);
  expect(states.get('league:c:all')).toEqual(rows.map(({ team, score }) => [team, score]));
  expect(states.get(`team:c:${first?.team}`)).toEqual({ member: first?.team, total: 50, ...rest(first) });
});

it('a contest that is still wrong after some time is wrong', async () => {
  const { match, contest } = played();
  const rows = standings({ match, contest });
  rows[7] = { ...(rows[7] as Row), score: 1 };
  vi.useFakeTimers();
  const check = contest.check(showing(rows), new Set());
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  const [problem] = (await check).problems;
  expect(problem).toMatch(/^c: at place 8 is .*"score":1\D.* instead of /);
});

function rest({ rank, score }: Row = { rank: 0, team: '', score: 0 }) {
  return { rank, score };
}
