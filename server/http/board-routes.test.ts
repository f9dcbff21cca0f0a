import { beforeEach, describe, expect, it } from 'vitest';
import { msgpackCodec } from '../../protocol/msgpack-codec.ts';
import { StoreUnavailableError } from '../../store/score-store.ts';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';
import { HTTP_LIMITS } from '../limits.ts';
import { BodyTooLargeError } from '../transport/http-types.ts';

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService();
});

function call(method: string, url: string, body?: unknown) {
  return service.call(method, url, { token: service.admin, ...(body === undefined ? {} : { body }) });
}

async function put(scores: Record<string, number>, board = 'b'): Promise<void> {
  const body = Object.entries(scores).map(([member, set]) => ({ type: 'score', board, member, set }));
  expect((await call('POST', '/v1/events', body)).body.applied).toBe(body.length);
}

const malformed = { status: 400, body: { code: 'malformed' } };

describe('a page of a board', () => {
  it('has ranked rows, with the name of who has one', async () => {
    await put({ a: 3, b: 5, c: 5 });
    await call('POST', '/v1/events', { type: 'profile', member: 'a', name: 'Ann' });
    const reply = await call('GET', '/v1/boards/b');
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(reply.body).toEqual({
      board: 'b',
      total: 3,
      rows: [
        { rank: 1, member: 'b', score: 5 },
        { rank: 1, member: 'c', score: 5 },
        { rank: 3, member: 'a', score: 3, name: 'Ann' },
      ],
    });
  });

  it('begins at the offset, holds ten rows unless told otherwise, and none past the end', async () => {
    await put(Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`m${i}`, 100 - i])));
    const page = async (query: string): Promise<unknown> =>
      (await call('GET', `/v1/boards/b${query}`)).body.rows.map(({ member }: { member: string }) => member);
    expect(await page('')).toEqual(Array.from({ length: 10 }, (_, i) => `m${i}`));
    expect(await page('?limit=2&offset=3')).toEqual(['m3', 'm4']);
    expect(await page('?offset=14')).toEqual(['m14']);
    expect(await page('?offset=15')).toEqual([]);
    expect(await page(`?offset=${Number.MAX_SAFE_INTEGER}&limit=1000`)).toEqual([]);
    expect(await page('?limit=0')).toEqual([]);
    expect((await call('GET', '/v1/boards/b?limit=0')).body.total).toBe(15);
  });

  it('of a board that nobody has scored on is empty', async () => {
    expect(await call('GET', '/v1/boards/new')).toMatchObject({
      status: 200,
      body: { board: 'new', total: 0, rows: [] },
    });
    expect((await call('GET', '/v1/boards')).body.boards).toEqual([]);
  });

  it.each([
    'limit=-1',
    'limit=1.5',
    'limit=x',
    'limit=',
    `limit=${HTTP_LIMITS.pageRows + 1}`,
    'limit=1e2',
    'offset=-1',
    'offset=9007199254740992',
    'offset=99999999999999999999',
    'window=hourly',
    'window=daily.2026-02-30',
    'window=',
  ])('with %s is malformed', async (query) => {
    expect(await call('GET', `/v1/boards/b?${query}`)).toMatchObject(malformed);
  });

  it.each(['daily', 'weekly.2026-W47', 'monthly.2026-11'])('of the window %s is empty', async (window) => {
    await put({ a: 1 });
    expect(await call('GET', `/v1/boards/b?window=${window}`)).toMatchObject({
      status: 200,
      body: { board: 'b', total: 0, rows: [] },
    });
  });

  it('comes as MessagePack to who prefers it', async () => {
    await put({ a: 1 });
    const read = (accept: string) => service.call('GET', '/v1/boards/b', { headers: { accept } });
    const packed = await read('application/json;q=0.5, application/x-msgpack');
    expect(packed.headers).toMatchObject({ 'content-type': 'application/msgpack', vary: 'accept' });
    expect(packed.body.rows).toEqual([{ rank: 1, member: 'a', score: 1 }]);
    for (const accept of ['*/*', 'application/json, application/msgpack;q=0.9', 'application/msgpack;q=0']) {
      expect((await read(accept)).headers['content-type']).toBe('application/json');
    }
  });
});

describe('the settings of a board', () => {
  it('are set by PUT, and what is left out keeps its value', async () => {
    expect(await call('PUT', '/v1/boards/b', { order: 'asc', top: 5 })).toMatchObject({
      status: 200,
      body: { id: 'b', order: 'asc', ties: 'member', top: 5 },
    });
    const reply = await service.call('PUT', '/v1/boards/b', {
      token: service.admin,
      body: msgpackCodec.encode({ ties: 'first' }),
      headers: { 'content-type': 'application/msgpack' },
    });
    expect(reply.body).toEqual({ id: 'b', order: 'asc', ties: 'first', top: 5 });
    await put({ a: 2, b: 1 });
    expect((await call('GET', '/v1/boards/b')).body.rows[0]).toEqual({ rank: 1, member: 'b', score: 1 });
    expect((await call('GET', '/v1/boards')).body).toEqual({
      boards: [{ id: 'b', total: 2, order: 'asc', ties: 'first', top: 5 }],
    });
  });

  it.each([
    ['an unknown setting', { colour: 'red' }],
    ['a bad order', { order: 'up' }],
    ['a top of none', { top: 0 }],
    ['a top that is too large', { top: 1001 }],
    ['no object', []],
    ['no body', ''],
  ])('with %s are malformed and create nothing', async (_what, body) => {
    expect(await call('PUT', '/v1/boards/b', body)).toMatchObject(malformed);
    expect((await call('GET', '/v1/boards')).body.boards).toEqual([]);
  });

  it('over the limit of bytes are left to the transport to refuse', async () => {
    const body = ' '.repeat(HTTP_LIMITS.settingsBodyBytes + 1);
    await expect(call('PUT', '/v1/boards/b', body)).rejects.toThrow(BodyTooLargeError);
  });

  it('need a content type', async () => {
    for (const type of ['text/plain', 'application/x-ndjson', '']) {
      const headers = { 'content-type': type };
      const reply = await service.call('PUT', '/v1/boards/b', { token: service.admin, body: '{}', headers });
      expect(reply).toMatchObject({ status: 415, body: { code: 'malformed' } });
    }
  });

  it('that the store does not take are a conflict', async () => {
    const configureBoard = async () => ({ ok: false, code: 'conflict', message: 'too many' }) as const;
    service = await startHttpService({ deps: { store: { ...service.store, configureBoard } as never } });
    expect(await call('PUT', '/v1/boards/b', { order: 'asc' })).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: 'too many' },
    });
  });
});

