import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { Contest } from '../../contest/contest.ts';
import { MAX_LINE_BYTES } from '../../contest/limits.ts';
import { msgpackCodec } from '../../protocol/msgpack-codec.ts';
import { partitionOfTournament } from '../../store/partitions.ts';
import { StoreUnavailableError } from '../../store/score-store.ts';
import { type HttpService, startHttpService } from '../../test/support/http-service.ts';
import { MAX_TOLD_REJECTIONS } from '../contests/team-upload.ts';

let service: HttpService;
beforeEach(async () => {
  service = await startHttpService();
  await service.store.configureTournament('cup', {}, 1000);
});

const NDJSON = { 'content-type': 'application/x-ndjson' };
const GZIP = { ...NDJSON, 'content-encoding': 'gzip' };
const team = (name: string, ...players: string[]) => ({
  team: name,
  cards: players.map((player) => ({ player, bonus: 1 })),
});
const lines = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

const upload = (body: unknown, headers: Record<string, string> = NDJSON, token = service.admin) =>
  service.call('POST', '/v1/tournaments/cup/teams', { token, headers, body });

/** The score of each team of these, after a point for each player of theirs, as a contest that is loaded from the store has it. */
async function stored(names: readonly string[], players: readonly string[]) {
  const contest = new Contest();
  for (let from: number | undefined = 0; from !== undefined; ) {
    const page = await service.store.readTeamChunks('cup', from);
    for (const chunk of page.chunks) expect(contest.load(chunk)).toBeUndefined();
    from = page.next;
  }
  contest.start();
  for (const player of players) contest.setPoints(player, 1);
  const scores = names.map((name) => {
    const state = contest.team(name);
    return 'score' in state ? state.score : undefined;
  });
  return { teams: contest.teams, scores };
}

