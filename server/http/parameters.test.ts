import { beforeEach, describe, expect, it } from 'vitest';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService();
});

async function refusal(path: string): Promise<string> {
  const { status, body } = await service.call('GET', path, { token: service.admin });
  expect([status, body.code]).toEqual([400, 'malformed']);
  return body.detail;
}

describe('a parameter', () => {
  it.each([
    ['/v1/stats?area_code=111&area_code=112', 'area_code'],
    ['/v1/stats?area_code=111&area_code=111', 'area_code'],
    ['/stats?area_code=111&area_code=112', 'area_code'],
    ['/v1/areas?limit=1&limit=2', 'limit'],
    ['/v1/areas?after=1&after=2', 'after'],
    ['/v1/boards?limit=1&limit=2', 'limit'],
    ['/v1/products?after=1&after=2', 'after'],
    ['/v1/boards/b?offset=1&offset=2', 'offset'],
    ['/v1/boards/b?window=daily&window=weekly', 'window'],
    ['/v1/boards/b/members/m?around=1&around=2', 'around'],
    ['/v1/sse?channel=board:b&token=x&token=y', 'token'],
  ])('of a query that is given twice in %s is refused', async (path, name) => {
    expect(await refusal(path)).toBe(`"${name}" must be given once`);
  });

  it('may be a list where it says so', async () => {
    const { status } = await service.call('GET', '/v1/sse?channel=board:a&channel=board:b');
    expect(status).toBe(503);
  });

  it.each([
    ['/v1/stats', '"area_code" is needed: an id'],
    ['/v1/stats?area_code=', '"area_code" must be an id: 1 to 64 of A-Z a-z 0-9 _ . -'],
    ['/v1/areas?after=a%20b', '"after" must be an id: 1 to 64 of A-Z a-z 0-9 _ . -'],
    ['/v1/areas?limit=x', '"limit" must be an integer from 1 to 1000, not x'],
    ['/v1/boards/a%20b', 'a board must be 1 to 64 of A-Z a-z 0-9 _ . -'],
    [
      '/v1/boards/b?window=hourly',
      '"window" must be daily, weekly, monthly, or a fixed one such as weekly.2026-W47',
    ],
  ])('in %s is refused with the reason', async (path, detail) => {
    expect(await refusal(path)).toBe(detail);
  });
});
