import { beforeEach, describe, expect, it } from 'vitest';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';
import { HTTP_LIMITS } from '../limits.ts';

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService();
});

function call(method: string, url: string, body?: unknown) {
  return service.call(method, url, { token: service.admin, ...(body === undefined ? {} : { body }) });
}

const ELO = { board: 'chess-elo', handler: 'elo', options: { k: 32, start: 1000 } };
const DEFAULTS = { leaderboards: [{ board: 'chess', handler: 'wins' }], stats: 'default' };
const result = (winner: string, loser: string) => ({ type: 'result', product: 'chess', winner, loser });
const malformed = { status: 400, body: { code: 'malformed' } };

describe('a product', () => {
  it('has the defaults until somebody configures it', async () => {
    expect((await call('GET', '/v1/products/chess')).body).toEqual({ product: 'chess', ...DEFAULTS });
    expect((await call('GET', '/v1/products')).body).toEqual({ products: [] });
  });

  it('is configured by PUT, which replaces everything', async () => {
    const settings = { leaderboards: [{ handler: 'points' }, ELO], stats: 'exrps' };
    const complete = {
      product: 'chess',
      leaderboards: [{ board: 'chess', handler: 'points' }, ELO],
      stats: 'exrps',
    };
    expect(await call('PUT', '/v1/products/chess', settings)).toMatchObject({ status: 200, body: complete });
    expect((await call('GET', '/v1/products/chess')).body).toEqual(complete);
    expect((await call('GET', '/v1/products')).body).toEqual({ products: [complete] });
    expect((await call('PUT', '/v1/products/chess', {})).body).toEqual({ product: 'chess', ...DEFAULTS });
    expect((await call('GET', '/v1/products/chess')).body).toEqual({ product: 'chess', ...DEFAULTS });
  });

  it('scores what is published after it was configured', async () => {
    await call('POST', '/v1/events', result('ann', 'bob'));
    await call('PUT', '/v1/products/chess', { leaderboards: [ELO] });
    expect((await call('POST', '/v1/events', result('ann', 'bob'))).body.applied).toBe(1);
    expect((await call('GET', '/v1/boards/chess')).body.rows).toEqual([{ rank: 1, member: 'ann', score: 1 }]);
    expect((await call('GET', '/v1/boards/chess-elo')).body.rows).toEqual([
      { rank: 1, member: 'ann', score: 1016 },
      { rank: 2, member: 'bob', score: 984 },
    ]);
    expect((await call('GET', '/v1/products/chess/players/ann')).body).toEqual({ wins: 2 });
    expect((await call('GET', '/v1/products/chess/players/bob')).body).toEqual({ losses: 2 });
  });

  it('may have no leaderboard at all', async () => {
    await call('PUT', '/v1/products/chess', { leaderboards: [] });
    await call('POST', '/v1/events', result('ann', 'bob'));
    expect((await call('GET', '/v1/boards')).body.boards).toEqual([]);
    expect((await call('GET', '/v1/products/chess/players/ann')).body).toEqual({ wins: 1 });
  });

  it.each([
    ['an unknown handler', { leaderboards: [{ handler: 'glicko' }] }, 'there are: wins, points, elo'],
    ['an unknown stats handler', { stats: 'glicko' }, 'there are: default, exrps'],
    ['options that the handler refuses', { leaderboards: [{ handler: 'elo', options: { k: 0 } }] }, 'k must'],
    [
      'more options than each result can carry into the log',
      { leaderboards: [{ handler: 'elo', options: { note: 'x'.repeat(1100) } }] },
      'more than 1024 bytes',
    ],
    [
      'options of a handler that takes none',
      { leaderboards: [{ handler: 'wins', options: { k: 1 } }] },
      'no',
    ],
    ['one board twice', { leaderboards: [{ handler: 'wins' }, { handler: 'elo' }] }, 'board "chess"'],
    ['a window for a board', { leaderboards: [{ handler: 'wins', board: 'x@daily' }] }, 'board'],
    ['too many leaderboards', { leaderboards: Array(9).fill({ handler: 'wins' }) }, 'refused'],
    ['an unknown field', { leaderboard: [] }, 'leaderboard'],
  ])('is not configured with %s', async (_what, settings, words) => {
    const reply = await call('PUT', '/v1/products/chess', settings);
    expect(reply).toMatchObject(malformed);
    expect(reply.body.detail).toContain(words);
    expect((await call('GET', '/v1/products')).body).toEqual({ products: [] });
  });

  it.each(['/v1/products/a:b', '/v1/products?limit=0', '/v1/products?after=a:b'])(
    'is not found by %s, which is malformed',
    async (url) => {
      expect(await call('GET', url)).toMatchObject(malformed);
    },
  );

  it('is listed in pages', async () => {
    for (const product of ['c', 'a', 'b']) await call('PUT', `/v1/products/${product}`, {});
    const page = async (query: string) => {
      const { body } = await call('GET', `/v1/products?${query}`);
      return [body.products.map(({ product }: { product: string }) => product), body.next];
    };
    expect(await page('limit=2')).toEqual([['a', 'b'], 'b']);
    expect(await page('limit=2&after=b')).toEqual([['c'], undefined]);
    expect(await page(`limit=${HTTP_LIMITS.listedProducts}`)).toEqual([['a', 'b', 'c'], undefined]);
  });
});

