/** Archivers are killed, PostgreSQL is, and Redis goes back in time: the history is the log, each position once. */
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { createRedisStore } from '../../store/redis/redis-store.ts';
import { DEFAULT_STORE_OPTIONS, type ScoreStore } from '../../store/score-store.ts';
import { readEntries } from '../../store/support.contract.ts';
import { type History, openHistory } from '../support/history.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { waitUntil } from '../support/processes.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { type RunningScorewire, request, startScorewire } from '../support/scorewire.ts';
import { seededRandom } from '../support/seeded-random.ts';

const PARTITIONS = 4;
const SEED = Number(process.env.FAULT_SEED ?? 1);

let redis: RedisServer;
let postgres: PostgresServer;
let store: ScoreStore;
let history: History;
let archivers: RunningScorewire[];
let isWriting: boolean;
let writing: Promise<void>;

beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());

beforeEach(async () => {
  redis = await startRedis();
  store = createRedisStore({
    ...DEFAULT_STORE_OPTIONS,
    ...{ partitions: PARTITIONS, url: redis.url, logger: silentLogger },
  });
  await store.start();
  history = await openHistory(postgres.url);
  archivers = [];
  isWriting = false;
  writing = Promise.resolve();
});
afterEach(async () => {
  isWriting = false;
  await writing.catch(() => undefined);
  for (const archiver of archivers) await archiver.stop();
  await store.stop();
  await history.query('DROP SCHEMA IF EXISTS scorewire CASCADE');
  await history.close();
  await redis.stop();
});

async function startArchiver(): Promise<RunningScorewire> {
  const env = { ROLE: 'archiver', REDIS_URL: redis.url, DATABASE_URL: postgres.url };
  const archiver = await startScorewire({
    ...{ ...env, PARTITIONS: String(PARTITIONS), METRICS_PORT: '0', LOG_LEVEL: 'info' },
  });
  archivers.push(archiver);
  return archiver;
}

const random = seededRandom(SEED);
const pick = (most: number): number => 1 + Math.floor(random() * most);

async function write(operations: number): Promise<void> {
  const one = (i: number) => ({
    ...{ op: 'delta' as const, board: `b${i % 3}`, member: `m${pick(50)}`, value: pick(9) / 4 },
  });
  await store.apply({
    ...{ partition: pick(PARTITIONS) - 1, acceptedAt: Date.now() },
    parts: [{ operations: Array.from({ length: operations }, (_, i) => one(i)) }],
  });
}

/** Writes all the time, until it is told to end. */
function keepWriting(): void {
  isWriting = true;
  writing = (async () => {
    while (isWriting) {
      await write(pick(100));
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
}

async function endWriting(): Promise<void> {
  isWriting = false;
  await writing;
}

async function positions(): Promise<number> {
  const pages = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, partition) => store.readLog(partition, 0, 1)),
  );
  return pages.reduce((sum, { position }) => sum + position, 0);
}

/** The history is exactly the log of each partition. */
async function isComplete(): Promise<void> {
  const wanted = await positions();
  await waitUntil(async () => (await history.count()) === wanted, 'the history to be complete', 25_000);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    expect(await history.entries(partition)).toEqual(await readEntries(store, partition));
  }
}

const metric = async (archiver: RunningScorewire, name: string): Promise<number> => {
  const [, address = ''] = /metrics are on (http:\S+)/.exec(archiver.process.log()) ?? [];
  const { body } = await request(address);
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(body)?.[1]);
};

