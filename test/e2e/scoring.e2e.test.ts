import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rows } from '../../protocol/views.ts';
import { windowAt } from '../../scoring/windows.ts';
import { ENGINES, type Engines } from '../support/engines.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';
import { hasTestData, LEFT_OUT, readTestData } from '../support/test-data.ts';

interface PingPong {
  readonly K: number;
  readonly start: number;
  readonly steps: readonly {
    readonly winner: string;
    readonly loser: string;
    readonly ratings_after: Readonly<Record<string, number>>;
  }[];
}

interface Tournament {
  readonly K: number;
  readonly start: number;
  readonly matches: readonly {
    readonly week: number;
    readonly home: string;
    readonly visitor: string;
    readonly home_points: number;
    readonly visitor_points: number;
  }[];
  readonly expected_after_week: readonly Readonly<Record<string, number>>[];
}

describe.each(ENGINES)('games on $name', ({ start }) => {
  let engines: Engines;
  let server: RunningScorewire;
  let token: string;
  let client: RawClient;

  beforeAll(async () => {
    engines = await start();
    server = await startScorewire({ ...engines.env, ...OPEN_TO_READERS });
    token = await adminToken();
    client = await connectRaw(server.socketUrl);
  });
  afterAll(async () => {
    expect(client?.violations).toEqual([]);
    client?.close();
    await server?.stop();
    await engines?.stop();
  });

  const put = async (path: string, body: object) => {
    const answer = await request(server.url + path, { method: 'PUT', token, body });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  const get = async (path: string) => (await request(server.url + path)).body;
  const publish = async (...events: object[]) => {
    const { body } = await request(`${server.url}/v1/events`, { token, body: events });
    expect(body).toEqual({ applied: events.length, duplicates: 0, rejected: [] });
  };
  const subscribe = (channel: string) => client.ask({ type: 'subscribe', channel });
  const scoresOf = async (board: string, query = ''): Promise<Record<string, number>> => {
    const { rows } = await get(`/v1/boards/${board}${query}`);
    return Object.fromEntries(
      rows.map(({ member, score }: { member: string; score: number }) => [member, score]),
    );
  };
  const elo = ({ K: k, start: from }: { K: number; start: number }, board: string) => ({
    leaderboards: [{ board, handler: 'elo', options: { k, start: from } }],
  });

  it('are scored by the defaults, counted for their players, and shown as they are played', async () => {
    await subscribe('board:chess');
    await subscribe('player:chess:ann');
    await publish(
      { type: 'result', product: 'chess', winner: 'ann', loser: 'bob' },
      { type: 'result', product: 'chess', winner: 'bob', loser: 'ann', draw: true },
      { type: 'track', product: 'chess', player: 'ann', event: 'castle' },
    );
    expect(await get('/v1/products/chess/players/ann')).toEqual({ wins: 1, draws: 1, castle_count: 1 });
    expect(await get('/v1/products/chess/players/bob')).toEqual({ losses: 1, draws: 1 });
    expect(await scoresOf('chess')).toEqual({ ann: 1 });
    await client.waitForState('board:chess', (rows) => (rows as Rows)[0]?.[1] === 1);
    await client.waitForState('player:chess:ann', (document) => 'castle_count' in document);
    expect(client.state('player:chess:ann')).toEqual({ wins: 1, draws: 1, castle_count: 1 });
  });

  it('are scored on every leaderboard of their product, by its own statistics', async () => {
    await put('/v1/products/rps', {
      leaderboards: [{ handler: 'wins' }, { board: 'rps-elo', handler: 'elo' }],
      stats: 'exrps',
    });
    await subscribe('board:rps-elo');
    await publish(
      { type: 'track', product: 'rps', player: 'ann', event: 'select_weapon', data: '1' },
      { type: 'track', product: 'rps', player: 'bob', event: 'select_weapon', data: '0' },
      { type: 'result', product: 'rps', winner: 'ann', loser: 'bob' },
    );
    expect(await scoresOf('rps')).toEqual({ ann: 1 });
    expect(await scoresOf('rps-elo')).toEqual({ ann: 1510, bob: 1490 });
    expect(await get('/v1/products/rps/players/ann')).toEqual({ wins: 1, paper_selection_count: 1 });
    await client.waitForState('board:rps-elo', (rows) => (rows as Rows).length === 2);
    const bad = { type: 'track', product: 'rps', player: 'ann', event: 'select_weapon', data: 7 };
    expect((await request(`${server.url}/v1/events`, { token, body: bad })).body).toMatchObject({
      applied: 0,
      rejected: [{ index: 0, code: 'malformed', message: expect.stringContaining('select_weapon') }],
    });
  });

  it.skipIf(!hasTestData)(`give the ratings that others computed, game by game${LEFT_OUT}`, async () => {
    const data = readTestData<PingPong>('elo/pingpong_citus.json');
    await put('/v1/products/table-tennis', elo(data, 'table-tennis'));
    for (const { winner, loser, ratings_after } of data.steps) {
      await publish({ type: 'result', product: 'table-tennis', winner, loser });
      const scores = await scoresOf('table-tennis');
      for (const [player, rating] of Object.entries(ratings_after)) {
        expect(scores[player] ?? data.start).toBeCloseTo(rating, 10);
      }
    }
  });

  it.skipIf(!hasTestData)(`give the ratings of a tournament, week by week${LEFT_OUT}`, async () => {
    const data = readTestData<Tournament>('elo/tournament_eheinzen.json');
    await put('/v1/products/tournament', elo(data, 'tournament'));
    for (const [week, expected] of data.expected_after_week.entries()) {
      const results = data.matches
        .filter((match) => match.week === week + 1)
        .map(({ home, visitor, home_points: own, visitor_points: other }) => ({
          type: 'result',
          product: 'tournament',
          ...(own < other ? { winner: visitor, loser: home } : { winner: home, loser: visitor }),
          ...(own === other ? { draw: true } : {}),
        }));
      await publish(...results);
      const scores = await scoresOf('tournament');
      for (const [team, rating] of Object.entries(expected)) {
        expect(Number((scores[team] ?? data.start).toFixed(3))).toBe(rating);
      }
    }
  });

  it('are played in areas, which tell what is played most', async () => {
    const session = (user: string, mode: string, action = 'LOGIN') => ({
      type: 'session',
      area: '111',
      mode,
      user,
      action,
    });
    await subscribe('area:111');
    await publish(session('a', 'duel'), session('b', 'race'), session('c', 'race'), session('d', 'chase'));
    const played = {
      area_code: '111',
      modes: [
        { mode: 'race', count: 2 },
        { mode: 'chase', count: 1 },
        { mode: 'duel', count: 1 },
      ],
    };
    expect(await get('/v1/stats?area_code=111')).toEqual(played);
    expect(await get('/stats?area_code=111')).toEqual(played);
    await client.waitForState('area:111', (rows) => (rows as Rows).length === 3);
    await publish(session('b', 'duel'), session('d', 'whatever', 'LOGOUT'));
    await client.waitForState('area:111', (rows) => (rows as Rows)[0]?.[0] === 'duel');
    expect(client.state('area:111')).toEqual([
      ['duel', 2],
      ['race', 1],
    ]);
    expect((await request(`${server.url}/stats`)).status).toBe(400);
    expect(await get('/stats?area_code=999')).toEqual({ area_code: '999', modes: [] });
  });

  it('are scored in the windows of their board too, under a current and a fixed name', async () => {
    const timezone = 'Europe/Paris';
    expect(await put('/v1/boards/league', { windows: ['weekly', 'daily'], timezone })).toMatchObject({
      windows: ['daily', 'weekly'],
      timezone,
    });
    await put('/v1/products/league', { leaderboards: [{ handler: 'elo' }] });
    const before = Date.now();
    await subscribe('board:league@daily');
    await publish({ type: 'score', board: 'league', member: 'ann', set: 2000 });
    await publish({ type: 'result', product: 'league', winner: 'bob', loser: 'cid' });
    const scores = { ann: 2000, bob: 1510, cid: 1490 };
    expect(await scoresOf('league')).toEqual(scores);
    // At midnight in Paris the test may see either day, and nothing is wrong with that.
    const isOneDay = windowAt('daily', before, timezone) === windowAt('daily', Date.now(), timezone);
    if (isOneDay) expect(await scoresOf('league', '?window=daily')).toEqual(scores);
    const fixed = [before, Date.now()].map((at) => windowAt('daily', at, timezone));
    const found = await Promise.all(fixed.map((name) => scoresOf('league', `?window=${name}`)));
    expect(Object.assign({}, ...found)).toEqual(scores);
    expect(await scoresOf('league', '?window=daily.2001-01-01')).toEqual({});
    expect(await scoresOf('league', '?window=monthly')).toEqual({});
    if (isOneDay) {
      await client.waitForState('board:league@daily', (rows) => (rows as Rows).length === 3);
      const member = await get('/v1/boards/league/members/bob?window=daily');
      expect(member).toMatchObject({ rank: 2, score: 1510, total: 3 });
    }
  });
});