describe('the list of boards', () => {
  const ids = (reply: { body: { boards: { id: string }[] } }) => reply.body.boards.map(({ id }) => id);

  it('comes in pages, and says where the next begins', async () => {
    for (const board of ['c', 'a', 'd', 'b']) await put({ m: 1 }, board);
    const first = await call('GET', '/v1/boards?limit=3');
    expect([ids(first), first.body.next]).toEqual([['a', 'b', 'c'], 'c']);
    const second = await call('GET', '/v1/boards?limit=3&after=c');
    expect([ids(second), 'next' in second.body]).toEqual([['d'], false]);
  });

  it.each(['limit=0', `limit=${HTTP_LIMITS.listedBoards + 1}`, 'after=a:b', 'after='])(
    'with %s is malformed',
    async (query) => {
      expect(await call('GET', `/v1/boards?${query}`)).toMatchObject(malformed);
    },
  );

  it('holds what one may subscribe to, and still leads on to the next page', async () => {
    service = await startHttpService({ anonymousSubscribe: ['board:d'] });
    for (const board of ['a', 'b', 'c', 'd']) await put({ m: 1 }, board);
    const first = await service.call('GET', '/v1/boards?limit=2');
    expect(first.body).toEqual({ boards: [], next: 'b' });
    expect(ids(await service.call('GET', '/v1/boards?limit=2&after=b'))).toEqual(['d']);
    const token = await service.tokenFor({ subscribe: ['board:a'] });
    expect(ids(await service.call('GET', '/v1/boards', { token }))).toEqual(['a', 'd']);
  });
});

describe('removing', () => {
  it('a board removes its rows and settings, and twice is no error', async () => {
    await call('PUT', '/v1/boards/b', { order: 'asc' });
    await put({ a: 1 });
    expect(await call('DELETE', '/v1/boards/b')).toMatchObject({ status: 200, body: { removed: true } });
    expect(await call('DELETE', '/v1/boards/b')).toMatchObject({ status: 200, body: { removed: false } });
    expect((await call('GET', '/v1/boards')).body.boards).toEqual([]);
  });
});

describe('who may', () => {
  it('read a board is who may subscribe to it: 401 without a token, 403 with one', async () => {
    service = await startHttpService({ anonymousSubscribe: ['board:public', 'board:x@daily'] });
    const token = await service.tokenFor({ subscribe: ['board:mine'] });
    const status = async (url: string, options = {}) => (await service.call('GET', url, options)).status;
    expect(await status('/v1/boards/public')).toBe(200);
    expect(await status('/v1/boards/mine')).toBe(401);
    expect(await status('/v1/boards/mine', { token })).toBe(200);
    expect(await status('/v1/boards/yours', { token })).toBe(403);
    expect(await status('/v1/boards/x?window=daily')).toBe(200);
    expect(await status('/v1/boards/x')).toBe(401);
    expect(await status('/v1/boards/yours/members/a', { token })).toBe(403);
    // A refused token is told, also where none is needed.
    expect(await status('/v1/boards/public', { token: 'x' })).toBe(401);
  });

  it('change a board is who may publish to it', async () => {
    const token = await service.tokenFor({ publish: ['board:mine'], subscribe: ['*'] });
    for (const [method, path] of [
      ['PUT', ''],
      ['DELETE', ''],
      ['DELETE', '/members/a'],
    ] as const) {
      const as = async (board: string, options: object) =>
        (await service.call(method, `/v1/boards/${board}${path}`, { body: {}, ...options })).status;
      expect(await as('mine', {})).toBe(401);
      expect(await as('yours', { token })).toBe(403);
      expect(await as('mine', { token })).toBe(200);
    }
  });
});

it.each(['a:b', 'a%20b', 'x'.repeat(65), '%2e%2e%2f'])('the board %s is malformed', async (board) => {
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['GET', '/members/a'],
    ['DELETE', '/members/a'],
  ] as const) {
    expect(await call(method, `/v1/boards/${board}${path}`, '{}')).toMatchObject(malformed);
  }
});

it('a store that is away is 503 with the time to wait, and says nothing of our insides', async () => {
  const readPages = async () => {
    throw new StoreUnavailableError('redis://secret@host timed out', { retryAfterMs: 1500 });
  };
  service = await startHttpService({ deps: { store: { readPages } as never } });
  const reply = await call('GET', '/v1/boards/b');
  expect(reply).toMatchObject({ status: 503, body: { code: 'unavailable', retryAfterMs: 1500 } });
  expect(reply.headers['retry-after']).toBe('2');
  expect(JSON.stringify(reply)).not.toContain('redis');
});
