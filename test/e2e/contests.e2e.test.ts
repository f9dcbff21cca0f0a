/** Fantasy contests of the product as its users run it: one upload of very many teams, and every rank right on every node. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Rows } from '../../protocol/views.ts';
import { ContestModel, type ModelTeam } from '../support/contest-model.ts';
import { ENGINES, type Engines } from '../support/engines.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import {
  type Answer,
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';
import { seededRandom } from '../support/seeded-random.ts';

const TEAMS = 100_000;
const WAIT = { timeout: 30_000, interval: 50 };
const NDJSON = { 'content-type': 'application/x-ndjson' };
const PLAYERS = Array.from({ length: 60 }, (_, n) => `player ${n} é`);
const BAD = ['nonsense', '{"team":"a"}', '{"team":"b","cards":[{"player":"nobody","bonus":1}]}'];
const BONUSES = [1, 1, 1, 1.5, 2, 0.125, 7.007];

/** Stars are in most teams; every tenth line or so, friends. */
function teamsOf(count: number, random: () => number): ModelTeam[] {
  return Array.from({ length: count }, (_, n) => {
    const left = [...PLAYERS];
    const cards = Array.from({ length: 11 + Math.floor(random() * 5) }, () => {
      const [player = ''] = left.splice(Math.floor(random() ** 2 * left.length), 1);
      return { player, bonus: BONUSES[Math.floor(random() * BONUSES.length)] ?? 1 };
    });
    return { team: `team ${n}`, leagues: [`friends-${Math.floor(n / 10)}`], cards };
  });
}

