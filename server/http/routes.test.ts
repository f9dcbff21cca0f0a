import { describe, expect, it } from 'vitest';
import { startHttpService } from '../../test/support/http-service.ts';

describe('health', () => {
  it('/healthz says that the process runs', async () => {
    const { call } = await startHttpService();
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('/readyz says whether it can serve, and why not', async () => {
    let problems: string[] = [];
    const health = { ready: () => ({ ready: problems.length === 0, problems }) };
    const { call } = await startHttpService({ deps: { health } });
    expect(await call('GET', '/readyz')).toMatchObject({ status: 200, body: { ready: true, problems: [] } });
    problems = ['the store is away'];
    const reply = await call('GET', '/readyz');
    expect(reply).toMatchObject({ status: 503, body: { ready: false, problems } });
    expect(reply.headers['retry-after']).toBe('1');
  });
});

describe('demonstration data', () => {
  const demo = { board: 'demo', players: 10, random: Math.random };
  const wish = { kind: 'board', count: 250 };

  it('is only generated where the demonstration is on', async () => {
    const { call, admin } = await startHttpService();
    await expect(call('POST', '/v1/generate_data', { token: admin, body: wish })).rejects.toThrow('no route');
  });

  it('is so many score changes on the board, in as many publishes as it takes', async () => {
    const { call, admin } = await startHttpService({ deps: { demo }, limits: { eventsPerPublish: 100 } });
    const reply = await call('POST', '/v1/generate_data', { token: admin, body: wish });
    expect(reply).toMatchObject({ status: 200, body: { applied: 250, duplicates: 0, rejected: [] } });
    expect((await call('GET', '/v1/boards/demo')).body.total).toBeGreaterThan(3);
    await call('POST', '/v1/generate_data', { token: admin, body: { ...wish, board: 'own', players: 1 } });
    expect((await call('GET', '/v1/boards/own')).body.total).toBe(1);
  });

  it('is so many games, and what their players chose', async () => {
    const { call, admin } = await startHttpService({ deps: { demo }, limits: { eventsPerPublish: 100 } });
    await call('PUT', '/v1/products/rps', { token: admin, body: { stats: 'exrps' } });
    const body = { kind: 'results', count: 50 };
    expect((await call('POST', '/v1/generate_data', { token: admin, body })).body).toMatchObject({
      applied: 150,
      rejected: [],
    });
    const players = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const name = `player-${String(i + 1).padStart(3, '0')}`;
        return (await call('GET', `/v1/products/rps/players/${name}`)).body as Record<string, number>;
      }),
    );
    const total = (...names: string[]) =>
      players.flatMap((player) => names.map((name) => player[name] ?? 0)).reduce((sum, one) => sum + one, 0);
    expect(total('wins', 'losses', 'draws')).toBe(100);
    expect(total('wins')).toBe(total('losses'));
    const weapons = ['rock', 'paper', 'scissors', 'botch'].map((weapon) => `${weapon}_selection_count`);
    expect(total(...weapons)).toBe(100);
    const { rows } = (await call('GET', '/v1/boards/rps')).body as { rows: { score: number }[] };
    expect(rows.reduce((sum, { score }) => sum + score, 0)).toBe(total('wins'));
  });

  it('is users who come and go in the modes of an area', async () => {
    const { call, admin } = await startHttpService({ deps: { demo } });
    const body = { kind: 'area', count: 300, area: '7', users: 20, modes: 2 };
    const { body: verdict } = await call('POST', '/v1/generate_data', { token: admin, body });
    expect(verdict).toEqual({ applied: 300, duplicates: 0, rejected: [] });
    const { modes } = (await call('GET', '/v1/stats?area_code=7')).body as { modes: { count: number }[] };
    const users = modes.reduce((sum, { count }) => sum + count, 0);
    expect([modes.length <= 2, users > 0, users <= 20]).toEqual([true, true, true]);
  });

  it('is a match from its start on, to its end at most, in the place of what was there', async () => {
    const { call, admin } = await startHttpService({ deps: { demo }, limits: { eventsPerPublish: 100 } });
    const generate = (body: object) =>
      call('POST', '/v1/generate_data', { token: admin, body: { kind: 'match', ...body } });
    expect((await generate({ count: 250, match: 'm', format: 'Test' })).body).toEqual({
      ...{ applied: 250, duplicates: 0, rejected: [] },
    });
    expect((await call('GET', '/v1/matches/m')).body).toMatchObject({ sport: 'cricket', events: 250 });
    const { applied } = (await generate({ count: 5000, match: 'm' })).body;
    expect(applied).toBeLessThan(600);
    const { events, status } = (await call('GET', '/v1/matches/m')).body;
    expect([events, status]).toEqual([applied, 'complete']);
    await generate({ count: 10, format: 'Test' });
    expect((await call('GET', '/v1/matches/generated/fixture')).body.format).toMatchObject({
      inningsPerSide: 2,
    });
  });

  it('needs a token that may publish to the board', async () => {
    const { call, tokenFor } = await startHttpService({ deps: { demo } });
    const token = await tokenFor({ publish: ['board:demo'] });
    const status = async (options: object) => (await call('POST', '/v1/generate_data', options)).status;
    expect(await status({ body: wish })).toBe(401);
    expect(await status({ body: wish, token })).toBe(200);
    expect(await status({ body: { ...wish, board: 'other' }, token })).toBe(403);
    for (const kind of ['results', 'area', 'match']) {
      expect(await status({ body: { kind, count: 1 }, token })).toBe(403);
    }
    const others = await tokenFor({ publish: ['product:rps', 'area:111'] });
    for (const kind of ['results', 'area']) {
      expect(await status({ body: { kind, count: 1 }, token: others })).toBe(200);
    }
  });

  it.each([
    { kind: 'chess', count: 1 },
    { kind: 'board' },
    { kind: 'board', count: 0 },
    { kind: 'board', count: 1_000_001 },
    { kind: 'board', count: 1, players: 10_001 },
    { kind: 'board', count: 1, board: 'a:b' },
    { kind: 'results', count: 1, players: 1 },
    { kind: 'results', count: 1, board: 'demo' },
    { kind: 'area', count: 1, modes: 101 },
    { kind: 'area', count: 1, area: 'a:b' },
    { kind: 'match', count: 1, format: 'T10' },
  ])('is not generated for %j', async (body) => {
    const { call, admin } = await startHttpService({ deps: { demo } });
    expect(await call('POST', '/v1/generate_data', { token: admin, body })).toMatchObject({
      status: 400,
      body: { code: 'malformed' },
    });
  });
});
