import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../runtime/logger.ts';
import { createRedisStore } from '../store/redis/redis-store.ts';
import { DEFAULT_STORE_OPTIONS, type LogEntry, type ScoreStore } from '../store/score-store.ts';
import { readEntries } from '../store/support.contract.ts';
import { type History, openHistory } from '../test/support/history.ts';
import { metricCatalogue } from '../test/support/metric-catalogue.ts';
import { type PostgresServer, startPostgres } from '../test/support/postgres-server.ts';
import { waitUntil } from '../test/support/processes.ts';
import { type RedisServer, startRedis } from '../test/support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../test/support/scorewire.ts';

const PARTITIONS = 4;
const PASSWORD = 'hunter2, and a comma';

let redis: RedisServer;
let postgres: PostgresServer;
let server: RunningScorewire;
let store: ScoreStore;
let history: History;
let token: string;

/** One process that does everything, history too, at the database of an operator who has chosen a password. */
beforeAll(async () => {
  [redis, postgres] = await Promise.all([startRedis(), startPostgres({ password: PASSWORD })]);
  const url = postgres.url.replace(PASSWORD, encodeURIComponent(PASSWORD));
  server = await startScorewire({
    ...OPEN_TO_READERS,
    ...{ REDIS_URL: redis.url, DATABASE_URL: url, PARTITIONS: String(PARTITIONS), LOG_LEVEL: 'debug' },
  });
  store = createRedisStore({
    ...DEFAULT_STORE_OPTIONS,
    ...{ partitions: PARTITIONS, url: redis.url, logger: silentLogger },
  });
  await store.start();
  history = await openHistory(url);
  token = await adminToken();
}, 60_000);
afterAll(async () => {
  await server?.stop();
  await store?.stop();
  await history?.close();
  await redis?.stop();
  await postgres?.stop();
});

const ask = async (method: string, path: string, body: unknown) => {
  const answer = await request(`${server.url}${path}`, { method, token, body });
  expect([path, answer.status, JSON.stringify(answer.body)]).toEqual([
    path,
    expect.toSatisfy((status: number) => status < 300),
    expect.not.stringContaining('"code"'),
  ]);
};
const publish = (...events: readonly object[]) => ask('POST', '/v1/events', events);

async function logs(): Promise<readonly (readonly LogEntry[])[]> {
  return Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => readEntries(store, partition)));
}

/** Until all that the log has now is archived, exactly. */
async function archived(): Promise<void> {
  const all = await logs();
  const wanted = all.flat().reduce((sum, { from, to }) => sum + to - from, 0);
  await waitUntil(async () => (await history.count()) >= wanted, 'the history to be complete');
  for (const [partition, log] of all.entries()) expect(await history.entries(partition)).toEqual(log);
}