describe('a token', () => {
  const put = async (publish: readonly string[], body: unknown = { leaderboards: [ELO] }) => {
    const token = await service.tokenFor({ publish });
    return service.call('PUT', '/v1/products/chess', { token, body });
  };

  it('must permit publishing to the product and to every board that it names but its own', async () => {
    const forbidden = { status: 403, body: { code: 'forbidden' } };
    expect(await put(['board:*'])).toMatchObject(forbidden);
    expect(await put(['product:chess'])).toMatchObject(forbidden);
    expect(await put(['product:chess', 'board:chess'])).toMatchObject(forbidden);
    expect(await put(['product:chess', 'board:go'])).toMatchObject(forbidden);
    expect((await put(['product:chess', 'board:chess-elo'])).status).toBe(200);
    expect((await put(['product:chess'], {})).status).toBe(200);
    expect((await put(['product:chess'], { leaderboards: [{ handler: 'elo' }] })).status).toBe(200);
    expect(await put(['product:chess'], { leaderboards: [{ handler: 'wins' }, ELO] })).toMatchObject(
      forbidden,
    );
    expect((await put(['product:chess'], { leaderboards: [] })).status).toBe(200);
    expect((await service.call('PUT', '/v1/products/chess', { body: {} })).status).toBe(401);
  });

  it('sees a product with all its players, or which it publishes to', async () => {
    service = await startHttpService({ anonymousSubscribe: ['player:rps:*', 'player:chess:ann'] });
    for (const product of ['chess', 'go', 'rps']) await call('PUT', `/v1/products/${product}`, {});
    const list = async (options = {}) =>
      (await service.call('GET', '/v1/products', options)).body.products.map(
        ({ product }: { product: string }) => product,
      );
    expect(await list()).toEqual(['rps']);
    expect(await list({ token: await service.tokenFor({ publish: ['product:go'] }) })).toEqual(['go', 'rps']);
    const status = async (url: string, options = {}) => (await service.call('GET', url, options)).status;
    expect(await status('/v1/products/rps')).toBe(200);
    expect(await status('/v1/products/chess')).toBe(401);
    expect(await status('/v1/products/chess', { token: await service.tokenFor({}) })).toBe(403);
    expect(await status('/v1/products/chess/players/ann')).toBe(200);
    expect(await status('/v1/products/chess/players/bob')).toBe(401);
    expect(await status('/v1/products/rps/players/bob')).toBe(200);
  });
});

describe('a player', () => {
  it('of whom nothing was counted is empty, and a malformed one is told', async () => {
    expect((await call('GET', '/v1/products/chess/players/nobody')).body).toEqual({});
    expect(await call('GET', '/v1/products/chess/players/')).toMatchObject(malformed);
    expect(await call('GET', '/v1/products/a:b/players/x')).toMatchObject(malformed);
  });

  it('may be called anything, and its counters too', async () => {
    const player = 'a:b/ö __proto__';
    await call('POST', '/v1/events', { type: 'track', product: 'p', player, event: '__proto__' });
    await call('POST', '/v1/events', { type: 'track', product: 'p', player: '__proto__', event: 'jump' });
    const counters = (name: string) => call('GET', `/v1/products/p/players/${encodeURIComponent(name)}`);
    expect((await counters(player)).body).toEqual({ __proto___count: 1 });
    expect((await counters('__proto__')).body).toEqual({ jump_count: 1 });
  });
});

describe.each(['/v1/stats', '/stats'])('what is played, at %s', (path) => {
  const session = (user: string, mode: string, action = 'LOGIN', area = '111') =>
    call('POST', '/v1/events', { type: 'session', area, mode, user, action });
  const stats = (area = '111') => service.call('GET', `${path}?area_code=${area}`);

  it('has the most played mode first, and among equals the first in byte order', async () => {
    for (const [user, mode] of [
      ['a', 'z'],
      ['b', 'z'],
      ['c', 'y'],
      ['d', 'x'],
      ['e', 'ö'],
    ] as const) {
      await session(user, mode);
    }
    await session('f', 'w', 'LOGIN', '112');
    const modes = [
      { mode: 'z', count: 2 },
      { mode: 'x', count: 1 },
      { mode: 'y', count: 1 },
      { mode: 'ö', count: 1 },
    ];
    expect(await stats()).toMatchObject({ status: 200, body: { area_code: '111', modes } });
    await session('a', 'y');
    await session('b', 'another', 'LOGOUT');
    expect((await stats()).body.modes.slice(0, 2)).toEqual([
      { mode: 'y', count: 2 },
      { mode: 'x', count: 1 },
    ]);
  });

  it('is nothing in an unknown area', async () => {
    expect((await stats('nowhere')).body).toEqual({ area_code: 'nowhere', modes: [] });
  });

  it.each(['', '?area_code=', '?area_code=a:b', '?area=111'])('is malformed with "%s"', async (query) => {
    expect(await service.call('GET', path + query)).toMatchObject(malformed);
  });

  it('is for who may subscribe to the area', async () => {
    service = await startHttpService({ anonymousSubscribe: ['area:112'] });
    expect([(await stats('112')).status, (await stats('111')).status]).toEqual([200, 401]);
  });
});
