import { beforeEach, describe, expect, it } from 'vitest';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';
import { HTTP_LIMITS } from '../limits.ts';

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService();
});

const call = (method: string, url: string) => service.call(method, url, { token: service.admin });

async function put(scores: Record<string, number>): Promise<void> {
  const body = Object.entries(scores).map(([member, set]) => ({ type: 'score', board: 'b', member, set }));
  const { status } = await service.call('POST', '/v1/events', { token: service.admin, body });
  expect(status).toBe(200);
}

const twenty = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}`, 100 - i]));
const membersOf = (rows: { member: string }[]) => rows.map(({ member }) => member);

describe('a member among its neighbours', () => {
  it('has its rank, score and name, the total, and five rows on each side', async () => {
    await put(twenty);
    await service.call('POST', '/v1/events', {
      token: service.admin,
      body: { type: 'profile', member: 'm9', name: 'Nine' },
    });
    const { status, body } = await call('GET', '/v1/boards/b/members/m9');
    expect(status).toBe(200);
    const { around, ...self } = body;
    expect(self).toEqual({ member: 'm9', rank: 10, score: 91, name: 'Nine', total: 20 });
    expect(membersOf(around)).toEqual(Array.from({ length: 11 }, (_, i) => `m${i + 4}`));
  });

  it('and at an edge the window shifts to stay full', async () => {
    await put(twenty);
    const around = async (member: string, count: number) =>
      membersOf((await call('GET', `/v1/boards/b/members/${member}?around=${count}`)).body.around);
    expect(await around('m0', 1)).toEqual(['m0', 'm1', 'm2']);
    expect(await around('m19', 1)).toEqual(['m17', 'm18', 'm19']);
    expect(await around('m7', 0)).toEqual(['m7']);
    expect(await around('m7', HTTP_LIMITS.neighbours)).toHaveLength(20);
  });

  it('is not found where it is not', async () => {
    await put({ a: 1 });
    for (const url of [
      '/v1/boards/b/members/nobody',
      '/v1/boards/none/members/a',
      '/v1/boards/b/members/a?window=daily',
    ]) {
      expect(await call('GET', url)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it.each(['around=-1', `around=${HTTP_LIMITS.neighbours + 1}`, 'around=x', 'window=never'])(
    'with %s is malformed',
    async (query) => {
      await put({ a: 1 });
      expect(await call('GET', `/v1/boards/b/members/a?${query}`)).toMatchObject({
        status: 400,
        body: { code: 'malformed' },
      });
    },
  );

  it.each(['a/b', 'ä ö?', '100%', '__proto__', 'a:b', '日本', '..'])('may be called %s', async (member) => {
    await put({ [member]: 7, other: 1 });
    const url = `/v1/boards/b/members/${encodeURIComponent(member)}`;
    expect((await call('GET', url)).body).toMatchObject({ member, rank: 1, score: 7, total: 2 });
    expect(await call('DELETE', url)).toMatchObject({ status: 200, body: { removed: true } });
    expect(await call('DELETE', url)).toMatchObject({ status: 200, body: { removed: false } });
    expect((await call('GET', url)).status).toBe(404);
    expect((await call('GET', '/v1/boards/b')).body.total).toBe(1);
  });

  it.each(['%00', '%7F', 'x'.repeat(129), ''])('can not be called %j', async (member) => {
    for (const method of ['GET', 'DELETE']) {
      expect(await call(method, `/v1/boards/b/members/${member}`)).toMatchObject({
        status: 400,
        body: { code: 'malformed' },
      });
    }
  });
});
