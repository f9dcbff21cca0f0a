import { beforeEach, describe, expect, it } from 'vitest';
import { CricketScorer, fixtureOf } from '../../test/support/cricket-scorer.ts';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService();
});

const GENERIC = { sport: 'generic', teams: ['Ajax', 'PSV'] };
const problem = (status: number, code: string) => ({ status, body: { status, code } });

function call(method: string, path: string, body?: unknown, token = service.admin) {
  return service.call(method, `/v1/matches${path}`, { token, ...(body === undefined ? {} : { body }) });
}

const act = (match: string, body: object) => call('POST', `/${match}/actions`, body);
const goal = (points = 1) => ({ action: 'score', team: 'PSV', points });

async function startGame(match: string): Promise<void> {
  await call('PUT', `/${match}`, GENERIC);
  expect(await act(match, { action: 'start' })).toMatchObject({ status: 200, body: { events: 1 } });
}

describe('a fixture', () => {
  it('is created, read, listed, changed and removed', async () => {
    expect(await call('GET', '/m')).toMatchObject(problem(404, 'not_found'));
    expect(await call('PUT', '/m', GENERIC)).toMatchObject({ status: 200, body: { id: 'm', ...GENERIC } });
    expect((await call('GET', '/m')).body).toMatchObject({
      ...{ id: 'm', title: 'Ajax v PSV', status: 'scheduled', events: 0, scores: { Ajax: 0, PSV: 0 } },
    });
    await call('PUT', '/m', { ...GENERIC, title: 'Cup', squads: [['Ann'], ['Bob']] });
    expect((await call('GET', '/m/fixture')).body).toEqual({
      ...{ id: 'm', ...GENERIC, title: 'Cup', squads: [['Ann'], ['Bob']] },
    });
    expect((await call('GET', '')).body).toEqual({
      matches: [{ id: 'm', ...GENERIC, title: 'Cup', summary: { status: 'scheduled' } }],
    });
    expect((await call('DELETE', '/m')).body).toEqual({ removed: true });
    expect((await call('DELETE', '/m')).body).toEqual({ removed: false });
    expect((await call('GET', '')).body).toEqual({ matches: [] });
    for (const path of ['/m', '/m/fixture', '/m/events']) {
      expect(await call('GET', path)).toMatchObject(problem(404, 'not_found'));
    }
  });

  it('keeps everything but its title once the match has begun', async () => {
    await startGame('m');
    expect(await call('PUT', '/m', { ...GENERIC, title: 'Cup' })).toMatchObject({ status: 200 });
    const others = { sport: 'generic', teams: ['Ajax', 'Feyenoord'] };
    expect(await call('PUT', '/m', others)).toMatchObject(problem(409, 'conflict'));
    expect((await call('GET', '/m')).body).toMatchObject({ title: 'Cup', teams: ['Ajax', 'PSV'], events: 1 });
  });

  it.each([
    ['an unknown sport', { ...GENERIC, sport: 'polo' }, 'there are: cricket, generic'],
    ['one team', { ...GENERIC, teams: ['Ajax'] }, '"teams" must have 2 entries, not 1'],
    ['a team against itself', { ...GENERIC, teams: ['Ajax', 'Ajax'] }, 'Ajax'],
    ['a misspelt field', { ...GENERIC, squad: [] }, 'must not have "squad"'],
    ['no fixture', [], 'must be an object'],
  ])('is refused with %s', async (_what, fixture, words) => {
    const reply = await call('PUT', '/m', fixture);
    expect(reply).toMatchObject(problem(400, 'malformed'));
    expect(reply.body.detail).toContain(words);
    expect(await call('GET', '/m')).toMatchObject(problem(404, 'not_found'));
  });
});

describe('the list of matches', () => {
  it('has those of some statuses, page by page, and those alone that the caller may see', async () => {
    for (const match of ['a', 'b', 'c', 'd']) await call('PUT', `/${match}`, GENERIC);
    for (const match of ['b', 'c', 'd']) await act(match, { action: 'start' });
    await act('c', goal(2));
    await act('d', { action: 'break' });
    const list = async (query: string, token?: string) => {
      const { body } = await call('GET', query, undefined, token);
      return [body.matches.map(({ id }: { id: string }) => id).join(''), body.next];
    };
    expect(await list('')).toEqual(['abcd', undefined]);
    expect(await list('?status=live')).toEqual(['bc', undefined]);
    expect(await list('?status=live,break')).toEqual(['bcd', undefined]);
    expect(await list('?limit=2')).toEqual(['ab', 'b']);
    expect(await list('?limit=2&after=b')).toEqual(['cd', 'd']);
    expect(await list('?limit=2&after=d')).toEqual(['', undefined]);
    expect(await list('?limit=3&status=scheduled')).toEqual(['a', 'c']);
    const [c] = (await call('GET', '?status=live&after=b')).body.matches;
    expect(c.summary).toEqual({
      status: 'live',
      scores: expect.arrayContaining([{ team: 'PSV', text: '2' }]),
    });
    const closed = await startHttpService({ anonymousSubscribe: [] });
    for (const match of ['a', 'b', 'c']) {
      await closed.call('PUT', `/v1/matches/${match}`, { token: closed.admin, body: GENERIC });
    }
    const token = await closed.tokenFor({ subscribe: ['match:a'], publish: ['match:c'] });
    const { body } = await closed.call('GET', '/v1/matches', { token });
    expect(body.matches.map(({ id }: { id: string }) => id)).toEqual(['a', 'c']);
    expect(await call('GET', '?status=over')).toMatchObject(problem(400, 'malformed'));
    expect(await call('GET', '?limit=0')).toMatchObject(problem(400, 'malformed'));
  });
});

