import { beforeEach, describe, expect, it } from 'vitest';
import { WINDOW_KINDS, type WindowKind } from '../../protocol/windows.ts';
import { systemClock } from '../../runtime/clock.ts';
import { windowAt } from '../../scoring/windows.ts';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';

/** Far from every boundary of a window, so that none passes during a test. */
const NOW = Date.UTC(2026, 10, 18, 12, 7);
const clock = { ...systemClock, now: () => NOW };

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService({ clock });
});

function call(method: string, url: string, body?: unknown) {
  return service.call(method, url, { token: service.admin, ...(body === undefined ? {} : { body }) });
}

const score = (member: string, delta: number) =>
  call('POST', '/v1/events', { type: 'score', board: 'b', member, delta });
const rows = async (query: string) => (await call('GET', `/v1/boards/b${query}`)).body.rows;
const fixed = (kind: WindowKind, timezone = 'UTC') => windowAt(kind, NOW, timezone);

describe('the windows of a board', () => {
  it('hold what was scored in them, under the current and the fixed name', async () => {
    await score('ann', 10);
    const put = await call('PUT', '/v1/boards/b', { windows: ['monthly', 'daily'], timezone: 'UTC' });
    expect(put.body).toEqual({
      id: 'b',
      order: 'desc',
      ties: 'member',
      top: 100,
      windows: ['daily', 'monthly'],
    });
    await score('ann', 1);
    const inWindow = [{ rank: 1, member: 'ann', score: 1 }];
    expect(await rows('')).toEqual([{ rank: 1, member: 'ann', score: 11 }]);
    for (const kind of ['daily', 'monthly'] as const) {
      expect(await rows(`?window=${kind}`)).toEqual(inWindow);
      expect(await rows(`?window=${fixed(kind)}`)).toEqual(inWindow);
      expect((await call('GET', `/v1/boards/b/members/ann?window=${kind}`)).body.score).toBe(1);
    }
    expect(await call('GET', '/v1/boards/b?window=weekly')).toMatchObject({
      status: 200,
      body: { board: 'b', total: 0, rows: [] },
    });
    expect((await call('GET', '/v1/boards/b/members/ann?window=weekly')).status).toBe(404);
    expect((await call('GET', '/v1/boards')).body.boards.map(({ id }: { id: string }) => id)).toEqual(['b']);
  });

  it('begin in the time zone of the board', async () => {
    // It is the next day there already.
    await call('PUT', '/v1/boards/b', { windows: ['daily'], timezone: 'Pacific/Kiritimati' });
    await score('ann', 1);
    expect(fixed('daily', 'Pacific/Kiritimati')).toBe('daily.2026-11-19');
    expect(await rows('?window=daily')).toEqual([{ rank: 1, member: 'ann', score: 1 }]);
    expect(await rows('?window=daily.2026-11-19')).toEqual([{ rank: 1, member: 'ann', score: 1 }]);
    expect(await rows('?window=daily.2026-11-18')).toEqual([]);
  });

  it.each([{ windows: ['hourly'] }, { windows: ['daily', 'daily'] }, { timezone: 'Mars/Olympus' }])(
    'are not %j',
    async (settings) => {
      expect(await call('PUT', '/v1/boards/b', settings)).toMatchObject({
        status: 400,
        body: { code: 'malformed' },
      });
    },
  );

  it('go with the board, and with their member', async () => {
    await call('PUT', '/v1/boards/b', { windows: [...WINDOW_KINDS] });
    await score('ann', 1);
    await score('bob', 2);
    expect((await call('DELETE', '/v1/boards/b/members/ann')).body).toEqual({ removed: true });
    for (const kind of WINDOW_KINDS) {
      expect(await rows(`?window=${kind}`)).toEqual([{ rank: 1, member: 'bob', score: 2 }]);
    }
    expect((await call('DELETE', '/v1/boards/b')).body).toEqual({ removed: true });
    for (const kind of WINDOW_KINDS) expect(await rows(`?window=${fixed(kind)}`)).toEqual([]);
  });

  it('that are taken out and added again go on without what happened between, and begin anew if they are removed', async () => {
    const windows = (...kinds: WindowKind[]) => call('PUT', '/v1/boards/b', { windows: kinds });
    const today = `?window=${fixed('daily')}`;
    const daily = async () => (await rows(today)).map((row: { score: number }) => row.score);
    await windows('daily');
    await score('ann', 1);
    await windows();
    await score('ann', 10);
    expect(await daily()).toEqual([1]);
    await windows('daily');
    await score('ann', 100);
    expect(await daily()).toEqual([101]);
    expect((await call('DELETE', '/v1/boards/b?window=daily')).body).toEqual({ removed: true });
    await score('ann', 1000);
    expect([await daily(), (await rows('')).length]).toEqual([[1000], 1]);
  });

  it('can be removed alone, by either name, and the board stays', async () => {
    await call('PUT', '/v1/boards/b', { windows: ['daily', 'weekly'] });
    await score('ann', 1);
    await score('bob', 2);
    const remove = async (path: string) => (await call('DELETE', `/v1/boards/b${path}`)).body.removed;
    expect(await remove('/members/ann?window=daily')).toBe(true);
    expect(await rows('?window=daily')).toEqual([{ rank: 1, member: 'bob', score: 2 }]);
    expect(await remove(`?window=${fixed('daily')}`)).toBe(true);
    expect(await remove('?window=daily')).toBe(false);
    expect(await remove('?window=monthly')).toBe(false);
    expect(await remove('/members/ann?window=monthly')).toBe(false);
    expect((await call('DELETE', '/v1/boards/b?window=hourly')).status).toBe(400);
    expect([await rows('?window=daily'), (await rows('?window=weekly')).length]).toEqual([[], 2]);
    expect((await rows('')).length).toBe(2);
  });
});