describe('an upload of teams', () => {
  it('registers a team a line, also packed, and where the last line is not ended', async () => {
    const body = lines(team('a', 'p'), team('b', 'p', 'q'));
    const good = { lines: 2, accepted: 2, rejected: [], omitted: 0 };
    expect(await upload(body)).toMatchObject({ status: 200, body: good });
    expect(await upload(gzipSync(lines(team('c', 'q'), team('d', 'q')).trim()), GZIP)).toMatchObject({
      status: 200,
      body: good,
    });
    expect(await stored(['a', 'b', 'c', 'd'], ['p', 'q'])).toEqual({ teams: 4, scores: [1, 2, 1, 1] });
    const state = await service.call('GET', '/v1/tournaments/cup', { token: service.admin });
    expect(state.body).toEqual({ id: 'cup', status: 'open', registered: 4 });
  });

  it('tells the number and the reason of each line that is refused, and takes the others', async () => {
    await service.store.configureTournament('cup', { players: ['p', 'q'] }, 1000);
    const bad: [unknown, string, string][] = [
      ['nonsense', 'malformed', 'The line is not JSON in UTF-8'],
      [team('a', 'p', 'p'), 'malformed', '"p" is on two cards'],
      [team('b'), 'malformed', 'A team has at least one card'],
      [team('c', 'stranger'), 'not_found', 'There is no player "stranger"'],
      [{ team: 'd', cards: [{ player: 'p', bonus: 0 }] }, 'malformed', 'The bonus of "p" must be'],
      [{ team: 'e', cards: [{ player: 'p', bonus: 1000.001 }] }, 'malformed', 'The bonus of "p" must be'],
      [{ ...team('f', 'p'), leagues: ['a b'] }, 'malformed', 'A league must be'],
      [team('x'.repeat(MAX_LINE_BYTES), 'p'), 'too_large', 'A line has at most'],
      [team('\u0007', 'p'), 'malformed', '"team" must be'],
    ];
    const text = bad
      .map(
        ([value]) =>
          `${typeof value === 'string' ? value : JSON.stringify(value)}\n${lines(team('good', 'p'))}`,
      )
      .join('\n');
    const { status, body } = await upload(text);
    expect(status).toBe(200);
    expect(body).toMatchObject({ lines: 3 * bad.length - 1, accepted: bad.length, omitted: 0 });
    expect(body.rejected).toEqual(
      bad.map(([, code, message], index) => ({
        line: 3 * index + 1,
        code,
        message: expect.stringContaining(message),
      })),
    );
    expect(await stored(['good'], ['p'])).toEqual({ teams: 1, scores: [1] });
  });

  it('lists the first refused lines, and counts the others', async () => {
    const { body } = await upload('{}\n'.repeat(MAX_TOLD_REJECTIONS + 5));
    expect(body).toMatchObject({ lines: MAX_TOLD_REJECTIONS + 5, accepted: 0, omitted: 5 });
    expect(body.rejected).toHaveLength(MAX_TOLD_REJECTIONS);
  });

  it('tells each line that points or players have no room for, and takes the others', async () => {
    const partition = partitionOfTournament('cup', service.store.partitions);
    const most = Math.floor(Number.MAX_SAFE_INTEGER / 1000);
    const operations = [{ op: 'points', tournament: 'cup', player: 'p', points: most }] as const;
    await service.store.apply({ partition, acceptedAt: 1000, parts: [{ operations }] });
    const heavy = (name: string) => ({ team: name, cards: [{ player: 'p', bonus: 1.001 }] });
    const names = Array.from({ length: 300 }, (_, n) => `team ${n}`);
    const bad = [1, 2, 150, 299];
    const body = names.map((name, n) => (bad.includes(n) ? heavy(name) : team(name, 'p')));
    const answer = await upload(`\n${lines('nonsense', ...body).trim()}`);
    expect(answer).toMatchObject({ status: 200, body: { lines: 302, accepted: 296, omitted: 0 } });
    expect(answer.body.rejected).toEqual([
      { line: 2, code: 'malformed', message: expect.any(String) },
      ...bad.map((n) => ({ line: n + 3, code: 'too_large', message: expect.stringContaining('2^53') })),
    ]);
    const [found] = await service.store.readTournaments(['cup']);
    expect(found?.registered).toBe(296);
  });

  it('that the start comes upon is told so, and how many lines are done with', async () => {
    const { store } = service;
    const addTeams = store.addTeams.bind(store);
    store.addTeams = async (...given) => {
      const verdict = await addTeams(...given);
      await store.startTournament('cup', 1000);
      return verdict;
    };
    const names = Array.from({ length: 5000 }, (_, n) => `team ${n}`);
    const { status, body } = await upload(lines(...names.map((name) => team(name, 'p'))));
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'conflict' });
    const [found] = await store.readTournaments(['cup']);
    expect(body.lines).toBe(found?.registered);
    expect(body.lines).toBeGreaterThan(0);
  });

  it('may be sent again: of a team the latest line counts', async () => {
    const names = Array.from({ length: 500 }, (_, n) => `team ${n}`);
    await upload(lines(...names.map((name) => team(name, 'p'))));
    await upload(lines(...names.map((name) => team(name, 'p', 'q'))));
    const { teams, scores } = await stored(names, ['p', 'q']);
    expect([teams, new Set(scores)]).toEqual([500, new Set([2])]);
  });

  it.each([
    ['a team', team('a', 'p'), 1],
    ['a list', [team('a', 'p'), team('b', 'p'), {}], 2],
  ])('may be %s, as JSON or MessagePack', async (_what, body, accepted) => {
    for (const [bytes, type] of [
      [JSON.stringify(body), 'application/json'],
      [msgpackCodec.encode(body), 'application/msgpack'],
    ] as const) {
      const answer = await upload(bytes, { 'content-type': type });
      expect(answer).toMatchObject({ status: 200, body: { accepted } });
      if (accepted === 2) expect(answer.body.rejected).toMatchObject([{ line: 3, code: 'malformed' }]);
    }
  });

  it.each<[string, unknown, Record<string, string>, number, string]>([
    ['text', 'a', { 'content-type': 'text/plain' }, 415, 'the Content-Type must be'],
    ['another packing', 'a', { ...NDJSON, 'content-encoding': 'br' }, 415, 'may be gzip'],
    ['packed JSON', '{}', { ...GZIP, 'content-type': 'application/json' }, 415, 'may be gzip'],
    ['what is not packed', 'nonsense', GZIP, 400, 'the body is not gzip'],
    ['JSON that is none', '{', { 'content-type': 'application/json' }, 400, 'JSON'],
  ])('of %s is refused', async (_what, body, headers, status, detail) => {
    const answer = await upload(body, headers);
    expect(answer).toMatchObject({ status, body: { code: 'malformed' } });
    expect(answer.body.detail).toContain(detail);
  });

  it('that is cut off in the middle of its packing tells how many lines are done with', async () => {
    const names = Array.from({ length: 20_000 }, (_, n) => `team ${n}`);
    const packed = gzipSync(lines(...names.map((name) => team(name, 'p', `q${name}`))));
    const { status, body } = await upload(packed.subarray(0, packed.length / 2), GZIP);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'malformed' });
    expect(body.lines).toBeGreaterThan(1000);
    expect((await stored([], [])).teams).toBe(body.lines);
  });

  it('is refused for what does not exist, without permission, and after the start', async () => {
    const other = await service.call('POST', '/v1/tournaments/none/teams', {
      ...{ token: service.admin, headers: NDJSON, body: '' },
    });
    expect(other).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const stranger = await service.tokenFor({ publish: ['tournament:other'] });
    expect(await upload('', NDJSON, stranger)).toMatchObject({ status: 403 });
    await service.store.startTournament('cup', 1000);
    expect(await upload('nonsense')).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
  });

  it('that meets a store which is away says so, and how many lines are done with', async () => {
    const { store } = service;
    let calls = 0;
    service = await startHttpService({
      deps: {
        store: new Proxy(store, {
          get: (target, name) => {
            const value = Reflect.get(target, name) as unknown;
            if (name !== 'addTeams' || typeof value !== 'function') {
              return typeof value === 'function' ? value.bind(target) : value;
            }
            return async (...given: unknown[]) => {
              calls++;
              if (calls === 3) throw new StoreUnavailableError('gone', { retryAfterMs: 3000 });
              return value.apply(target, given);
            };
          },
        }),
      },
    });
    const names = Array.from({ length: 5000 }, (_, n) => `team ${n}`);
    const { status, headers, body } = await upload(lines(...names.map((name) => team(name, 'p'))));
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('3');
    const [found] = await store.readTournaments(['cup']);
    expect(body.lines).toBe(found?.registered);
    expect(body.lines).toBeGreaterThan(0);
  });
});