describe('what happens in a match', () => {
  it('is scored, numbered, taken back and put right', async () => {
    await startGame('m');
    expect((await act('m', { ...goal(), expected: 1 })).body).toEqual({ n: 2, events: 2 });
    expect((await act('m', goal(3))).body).toEqual({ events: 3 });
    expect((await call('POST', '/m/undo', { expected: 3 })).body).toEqual({ n: 4, events: 4 });
    const event = { type: 'match', match: 'm', ...goal(5) };
    expect((await act('m', { action: 'amend', n: 2, event })).body).toEqual({ events: 5 });
    expect((await call('GET', '/m')).body).toMatchObject({ events: 5, scores: { PSV: 5 } });
    const { body } = await call('GET', '/m/events?after=2&limit=2');
    expect(body).toEqual({
      events: 5,
      records: [
        { n: 3, at: expect.any(Number), event: { type: 'match', match: 'm', ...goal(3) } },
        { n: 4, at: expect.any(Number), event: { type: 'match', match: 'm', action: 'undo', expected: 3 } },
      ],
    });
    expect((await call('POST', '/m/undo')).body.code).toBe('malformed');
    const bare = { token: service.admin, headers: { 'content-type': 'application/json' } };
    expect((await service.call('POST', '/v1/matches/m/undo', bare)).body).toEqual({ events: 6 });
  });

  it('is refused with how the match stands, where another scorer was first', async () => {
    await startGame('m');
    await act('m', { ...goal(), expected: 1 });
    const late = await act('m', { ...goal(), expected: 1 });
    expect(late).toMatchObject(problem(409, 'conflict'));
    expect(late.body).toMatchObject({ events: 2, match: { events: 2, scores: { PSV: 1 } } });
    expect(late.body.detail).toContain('2 events, not 1');
    expect((await call('POST', '/m/undo', { expected: 1 })).body).toMatchObject({
      code: 'conflict',
      events: 2,
    });
    expect((await call('GET', '/m/events')).body.records).toHaveLength(2);
  });

  it('is taken once under an Idempotency-Key, which stands for one body of one route', async () => {
    await startGame('m');
    const send = (path: string, body: object) =>
      service.call('POST', `/v1/matches/m/${path}`, {
        ...{ token: service.admin, headers: { 'idempotency-key': 'k' }, body },
      });
    for (let i = 0; i < 2; i++) expect((await send('actions', goal())).body).toEqual({ events: 2 });
    expect(await send('actions', goal(2))).toMatchObject(problem(409, 'conflict'));
    expect(await send('undo', goal())).toMatchObject(problem(400, 'malformed'));
    const refused = { 'idempotency-key': 'r' };
    const body = { action: 'score', team: 'Feyenoord', points: 1 };
    const replies = [];
    for (let i = 0; i < 2; i++) {
      replies.push(
        await service.call('POST', '/v1/matches/m/actions', { token: service.admin, headers: refused, body }),
      );
    }
    expect(replies.map(({ status }) => status)).toEqual([replies[0]?.status, replies[0]?.status]);
    expect(replies[0]?.status).toBeGreaterThanOrEqual(400);
    expect((await call('GET', '/m')).body).toMatchObject({ events: 2, scores: { PSV: 1 } });
    const same = { 'idempotency-key': 'same' };
    for (const [path, status] of [
      ['undo', 200],
      ['actions', 400],
    ] as const) {
      const options = { token: service.admin, headers: same, body: {} };
      expect((await service.call('POST', `/v1/matches/m/${path}`, options)).status).toBe(status);
    }
  });

  it('is a ball of cricket in the shape of Cricsheet', async () => {
    await call('PUT', '/m', fixtureOf());
    for (const action of [{ action: 'start' }, { action: 'innings', team: 'Asia' }]) await act('m', action);
    const scorer = new CricketScorer();
    scorer.act('start');
    scorer.begin('Asia');
    const ball = (runs: number) => {
      const { innings, over, delivery } = scorer.deliveryOf({ runs }) as never;
      scorer.ball({ runs });
      return { innings, over, delivery };
    };
    for (const runs of [1, 4, 0]) {
      expect(await call('POST', '/m/deliveries', ball(runs))).toMatchObject({ status: 200 });
    }
    expect((await call('GET', '/m')).body).toEqual(scorer.document);
    const events = await call('GET', '/m/events?after=3');
    expect(events.body.records[0]).toMatchObject({ n: 4, event: { type: 'delivery', match: 'm', over: 0 } });
  });

  const BALL = { batter: 'a1', bowler: 'e1', non_striker: 'a2', runs: { batter: 0, extras: 0, total: 0 } };
  it.each<[string, unknown, string]>([
    ['no ball at all', { innings: 1, over: 0 }, 'needs "delivery"'],
    ['a type', { type: 'delivery', innings: 1, over: 0, delivery: BALL }, 'must not have "type"'],
    ['another match', { match: 'n', innings: 1, over: 0, delivery: BALL }, 'must not have "match"'],
    [
      'runs that are a text',
      { innings: 1, over: 0, delivery: { ...BALL, runs: { ...BALL.runs, total: '1' } } },
      'runs.total',
    ],
    [
      'many balls',
      Array.from({ length: 3 }, () => ({ innings: 1, over: 0, delivery: BALL })),
      'must be an object',
    ],
    [
      'runs that do not add up',
      { innings: 1, over: 0, delivery: { ...BALL, runs: { batter: 1, extras: 0, total: 2 } } },
      '',
    ],
    ['the wrong innings', { innings: 3, over: 0, delivery: BALL }, 'innings'],
    ['a player of nobody', { innings: 1, over: 0, delivery: { ...BALL, batter: 'zz' } }, 'zz'],
  ])('is refused with %s, and the match is as it was', async (_what, body, words) => {
    await call('PUT', '/m', fixtureOf());
    for (const action of [{ action: 'start' }, { action: 'innings', team: 'Asia' }]) await act('m', action);
    const before = (await call('GET', '/m')).body;
    const reply = await call('POST', '/m/deliveries', body);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(410);
    expect(reply.body.detail).toContain(words);
    expect((await call('GET', '/m')).body).toEqual(before);
  });

  it('says which action is wrong, and what of it', async () => {
    await startGame('m');
    for (const [body, words] of [
      [{ action: 'goal' }, '"action" must be one of: start, toss'],
      [{ team: 'PSV' }, 'needs "action"'],
      [{ action: 'toss', winner: 'PSV' }, 'needs "decision"'],
      [
        { action: 'amend', n: 1, event: { type: 'match', match: 'm', action: 'score', team: 'PSV' } },
        '"event" needs "points"',
      ],
      [{ action: 'amend', n: 1, event: { type: 'match', match: 'n', ...goal() } }, '"event.match" must be'],
    ] as const) {
      const reply = await act('m', body);
      expect(reply).toMatchObject(problem(400, 'malformed'));
      expect(reply.body.detail).toContain(words);
    }
    expect(await act('none', { action: 'start' })).toMatchObject(problem(404, 'not_found'));
    expect(
      await act('m', { action: 'amend', n: 9, event: { type: 'match', match: 'm', ...goal() } }),
    ).toMatchObject(problem(404, 'not_found'));
    expect((await call('GET', '/m')).body.events).toBe(1);
  });

  it('is too large with more than 16 KiB', async () => {
    await call('PUT', '/m', fixtureOf());
    const delivery = { ...BALL, review: 'x'.repeat(17_000) };
    const reply = await call('POST', '/m/deliveries', { innings: 1, over: 0, delivery });
    expect(reply).toMatchObject(problem(413, 'too_large'));
    const { body } = await service.call('POST', '/v1/events', {
      ...{ token: service.admin, body: { type: 'delivery', match: 'm', innings: 1, over: 0, delivery } },
    });
    expect(body.rejected).toMatchObject([{ index: 0, code: 'too_large' }]);
  });
});

