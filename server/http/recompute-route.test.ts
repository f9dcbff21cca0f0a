import { beforeEach, describe, expect, it } from 'vitest';
import { apply, delta } from '../../store/support.contract.ts';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService();
});

const recompute = (body: unknown, token: string | undefined = service.admin) =>
  service.call('POST', '/v1/recompute', { body, ...(token === '' ? {} : { token }) });

async function publish(member: string, delta: number): Promise<void> {
  const body = { type: 'score', board: 'b', member, delta };
  expect(await service.call('POST', '/v1/events', { token: service.admin, body })).toMatchObject({
    status: 200,
  });
}

describe('POST /v1/recompute', () => {
  it('has the owner of a tournament compare its teams', async () => {
    const differences = [{ team: 'Wolves', was: 2.5, is: 92.5 }];
    const asked: unknown[] = [];
    const ask = async (...question: unknown[]) => {
      asked.push(question);
      return { checked: 3, corrected: 1, differences } as never;
    };
    service = await startHttpService({ deps: { contests: { ask } } });
    expect(await recompute({ target: 'tournament:cup' })).toMatchObject({
      status: 200,
      body: { target: 'tournament:cup', checked: 3, corrected: 1, differences },
    });
    expect(asked).toEqual([['cup', 'recompute', {}]]);
  });

  it('says when to ask again for a tournament that is being loaded', async () => {
    expect(await recompute({ target: 'tournament:cup' })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { code: 'unavailable' },
    });
  });

  it('answers what was checked and corrected, and lists the differences', async () => {
    await publish('ann', 5);
    await publish('bob', 7);
    await service.store.repairBoard(
      'b',
      [{ member: 'bob', found: { score: 7 }, right: { score: 70 } }],
      1000,
    );
    const { status, body } = await recompute({ target: 'board:b' });
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        ...{ target: 'board:b', checked: 2, corrected: 1, unsettled: 0 },
        differences: [{ member: 'bob', found: { score: 70 }, right: { score: 7 } }],
        ...{ fromPosition: 0, position: 4, checkpoint: 'saved', windows: [] },
      },
    });
    expect(await recompute({ target: 'board:b' })).toMatchObject({ body: { checked: 2, corrected: 0 } });
  });

  it('compares the windows of a board too, and a window alone', async () => {
    const NOON = Date.UTC(2026, 10, 21, 12);
    const { store } = service;
    await store.configureBoard('b', { windows: ['daily'] }, NOON);
    await apply(store, [delta('b', 'ann', 5)], NOON);
    const today = 'b@daily.2026-11-21';
    const damage = { member: 'ann', found: { score: 5 }, right: { score: 50 } };
    await store.repairBoard(today, [damage], NOON);
    const window = 'daily.2026-11-21';
    expect(await recompute({ target: 'board:b' })).toMatchObject({
      status: 200,
      body: {
        ...{ checked: 2, corrected: 1, unsettled: 0 },
        differences: [{ member: 'ann', window, found: { score: 50 }, right: { score: 5 } }],
        windows: [{ window, checked: 1, corrected: 1, unsettled: 0 }],
      },
    });
    await store.repairBoard(today, [damage], NOON);
    expect(await recompute({ target: `board:${today}` })).toMatchObject({
      body: { checked: 1, corrected: 1, differences: [{ member: 'ann' }], windows: [] },
    });
  });

  it('tells of a score that no encoding carries as a text', async () => {
    await publish('ann', 5);
    const { store } = service;
    const readRecords = store.readRecords.bind(store);
    Object.assign(store, {
      readRecords: async (...args: Parameters<typeof readRecords>) => {
        const read = await readRecords(...args);
        return { ...read, records: read.records.map(() => ({ score: Number.NEGATIVE_INFINITY })) };
      },
      repairBoard: async () => [],
    });
    expect(await recompute({ target: 'board:b' })).toMatchObject({
      status: 200,
      body: { unsettled: 1, differences: [{ found: { score: '-Infinity' }, right: { score: 5 } }] },
    });
  });

  it('is for admins', async () => {
    expect(await recompute({ target: 'board:b' }, '')).toMatchObject({ status: 401 });
    expect(await recompute({ target: 'board:b' }, 'nonsense')).toMatchObject({ status: 401 });
    const publisher = await service.tokenFor({ publish: ['*'], subscribe: ['*'] });
    expect(await recompute({ target: 'board:b' }, publisher)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  it.each([
    { target: 'tournament:' },
    { target: 'match:x' },
    { target: 'board:' },
    { target: 'board:a b' },
    { target: 'board:b@daily' },
    { target: 'board:b@daily.2026-02-30' },
    { target: 'b' },
    { target: 7 },
    {},
    { target: 'board:b', more: 1 },
  ])('refuses %j as malformed', async (body) => {
    expect(await recompute(body)).toMatchObject({ status: 400, body: { code: 'malformed' } });
  });

  it('answers 404 where there is no such board', async () => {
    expect(await recompute({ target: 'board:none' })).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: 'there is no board none' },
    });
  });

  it('answers 409 where the log can not prove the board', async () => {
    await publish('ann', 1);
    Object.assign(service.store, { readLog: async () => ({ entries: [], trimmedTo: 17, position: 40 }) });
    expect(await recompute({ target: 'board:b' })).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: expect.stringContaining('begins at position 17') },
    });
  });

  it('does one at a time: a second is told when to come again, and may come when the first is done', async () => {
    for (const board of ['b', 'c']) await service.store.configureBoard(board, {}, 1000);
    const { store } = service;
    const readLog = store.readLog.bind(store);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    Object.assign(store, {
      readLog: async (...args: Parameters<typeof readLog>) => {
        await held;
        return readLog(...args);
      },
    });
    const first = recompute({ target: 'board:b' });
    const second = recompute({ target: 'board:c' });
    expect(await Promise.race([first, second])).toMatchObject({
      ...{ status: 429, body: { code: 'rate_limited', retryAfterMs: 5000 } },
      headers: { 'retry-after': '5' },
    });
    release();
    const statuses = (await Promise.all([first, second])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 429]);
    expect(await recompute({ target: 'board:c' })).toMatchObject({ status: 200 });
  });

  it('answers 503 while the store is away, and again afterwards', async () => {
    await publish('ann', 1);
    service.store.setState('down');
    expect(await recompute({ target: 'board:b' })).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
    service.store.setState('up');
    expect(await recompute({ target: 'board:b' })).toMatchObject({ status: 200 });
  });
});