describe('history', () => {
  it('has every kind of event that is published, readable in its view', async () => {
    await ask('PUT', '/v1/boards/arena', { windows: ['daily'] });
    await ask('PUT', '/v1/products/chess', {
      leaderboards: [{ handler: 'wins' }, { board: 'chess-elo', handler: 'elo', options: { k: 20 } }],
    });
    await publish(
      { type: 'score', board: 'arena', member: 'ann', delta: 0.1 },
      { type: 'score', board: 'arena', member: 'ann', delta: 0.2 },
      { type: 'score', board: 'fast', member: 'bob: 🏏', set: -1e21 },
      { type: 'score', board: 'fast', member: 'bob: 🏏', best: 180 },
      { type: 'profile', member: 'ann', name: 'Ann' },
      { type: 'profile', member: 'ann', name: 'Ann of Arc' },
      { type: 'result', product: 'chess', winner: 'ann', loser: 'bob' },
      { type: 'result', product: 'chess', winner: 'bob', loser: 'ann', draw: true },
      { type: 'track', product: 'chess', player: 'ann', event: 'castle' },
      { type: 'session', area: '111', mode: 'blitz', user: 'ann', action: 'LOGIN' },
      { type: 'session', area: '111', mode: 'blitz', user: 'ann', action: 'LOGOUT' },
    );
    await ask('PUT', '/v1/matches/final', {
      ...{ sport: 'cricket', teams: ['Asia', 'Europe'], format: { overs: 20 } },
    });
    await ask('PUT', '/v1/tournaments/cup', { players: ['Ann', 'Bob'] });
    const over = (runs: number) => ({
      ...{ type: 'delivery', match: 'final', innings: 1, over: 0 },
      delivery: {
        ...{ batter: 'Ann', bowler: 'Dora', non_striker: 'Bob' },
        runs: { batter: runs, extras: 0, total: runs },
        commentary: 'struck\u0000 well',
      },
    });
    await publish(
      { type: 'match', match: 'final', action: 'start' },
      { type: 'match', match: 'final', action: 'innings', team: 'Asia' },
      over(4),
      over(2),
      { type: 'match', match: 'final', action: 'undo' },
      { type: 'points', tournament: 'cup', player: 'Ann', points: 37.125 },
      { type: 'points', tournament: 'cup', player: 'Ann', points: 41 },
    );
    await archived();
    const inView = (columns: string, view: string) =>
      history.query(`SELECT ${columns} FROM scorewire.${view} ORDER BY partition, position`);
    const changes = await inView('board, member, kind, delta, score, windows', 'score_changes');
    const ofBoard = (id: string) => changes.filter(({ board }) => board === id);
    expect(ofBoard('arena').map(({ member, delta, windows }) => [member, delta, windows])).toEqual([
      ['ann', 0.1, [expect.stringMatching(/^daily\.\d{4}-\d\d-\d\d$/)]],
      ['ann', 0.2, [expect.stringMatching(/^daily\./)]],
    ]);
    expect(ofBoard('fast')).toMatchObject([
      { kind: 'set', score: -1e21, delta: null, windows: null },
      { kind: 'best', score: 180 },
    ]);
    expect(ofBoard('chess')).toMatchObject([{ member: 'ann', delta: 1 }]);
    expect(await inView('board, winner, loser, draw, handler, options', 'results')).toEqual([
      { board: 'chess-elo', winner: 'ann', loser: 'bob', draw: false, handler: 'elo', options: { k: 20 } },
      { board: 'chess-elo', winner: 'bob', loser: 'ann', draw: true, handler: 'elo', options: { k: 20 } },
    ]);
    expect(await inView('player, counter, added', 'counts')).toEqual(
      expect.arrayContaining([
        { player: 'ann', counter: 'wins', added: 1 },
        { player: 'bob', counter: 'losses', added: 1 },
        { player: 'ann', counter: 'draws', added: 1 },
        { player: 'ann', counter: 'castle_count', added: 1 },
      ]),
    );
    expect(await inView('area, member, mode, action', 'sessions')).toEqual([
      { area: '111', member: 'ann', mode: 'blitz', action: 'LOGIN' },
      { area: '111', member: 'ann', mode: null, action: 'LOGOUT' },
    ]);
    expect(await inView('match, type, action', 'match_events')).toEqual([
      { match: 'final', type: 'match', action: 'start' },
      { match: 'final', type: 'match', action: 'innings' },
      { match: 'final', type: 'delivery', action: null },
      { match: 'final', type: 'delivery', action: null },
      { match: 'final', type: 'match', action: 'undo' },
    ]);
    expect(
      await inView('innings, over, batter, bowler, batter_runs, extras, runs, wickets', 'deliveries'),
    ).toEqual(
      [4, 2].map((runs) => ({
        ...{
          innings: 1,
          over: 0,
          batter: 'Ann',
          bowler: 'Dora',
          batter_runs: runs,
          extras: 0,
          runs,
          wickets: 0,
        },
      })),
    );
    expect(await inView('tournament, player, points::text, fed', 'points')).toMatchObject([
      { tournament: 'cup', player: 'Ann', points: expect.stringMatching(/^37\.1250*$/), fed: false },
      { points: expect.stringMatching(/^41(\.0*)?$/) },
    ]);
    expect(await history.query('SELECT member, name FROM scorewire.names')).toEqual([
      { member: 'ann', name: 'Ann of Arc' },
    ]);
  });

  it('has what is done besides events', async () => {
    await ask('DELETE', '/v1/boards/fast/members/bob%3A%20%F0%9F%8F%8F', undefined);
    await ask('DELETE', '/v1/boards/fast', undefined);
    await ask('POST', '/v1/tournaments/cup/teams', { team: 'Wolves', cards: [{ player: 'Ann', bonus: 2 }] });
    await ask('POST', '/v1/tournaments/cup/start', {});
    const late = { method: 'PUT', token, body: { cards: [{ player: 'Bob', bonus: 1.5 }] } };
    await waitUntil(
      async () => (await request(`${server.url}/v1/tournaments/cup/teams/Late`, late)).status < 300,
      'the contest to be loaded',
    );
    await publish({ type: 'session', area: '7', mode: 'duel', user: 'cid', action: 'LOGIN' });
    await ask('DELETE', '/v1/matches/final', undefined);
    await ask('DELETE', '/v1/tournaments/cup', undefined);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      await store.sweep(partition, Date.now() + 24 * 3_600_000, 100);
    }
    await archived();
    const kinds = await history.query('SELECT DISTINCT kind FROM scorewire.operations ORDER BY kind');
    expect(kinds.map(({ kind }) => kind)).toEqual(
      [
        ...['add-teams', 'append', 'best', 'configure', 'configure-match', 'configure-product'],
        ...['configure-tournament', 'count', 'delta', 'expire-sessions', 'login', 'logout', 'points'],
        ...['profile', 'put-team', 'remove-board', 'remove-match', 'remove-member', 'result', 'set'],
        ...['start-tournament', 'remove-tournament'],
      ].toSorted(),
    );
    const expired = `SELECT area, member FROM scorewire.sessions WHERE action = 'EXPIRED'`;
    expect(await history.query(expired)).toEqual([{ area: '7', member: 'cid' }]);
  });

  it('sums up to the board', async () => {
    const events = Array.from({ length: 3000 }, (_, i) => ({
      ...{ type: 'score', board: `sum-${i % 5}`, member: `m${(i * 7) % 40}`, delta: (i % 19) - 3 },
    }));
    await publish(...events);
    await archived();
    for (let board = 0; board < 5; board++) {
      const { body } = await request(`${server.url}/v1/boards/sum-${board}?limit=1000`, { token });
      const sums = await history.query(
        'SELECT member, sum(delta) AS score FROM scorewire.score_changes WHERE board = $1 GROUP BY member',
        [`sum-${board}`],
      );
      const scores = body.rows.map(({ member, score }: { member: string; score: number }) => [member, score]);
      expect(sums.map(({ member, score }) => [member, score]).toSorted()).toEqual(scores.toSorted());
    }
  });

  const document = readFileSync(new URL('../docs/history.md', import.meta.url), 'utf8');
  const questions = [...document.matchAll(/^(.+):\n\n```sql\n([^`]+)```$/gm)].map(
    ([, question = '', sql = '']) => [question, sql] as const,
  );

  it.each(questions)('answers: %s', async (question, sql) => {
    const rows = await history.query(sql);
    // Nothing is missing here; every other question has an answer.
    expect(rows.length > 0).toBe(!question.startsWith('What is missing'));
  });

  it('is explained as it is', async () => {
    expect(questions.length).toBeGreaterThan(8);
    const found = await history.query(
      `SELECT table_name AS table, array_agg(column_name::text ORDER BY ordinal_position) AS columns
       FROM information_schema.columns WHERE table_schema = 'scorewire' GROUP BY table_name`,
    );
    for (const { table, columns } of found) {
      expect(document).toContain(`\`scorewire.${table}\``);
      const [, told] =
        new RegExp(`^\\| \`scorewire.${table}\` \\|[^|]*\\|(.*)\\|$`, 'm').exec(document) ?? [];
      if (told === undefined) continue;
      const missing = columns.filter((column: string) => !told.includes(`\`${column}\``));
      expect([
        table,
        missing.filter((each: string) => !/^(partition|position|accepted_at)$/.test(each)),
      ]).toEqual([table, []]);
    }
    const [operations] = found.filter(({ table }) => table === 'operations');
    for (const column of operations.columns)
      expect(document).toMatch(new RegExp(`^\\| [^|]*\`${column}\``, 'm'));
  });

  it('is told in metrics, and no password in the log', async () => {
    const { body } = await request(`${server.url}/metrics`);
    const typed = [...body.matchAll(/^# TYPE (scorewire_archiver_\w+) \w+$/gm)].map(([, name]) => name);
    const known = [...metricCatalogue().keys()].filter((name) => name.startsWith('scorewire_archiver_'));
    expect(typed.toSorted()).toEqual(known.toSorted());
    expect(body).toMatch(/^scorewire_archiver_active 1$/m);
    expect(body).toMatch(/^scorewire_archiver_operations_total [1-9]\d{3,}$/m);
    expect(body).toMatch(/^scorewire_archiver_batch_seconds_count [1-9]/m);
    expect(body).toMatch(/^scorewire_archiver_gap_operations_total 0$/m);
    expect(server.process.log()).toContain('history goes to PostgreSQL');
    expect(server.process.log()).not.toMatch(/hunter2/);
  });
});