describe('who may do what', () => {
  it('a token for one match scores and reads that one', async () => {
    const closed = await startHttpService({ anonymousSubscribe: [] });
    const token = await closed.tokenFor({ publish: ['match:m'] });
    const as = (method: string, path: string, body?: object, by: string | undefined = token) =>
      closed.call(method, `/v1/matches${path}`, {
        ...(by === '' ? {} : { token: by }),
        ...(body === undefined ? {} : { body }),
      });
    expect((await as('PUT', '/m', GENERIC)).status).toBe(200);
    expect((await as('POST', '/m/actions', { action: 'start' })).status).toBe(200);
    expect((await as('GET', '/m')).status).toBe(200);
    await as('PUT', '/n', GENERIC, closed.admin);
    const requests: [string, string, object?][] = [
      ['PUT', '/n', GENERIC],
      ['POST', '/n/actions', { action: 'start' }],
      ['POST', '/n/undo', {}],
      ['POST', '/n/deliveries', {}],
      ['DELETE', '/n'],
      ['GET', '/n'],
      ['GET', '/n/fixture'],
      ['GET', '/n/events'],
    ];
    for (const [method, path, body] of requests) {
      expect(await as(method, path, body)).toMatchObject(problem(403, 'forbidden'));
      expect(await as(method, path, body, '')).toMatchObject(problem(401, 'unauthorized'));
    }
    expect((await as('GET', '/n', undefined, closed.admin)).body.events).toBe(0);
  });
});
