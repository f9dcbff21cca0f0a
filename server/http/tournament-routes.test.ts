import { beforeEach, describe, expect, it } from 'vitest';
import { refuse } from '../../contest/refusal.ts';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';

let service: HttpService;
let asked: unknown[][];
/** What the owner says to everything. */
let told: unknown;

const cards = [{ player: 'p', bonus: 1.5 }];

beforeEach(async () => {
  asked = [];
  told = refuse('unavailable', 'The contest is not available at the moment');
  const ask = async (...question: unknown[]) => {
    asked.push(question);
    return told as never;
  };
  service = await startHttpService({ deps: { contests: { ask } }, anonymousSubscribe: [] });
});

const call = (method: string, path: string, body?: unknown, token = service.admin) =>
  service.call(method, `/v1/tournaments${path}`, { token, ...(body === undefined ? {} : { body }) });

describe('a tournament', () => {
  it('is created, changed and read', async () => {
    const settings = { title: 'The cup', matches: [{ match: 'final', system: 'dream11-t20-2020' }] };
    const state = { id: 'cup', status: 'open', registered: 0 };
    expect(await call('GET', '/cup')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await call('PUT', '/cup', settings)).toMatchObject({
      status: 200,
      body: { ...state, ...settings },
    });
    expect((await call('PUT', '/cup', { players: ['p', 'q'] })).body).toEqual({
      ...state,
      players: ['p', 'q'],
    });
    expect((await call('GET', '/cup')).body).toEqual({ ...state, players: ['p', 'q'] });
  });

  it.each<[string, unknown, string]>([
    ['a misspelt field', { titel: 'x' }, 'must not have "titel"'],
    ['a point system that is none', { matches: [{ match: 'm', system: 'mine' }] }, '"matches.0.system"'],
    ['no players at all', { players: [] }, '"players"'],
    ['a player without a name', { players: [''] }, '"players.0"'],
  ])('is refused with %s', async (_what, body, fault) => {
    const answer = await call('PUT', '/cup', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed' } });
    expect(answer.body.detail).toContain(fault);
  });

  it('names as many players as it may', async () => {
    const players = Array.from({ length: 10_000 }, (_, n) => `player ${n} ${'x'.repeat(100)}`);
    expect((await call('PUT', '/cup', { players })).body.players).toHaveLength(10_000);
    expect(await call('PUT', '/cup', { players: [...players, 'one more'] })).toMatchObject({ status: 400 });
  });

  it('is told that players who are on cards can not be left out', async () => {
    await call('PUT', '/cup', { players: ['p', 'q'] });
    await call('PUT', '/cup/teams/a', { cards });
    expect(await call('PUT', '/cup', { players: ['q'] })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
  });

  it('starts once, and again without harm', async () => {
    expect(await call('POST', '/cup/start', {})).toMatchObject({ status: 404 });
    await call('PUT', '/cup', {});
    for (let turn = 0; turn < 2; turn++) {
      const answer = await call('POST', '/cup/start', {});
      expect(answer).toMatchObject({ status: 200, body: { status: 'started' } });
    }
    expect(await call('POST', '/cup/start', { now: true })).toMatchObject({ status: 400 });
  });

  it('is removed, with all its teams', async () => {
    await call('PUT', '/cup', {});
    await call('PUT', '/cup/teams/a', { cards });
    await call('POST', '/cup/start', {});
    expect(
      (await call('DELETE', '/cup', undefined, await service.tokenFor({ publish: ['tournament:x'] }))).status,
    ).toBe(403);
    expect(await call('DELETE', '/cup')).toMatchObject({ status: 200, body: { removed: true } });
    expect((await call('DELETE', '/cup')).body).toEqual({ removed: false });
    expect(await call('GET', '/cup')).toMatchObject({ status: 404 });
    await call('PUT', '/cup', {});
    expect((await call('GET', '/cup')).body).toMatchObject({ status: 'open', registered: 0 });
  });

  it('is listed, without its players, for those who may see it', async () => {
    for (const id of ['a', 'b', 'c']) await call('PUT', `/${id}`, { title: `Cup ${id}`, players: ['p'] });
    const some = await service.tokenFor({ subscribe: ['league:a:*'], publish: ['tournament:c'] });
    const { body } = await call('GET', '', undefined, some);
    expect(body).toEqual({
      tournaments: ['a', 'c'].map((id) => ({ id, title: `Cup ${id}`, status: 'open', registered: 0 })),
    });
    const page = await call('GET', '?limit=2');
    expect([page.body.tournaments.length, page.body.next]).toEqual([2, 'b']);
    expect((await call('GET', '?limit=2&after=b')).body).toMatchObject({ tournaments: [{ id: 'c' }] });
  });

  it('is nobody else’s business', async () => {
    await call('PUT', '/cup', {});
    const stranger = await service.tokenFor({ subscribe: ['league:other:*'], publish: ['tournament:other'] });
    for (const [method, path, body] of [
      ['GET', '/cup'],
      ['PUT', '/cup', {}],
      ['POST', '/cup/start', {}],
      ['PUT', '/cup/teams/a', { cards }],
      ['GET', '/cup/teams/a'],
      ['GET', '/cup/leagues/all'],
    ] as const) {
      expect((await call(method, path, body, stranger)).status, `${method} ${path}`).toBe(403);
      expect((await service.call(method, `/v1/tournaments${path}`, { body })).status).toBe(401);
    }
    expect(asked).toEqual([]);
  });
});

describe('a page of a league, and a team', () => {
  it('are what the owner says', async () => {
    const page = { league: 'all', total: 9, rows: [{ rank: 7, team: 'a', score: 1.000001 }] };
    told = page;
    expect((await call('GET', '/cup/leagues/all?offset=6&limit=1')).body).toEqual(page);
    const state = {
      ...{ team: 'a/b', rank: 7, score: 3, total: 9, carried: -1.5, leagues: { office: 2 } },
      cards: [{ player: 'p', bonus: 1.5, points: 3 }],
    };
    told = state;
    expect((await call('GET', `/cup/teams/${encodeURIComponent('a/b')}`)).body).toEqual(state);
    expect(asked).toEqual([
      ['cup', 'page', { league: 'all', offset: 6, limit: 1 }],
      ['cup', 'team', { team: 'a/b' }],
    ]);
  });

  it.each([
    ['unavailable', 503],
    ['not_found', 404],
    ['conflict', 409],
  ] as const)('are refused as the owner does it: %s', async (code, status) => {
    told = refuse(code, 'because');
    for (const path of ['/cup/leagues/all', '/cup/teams/a']) {
      const answer = await call('GET', path);
      expect(answer).toMatchObject({ status, body: { code, detail: 'because' } });
      expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    }
  });

  it.each([
    '/cup/leagues/a%20b',
    '/cup/leagues/all?limit=1001',
    '/cup/leagues/all?offset=-1',
    '/cup/teams/%07',
  ])('are not asked for at %s', async (path) => {
    expect(await call('GET', path)).toMatchObject({ status: 400, body: { code: 'malformed' } });
    expect(asked).toEqual([]);
  });

  it('are seen by whoever may follow their channel', async () => {
    told = { league: 'office', total: 0, rows: [] };
    const friend = await service.tokenFor({ subscribe: ['league:cup:office'] });
    expect((await call('GET', '/cup/leagues/office', undefined, friend)).status).toBe(200);
    expect((await call('GET', '/cup/leagues/all', undefined, friend)).status).toBe(403);
    expect((await call('GET', '/cup/teams/a', undefined, friend)).status).toBe(403);
  });
});

describe('one team', () => {
  it('is registered before the start', async () => {
    await call('PUT', '/cup', { players: ['p'] });
    expect((await call('PUT', '/cup/teams/a', { cards })).body).toEqual({ team: 'a', outcome: 'registered' });
    expect((await call('GET', '/cup')).body.registered).toBe(1);
    const stranger = [{ player: 'nobody', bonus: 1 }];
    expect(await call('PUT', '/cup/teams/a', { cards: stranger })).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: 'There is no player "nobody"' },
    });
  });

  it('may tell its name again', async () => {
    await call('PUT', '/cup', {});
    const answer = await call('PUT', '/cup/teams/a', { team: 'a', cards });
    expect(answer.body).toEqual({ team: 'a', outcome: 'registered' });
  });

  it.each<[string, unknown]>([
    ['no cards', { cards: [] }],
    ['a list', [{ cards }]],
    ['another name', { team: 'b', cards }],
    ['a misspelt field', { cards, league: 'x' }],
    ['a card twice', { cards: [...cards, ...cards] }],
  ])('is refused with %s', async (_what, body) => {
    await call('PUT', '/cup', {});
    expect(await call('PUT', '/cup/teams/a', body)).toMatchObject({
      status: 400,
      body: { code: 'malformed' },
    });
  });

  it('comes or changes after the start through the owner', async () => {
    await call('PUT', '/cup', {});
    await call('PUT', '/cup/teams/old', { cards });
    await call('POST', '/cup/start', {});
    expect(await call('PUT', '/cup/teams/new', { cards })).toMatchObject({ status: 503 });
    told = refuse('not_found', 'There is no team "new"');
    expect((await call('PUT', '/cup/teams/new', { cards })).body).toEqual({ team: 'new', outcome: 'added' });
    const tail = await service.store.readContestTail('cup', 0);
    expect(tail?.teams).toMatchObject([{ team: 'new', cards: [{ player: 'p', bonus: 1500 }], base: 0 }]);
  });
});

