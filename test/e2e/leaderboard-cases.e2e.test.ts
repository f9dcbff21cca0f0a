import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINES, type Engines } from '../support/engines.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';
import { hasTestData, LEFT_OUT, readTestData } from '../support/test-data.ts';
import { answerCase, createAsker, type LeaderboardCase, NOT_APPLICABLE } from './leaderboard-cases.ts';

const cases = hasTestData ? readTestData<{ cases: LeaderboardCase[] }>('leaderboard/cases.json').cases : [];
const applicable = cases.filter(({ id }) => !NOT_APPLICABLE.has(id));

interface Result {
  readonly home: string;
  readonly visitor: string;
  readonly home_points: number;
  readonly visitor_points: number;
}

describe.each(ENGINES)(`real cases and results on $name${LEFT_OUT}`, ({ start }) => {
  let engines: Engines;
  let server: RunningScorewire;
  let token: string;

  beforeAll(async () => {
    if (!hasTestData) return;
    engines = await start();
    server = await startScorewire({ ...engines.env, ...OPEN_TO_READERS });
    token = await adminToken();
  });
  afterAll(async () => {
    await server?.stop();
    await engines?.stop();
  });

  it.runIf(hasTestData)('leave few cases out, and those for a reason', () => {
    expect(cases.length).toBe(70);
    expect(applicable.length).toBe(cases.length - NOT_APPLICABLE.size);
  });

  it
    .runIf(hasTestData)
    .each(applicable.map((one) => [`${one.id}: ${JSON.stringify(one.query).slice(0, 90)}`, one] as const))(
    'case %s',
    async (_title, one) => {
      const ask = createAsker(server.url, token, `case-${one.id}`);
      if (one.setup.members?.length) await ask.setUp(one.setup);
      const answer = await answerCase(ask, one);
      const { expected } = one;
      // An expectation that is an object names only what it cares for.
      if (typeof expected === 'object' && expected !== null && !Array.isArray(expected)) {
        expect(answer).toMatchObject(expected);
      } else {
        expect(answer).toEqual(expected);
      }
    },
  );

  it.runIf(hasTestData)('a real list of results becomes the right final table', async () => {
    const { matches } = readTestData<{ matches: Result[] }>('elo/tournament_eheinzen.json');
    const table = new Map<string, number>();
    for (const { home, visitor, home_points, visitor_points } of matches) {
      const points = (own: number, other: number) => (own > other ? 3 : own === other ? 1 : 0);
      for (const [team, delta] of [
        [home, points(home_points, visitor_points)],
        [visitor, points(visitor_points, home_points)],
      ] as const) {
        table.set(team, (table.get(team) ?? 0) + delta);
        const answer = await request(`${server.url}/v1/events`, {
          token,
          body: { type: 'score', board: 'tournament', member: team, delta },
        });
        expect(answer.body).toEqual({ applied: 1, duplicates: 0, rejected: [] });
      }
    }
    const scores = [...table.values()];
    const expected = [...table]
      .map(([member, score]) => ({ rank: 1 + scores.filter((other) => other > score).length, member, score }))
      .sort((a, b) => a.rank - b.rank || (a.member < b.member ? -1 : 1));
    const { body } = await request(`${server.url}/v1/boards/tournament?limit=100`);
    expect(body).toEqual({ board: 'tournament', total: table.size, rows: expected });
    expect(table.size).toBeGreaterThan(5);
  });
});