describe.each(ENGINES)('fantasy contests on $name', ({ name, start }) => {
  let engines: Engines;
  let token: string;
  /** What is written to, and what is read from; on embedded engines there is only one node. */
  let one: RunningScorewire;
  let other: RunningScorewire;
  const isShared = name !== 'embedded engines';
  const model = new ContestModel();
  const random = seededRandom(11);
  const clients: RawClient[] = [];

  const node = () => startScorewire({ ...engines.env, ...OPEN_TO_READERS, TICK_MS: '50' });
  const call = (path: string, options: Parameters<typeof request>[1] = {}): Promise<Answer> =>
    request(`${one.url}/v1/tournaments/${path}`, { token, ...options });
  const publish = async (points: Record<string, number>): Promise<void> => {
    const body = Object.entries(points).map(([player, value]) => {
      model.setPoints(player, value);
      return { type: 'points', tournament: 'cup', player, points: value };
    });
    const answer = await request(`${one.url}/v1/events`, { token, body });
    expect(answer.body).toMatchObject({ applied: body.length, rejected: [] });
  };
  /** A page may be unavailable while the contest is loaded, and is never wrong. */
  const page = async (path: string, url = other.url): Promise<Answer> => {
    const read = () => request(`${url}/v1/tournaments/cup/${path}`);
    return vi.waitFor(async () => {
      const answer = await read();
      if (answer.status === 503) {
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        throw new Error('not yet');
      }
      expect(answer.status).toBe(200);
      return answer;
    }, WAIT);
  };
  const expectPages = async (league: string, offsets: readonly number[], url?: string): Promise<void> => {
    const table = model.table(league);
    for (const offset of offsets) {
      const { body } = await page(`leagues/${league}?offset=${offset}&limit=20`, url);
      expect(body).toEqual({ league, total: table.length, rows: table.slice(offset, offset + 20) });
    }
  };

  beforeAll(async () => {
    [engines, token] = await Promise.all([start(), adminToken()]);
    one = await node();
    other = isShared ? await node() : one;
    await vi.waitFor(async () => expect((await request(`${one.url}/readyz`)).status).toBe(200), WAIT);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) {
      expect(client.violations).toEqual([]);
      client.close();
    }
  });
  afterAll(async () => {
    await Promise.all([one?.stop(), isShared ? other?.stop() : undefined]);
    await engines?.stop();
  });

  it('take a hundred thousand teams in one packed request, tell each bad line, and show how far they are', async () => {
    expect(await call('cup', { method: 'PUT', body: { players: PLAYERS } })).toMatchObject({ status: 200 });
    const teams = teamsOf(TEAMS, random);
    for (const team of teams) model.register(team);
    const lines = teams.map((team) => JSON.stringify(team));
    const bad = [10, 40_000, 100_001].map((place, n) => {
      lines.splice(place, 0, BAD[n] ?? '');
      return place + 1;
    });

    const upload = httpRequest(`${one.url}/v1/tournaments/cup/teams`, {
      method: 'POST',
      headers: { ...NDJSON, authorization: `Bearer ${token}`, 'content-encoding': 'gzip' },
    });
    const packed = createGzip({ level: 1 });
    packed.pipe(upload);
    const answered = once(upload, 'response') as Promise<[IncomingMessage]>;
    const half = lines.length / 2;
    packed.write(`${lines.slice(0, half).join('\n')}\n`);
    packed.flush();
    await vi.waitFor(async () => {
      const { body } = await request(`${other.url}/v1/tournaments/cup`);
      expect(body).toMatchObject({ status: 'open' });
      expect(body.registered).toBeGreaterThan(10_000);
      expect(body.registered).toBeLessThan(TEAMS);
    }, WAIT);
    packed.end(lines.slice(half).join('\n'));

    const [answer] = await answered;
    const result = JSON.parse((await answer.toArray()).join(''));
    expect(answer.statusCode).toBe(200);
    expect(result).toMatchObject({ lines: TEAMS + BAD.length, accepted: TEAMS, omitted: 0 });
    expect(result.rejected.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [bad[0], 'malformed'],
      [bad[1], 'malformed'],
      [bad[2], 'not_found'],
    ]);
    expect((await call('cup')).body.registered).toBe(TEAMS);
  });

  it('may be sent a part of them again, changed', async () => {
    const again = teamsOf(2000, seededRandom(5));
    for (const team of again) model.register(team);
    const body = gzipSync(again.map((team) => JSON.stringify(team)).join('\n'));
    const answer = await fetch(`${one.url}/v1/tournaments/cup/teams`, {
      method: 'POST',
      headers: { ...NDJSON, authorization: `Bearer ${token}`, 'content-encoding': 'gzip' },
      body,
    });
    expect(await answer.json()).toMatchObject({ accepted: 2000, rejected: [] });
  });

  it('start, and take no more uploads', async () => {
    expect(await request(`${other.url}/v1/tournaments/cup/leagues/all`)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    expect(await call('cup/start', { method: 'POST', body: {} })).toMatchObject({
      body: { status: 'started' },
    });
    const late = { headers: NDJSON, body: JSON.stringify({ team: 'a', cards: [] }) };
    expect(await call('cup/teams', { method: 'POST', ...late })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    await expectPages('all', [0, 99_990]);
  });

  it('rank every team, as a model does that knows nothing of it, also far from the top', async () => {
    for (let round = 0; round < 3; round++) {
      const points: Record<string, number> = {};
      for (const player of PLAYERS) {
        if (random() < 0.4) points[player] = Math.round(random() * 200_000 - 20_000) / 1000;
      }
      await publish(points);
      await expectPages('all', [0, 31_415, 50_000, 99_985, 200_000]);
      await expectPages('friends-77', [0]);
    }
    const table = model.table('all');
    const middle = table[54_321];
    const { body } = await page(`teams/${encodeURIComponent(middle?.team ?? '')}`);
    expect(body).toMatchObject({ rank: middle?.rank, score: middle?.score, total: TEAMS });
    for (const { player, points } of body.cards) expect(points).toBe(model.pointsOf(player));
    const [[friends = '', rank]] = Object.entries(body.leagues) as [[string, number]];
    expect(rank).toBe(model.table(friends).find(({ team }) => team === middle?.team)?.rank);
  });

  it('push the best of a league and the place of a team with the next tick', async () => {
    const [best] = model.table('all');
    const watched = model.table('all')[70_000]?.team ?? '';
    const client = await connectRaw(other.socketUrl);
    clients.push(client);
    const league = 'league:cup:all';
    const team = `team:cup:${watched}`;
    for (const channel of [league, team]) await client.ask({ type: 'subscribe', channel });
    const top = () =>
      model
        .table('all')
        .slice(0, 100)
        .map(({ team: each, score }) => [each, score]);
    const place = () => {
      const row = model.table('all').find((each) => each.team === watched);
      return { member: watched, total: TEAMS, rank: row?.rank, score: row?.score };
    };
    await client.waitForState(league, (state) => JSON.stringify(state) === JSON.stringify(top()), 30_000);
    await publish({ [PLAYERS[0] ?? '']: 400.25, [PLAYERS[1] ?? '']: -3, [PLAYERS[2] ?? '']: 0 });
    const [wanted, wantedPlace] = [JSON.stringify(top()), place()];
    const state = (await client.waitForState(league, (rows) => JSON.stringify(rows) === wanted)) as Rows;
    expect(state[0]?.[0]).not.toBe(best?.team);
    await client.waitForState(team, (held) => (held as { rank?: number }).rank === wantedPlace.rank);
    expect(client.state(team)).toEqual(wantedPlace);
    const nowhere = await client.ask({ type: 'subscribe', channel: 'league:none:all' });
    expect(nowhere).toMatchObject({ type: 'error', code: 'not_found' });
  });

  it('let teams come and change: what they have scored stays, and new cards count from then on', async () => {
    const [newcomer, changed] = teamsOf(2, random);
    const late: ModelTeam = { ...newcomer, team: 'late/team', cards: newcomer?.cards ?? [] };
    const other5: ModelTeam = { team: 'team 5', leagues: ['friends-3'], cards: changed?.cards ?? [] };
    for (const team of [late, other5]) {
      const body = { cards: team.cards, leagues: team.leagues };
      const put = () => call(`cup/teams/${encodeURIComponent(team.team)}`, { method: 'PUT', body });
      const outcome = team === late ? 'added' : 'replaced';
      expect(await put()).toMatchObject({ status: 200, body: { team: team.team, outcome } });
      expect(await put()).toMatchObject({ status: 200, body: { outcome: 'unchanged' } });
      model.put(team);
    }
    await expectPages('friends-3', [0]);
    await publish(Object.fromEntries(PLAYERS.slice(0, 20).map((player, n) => [player, n + 0.125])));
    await expectPages('all', [0, 49_999, 99_990]);
    await expectPages('friends-3', [0]);
    const { body } = await page('teams/late%2Fteam');
    const row = model.table('all').find(({ team }) => team === 'late/team');
    expect(body).toMatchObject({ rank: row?.rank, score: row?.score, total: TEAMS + 1 });
    const stranger = { cards: [{ player: 'nobody', bonus: 1 }] };
    expect(await call('cup/teams/x', { method: 'PUT', body: stranger })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('are computed again from cards and points, and nothing differs', async () => {
    const answer = await request(`${one.url}/v1/recompute`, { token, body: { target: 'tournament:cup' } });
    expect(answer.body).toEqual({
      ...{ target: 'tournament:cup', checked: TEAMS + 1, corrected: 0, differences: [] },
    });
  });

  it.runIf(isShared)('are taken over from a node that is killed, with every rank as it was', async () => {
    one.process.signal('SIGKILL');
    await one.process.exited;
    await expectPages('all', [0, 77_777, 99_990], other.url);
    one = await node();
    await publish({ [PLAYERS[3] ?? '']: 55.5 });
    await expectPages('all', [0, 12_345], other.url);
    await expectPages('all', [99_990], one.url);
  });
});