describe('points', () => {
  const publish = (event: object) =>
    service.call('POST', '/v1/events', { token: service.admin, body: { type: 'points', ...event } });

  it.each([
    ['of a tournament that is not there', { tournament: 'none', player: 'p', points: 1 }, 'not_found'],
    ['of a player who does not take part', { tournament: 'cup', player: 'x', points: 1 }, 'not_found'],
    ['with four decimals', { tournament: 'cup', player: 'p', points: 1.0001 }, 'malformed'],
    ['of a tournament that has matches', { tournament: 'fed', player: 'p', points: 1 }, 'conflict'],
  ])('%s are rejected', async (_what, event, code) => {
    await call('PUT', '/cup', { players: ['p'] });
    await call('PUT', '/fed', { matches: [{ match: 'final', system: 'dream11-t20-2020' }] });
    const { body } = await publish(event);
    expect(body).toMatchObject({ applied: 0, rejected: [{ index: 0, code }] });
  });

  it('are a player’s new total', async () => {
    await call('PUT', '/cup', {});
    for (const points of [1.5, 37.125]) {
      expect((await publish({ tournament: 'cup', player: 'p', points })).body).toMatchObject({ applied: 1 });
    }
    expect((await service.store.readContestTail('cup', 0))?.points).toEqual([['p', 37_125]]);
  });

  it('need permission for the tournament', async () => {
    await call('PUT', '/cup', {});
    const token = await service.tokenFor({ publish: ['tournament:other'] });
    const body = { type: 'points', tournament: 'cup', player: 'p', points: 1 };
    const answer = await service.call('POST', '/v1/events', { token, body });
    expect(answer.body).toMatchObject({ applied: 0, rejected: [{ code: 'forbidden' }] });
  });
});