describe('the history', () => {
  it('is whole after archivers were killed at any moment', async () => {
    for (let i = 0; i < 150; i++) await write(300);
    keepWriting();
    let kills = 0;
    for (let last = -1; kills < 8; kills++) {
      const archiver = await startArchiver();
      // In the midst of catching up, or of the small batches that come after.
      if (kills < 4) {
        await waitUntil(async () => (await history.count().catch(() => -1)) > last, 'some progress');
      }
      await new Promise((resolve) => setTimeout(resolve, random() * 100));
      archiver.process.signal('SIGKILL');
      await archiver.process.exited;
      last = await history.count().catch(() => -1);
    }
    await endWriting();
    await startArchiver();
    await isComplete();
    expect(await history.gaps()).toEqual([]);
  }, 90_000);

  it('is written by one of two archivers, and by the other when that one is killed', async () => {
    const [first, second] = [await startArchiver(), await startArchiver()];
    keepWriting();
    await waitUntil(async () => (await history.count()) > 1000, 'a beginning');
    const active = await Promise.all(
      [first, second].map((each) => metric(each, 'scorewire_archiver_active')),
    );
    expect(active.toSorted()).toEqual([0, 1]);
    const [writer, standby] = active[0] === 1 ? [first, second] : [second, first];
    expect(await metric(standby, 'scorewire_archiver_operations_total')).toBe(0);
    writer.process.signal('SIGKILL');
    await waitUntil(async () => (await metric(standby, 'scorewire_archiver_active')) === 1, 'the other one');
    await endWriting();
    await isComplete();
  }, 60_000);

  it('goes on after PostgreSQL was killed', async () => {
    const archiver = await startArchiver();
    keepWriting();
    await waitUntil(async () => (await history.count()) > 1000, 'a beginning');
    postgres.kill();
    await waitUntil(
      async () => /archiving waits until the archive answers/.test(archiver.process.log()),
      'a word',
    );
    await waitUntil(async () => (await metric(archiver, 'scorewire_archiver_lag_seconds')) > 1, 'the lag');
    expect(await metric(archiver, 'scorewire_archiver_failures_total')).toBeGreaterThan(0);
    await postgres.restart();
    await history.close();
    history = await openHistory(postgres.url);
    await waitUntil(
      async () => /the archive answers again/.test(archiver.process.log()),
      'the return',
      25_000,
    );
    await endWriting();
    await isComplete();
    expect(archiver.process.log().match(/archiving waits/g)).toHaveLength(1);
  }, 60_000);

  it('goes on after Redis was killed', async () => {
    await redis.stop();
    redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'], port: redis.port });
    await waitUntil(() => store.state === 'up', 'the store');
    const archiver = await startArchiver();
    await write(100);
    await isComplete();
    redis.kill();
    await waitUntil(
      async () => /archiving waits until the store answers/.test(archiver.process.log()),
      'a word',
    );
    await redis.restart();
    await waitUntil(() => store.state === 'up', 'the store');
    await write(100);
    await isComplete();
  }, 60_000);

  it('puts aside what Redis has lost when an older copy of it was put back', async () => {
    const admin = new Redis(redis.port);
    const archiver = await startArchiver();
    for (let i = 0; i < 40; i++) await write(20);
    await isComplete();
    await admin.save();
    for (let i = 0; i < 40; i++) await write(20);
    await isComplete();
    admin.disconnect();
    redis.kill();
    await redis.restart();
    await waitUntil(() => store.state === 'up', 'the store');
    for (let i = 0; i < 60; i++) await write(20);
    await isComplete();
    const [lost] = await history.query('SELECT count(*)::integer AS count FROM scorewire.lost_operations');
    expect(lost.count).toBe(800);
    expect(await metric(archiver, 'scorewire_archiver_lost_operations_total')).toBe(800);
  }, 60_000);

  it('has a gap, and says so, where the log was trimmed first', async () => {
    const other = { ...DEFAULT_STORE_OPTIONS, partitions: PARTITIONS, logOperations: 100 };
    const short = createRedisStore({ ...other, url: redis.url, logger: silentLogger });
    await short.start();
    const operation = { op: 'delta' as const, board: 'b', member: 'ann', value: 1 };
    for (let i = 0; i < 20; i++) {
      const operations = Array(500).fill(operation);
      await short.apply({ partition: 0, acceptedAt: Date.now(), parts: [{ operations }] });
    }
    const { trimmedTo } = await short.readLog(0, 0, 1);
    expect(trimmedTo).toBeGreaterThan(0);
    await short.stop();
    const archiver = await startArchiver();
    await waitUntil(
      async () => (await history.count().catch(() => 0)) === 10_000 - trimmedTo,
      'what is left',
    );
    expect(await history.gaps()).toEqual([[0, 0, trimmedTo]]);
    expect(archiver.process.log()).toContain('the history has a gap');
    expect(await metric(archiver, 'scorewire_archiver_gap_operations_total')).toBe(trimmedTo);
  }, 60_000);

  it('is left in order by a stop, at once', async () => {
    const archiver = await startArchiver();
    keepWriting();
    await waitUntil(async () => (await history.count()) > 100, 'a beginning');
    archiver.process.signal('SIGTERM');
    await archiver.process.exited;
    expect(archiver.process.exitCode()).toBe(0);
    await endWriting();
    await startArchiver();
    await isComplete();
  }, 60_000);
});
