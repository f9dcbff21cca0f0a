import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { StartError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { freePort, waitUntil } from '../../test/support/processes.ts';
import { type RedisServer, type RedisServerOptions, startRedis } from '../../test/support/redis-server.ts';
import {
  DEFAULT_STORE_OPTIONS,
  type StoreOptions,
  type StoreState,
  StoreUnavailableError,
} from '../score-store.ts';
import {
  apply,
  applyPart,
  applyParts,
  delta,
  leasesOf,
  part,
  readEntries,
  readRows,
  reject,
  set,
  settled,
  takeNames,
} from '../support.contract.ts';
import { takeOver } from '../take-over.ts';
import { createRedisConnection } from './connection.ts';
import { createStoreUnderTest } from './redis.contract.ts';
import { createRedisStore } from './redis-store.ts';

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function openRedis(options?: RedisServerOptions): Promise<RedisServer> {
  const redis = await startRedis(options);
  cleanUps.push(() => redis.stop());
  return redis;
}

async function openStore(redis: RedisServer, options?: Partial<StoreOptions>) {
  const subject = await createStoreUnderTest(redis.url, options);
  cleanUps.push(() => subject.dispose());
  const states: StoreState[] = [];
  subject.store.onState((state) => states.push(state));
  return { store: subject.store, states, keyPrefix: subject.keyPrefix };
}

function openAdmin(redis: RedisServer, password?: string): Redis {
  const admin = new Redis(redis.port, password === undefined ? {} : { password });
  admin.on('error', () => undefined);
  cleanUps.push(() => admin.disconnect());
  return admin;
}

function startStore(url: string, startTimeoutMs: number, logger = collectingLogger().logger) {
  const store = createRedisStore({
    ...DEFAULT_STORE_OPTIONS,
    url,
    logger,
    startTimeoutMs,
    commandTimeoutMs: 500,
  });
  cleanUps.push(() => store.stop());
  return store;
}

function collectingLogger(): { logger: Logger; lines: unknown[] } {
  const lines: unknown[] = [];
  const keep = (fields: object, message: string) => void lines.push({ fields, message });
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep, child: () => logger };
  return { logger, lines };
}

describe('a Redis that misbehaves', () => {
  test('after a restart the store comes up by itself and finds its data and scripts', async () => {
    const redis = await openRedis({ args: ['--appendonly', 'yes'] });
    const { store, states } = await openStore(redis);
    await apply(store, [set('b', 'ann', 1)]);
    redis.kill();
    await waitUntil(() => store.state === 'down', 'the store to be down');
    await expect(apply(store, [delta('b', 'ann', 1)])).rejects.toBeInstanceOf(StoreUnavailableError);
    await redis.restart();
    await waitUntil(() => store.state === 'up', 'the store to be up');
    expect(states).toEqual(['down', 'up']);
    await apply(store, [delta('b', 'ann', 1)]);
    expect(await readRows(store, 'b')).toEqual([[1, 'ann', 2]]);
  });

  test('what is under way when the connection breaks is rejected and not sent again', async () => {
    const redis = await openRedis({ args: ['--appendonly', 'yes'] });
    const { store } = await openStore(redis);
    await apply(store, [set('b', 'ann', 0)]);
    const admin = openAdmin(redis);
    await admin.ping();
    redis.pause();
    const underWay = Array.from({ length: 20 }, () => apply(store, [delta('b', 'ann', 1)]));
    const outcomes = Promise.allSettled(underWay);
    redis.kill();
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
    await redis.restart();
    await waitUntil(() => store.state === 'up', 'the store to be up');
    expect(await readRows(store, 'b')).toEqual([[1, 'ann', 0]]);
  });

  test('scripts that the server has forgotten are sent again', async () => {
    const redis = await openRedis();
    const { store, states } = await openStore(redis);
    await apply(store, [set('b', 'ann', 1)]);
    const admin = openAdmin(redis);
    await admin.script('FLUSH');
    await Promise.all(Array.from({ length: 10 }, () => apply(store, [delta('b', 'ann', 1)])));
    expect(await readRows(store, 'b')).toEqual([[1, 'ann', 11]]);
    expect(states).toEqual([]);
  });

  test('while it is paused everything is rejected, soon at once, and when it answers again all is well', async () => {
    const redis = await openRedis();
    const { store, states } = await openStore(redis);
    await apply(store, [set('b', 'ann', 1)]);
    redis.pause();
    await expect(apply(store, [set('b', 'bob', 1)])).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(store.state).toBe('down');
    for (let index = 0; index < 10_000; index++) {
      await expect(store.readPages([{ board: 'b', offset: 0, limit: 1 }])).rejects.toBeInstanceOf(
        StoreUnavailableError,
      );
    }
    expect(states).toEqual(['down']);
    redis.resume();
    await waitUntil(() => store.state === 'up', 'the store to be up');
    expect(states).toEqual(['down', 'up']);
    await apply(store, [set('b', 'ann', 2)]);
    expect((await readRows(store, 'b'))[0]).toEqual([1, 'ann', 2]);
  });

  test('beyond the greatest number of unanswered commands more are rejected at once', async () => {
    const redis = await openRedis();
    const connection = createRedisConnection(
      {
        logger: collectingLogger().logger,
        probe: async () => undefined,
        checkWrites: async () => undefined,
      },
      { urls: [redis.url], commandTimeoutMs: 1000, maxPendingCommands: 3 },
    );
    cleanUps.push(() => connection.stop());
    await connection.start();
    redis.pause();
    const settled: string[] = [];
    const runs = Array.from({ length: 5 }, (_, index) =>
      connection.run('check-writable', ['{p0}'], []).catch((error: unknown) => {
        settled.push(`${index} ${String(error)}`);
      }),
    );
    await Promise.all(runs.slice(3));
    expect(settled).toEqual([
      expect.stringMatching(/^3 StoreUnavailableError: Redis is behind: 3 commands/),
      expect.stringMatching(/^4 StoreUnavailableError: Redis is behind: 3 commands/),
    ]);
    await Promise.all(runs);
    expect(settled).toHaveLength(5);
  });

  test('with its memory full it refuses a batch whole, and reads, leases and taking still work', async () => {
    const redis = await openRedis();
    const { store, states } = await openStore(redis, { partitions: 1 });
    await store.configureBoard('first', { ties: 'first' }, 1000);
    for (const board of ['b', 'first']) await apply(store, [set(board, 'ann', 1)]);
    const leases = await store.acquireLeases(leasesOf([0], 0), 'one', 60_000);
    const admin = openAdmin(redis);
    await admin.config('SET', 'maxmemory', '1');
    for (const board of ['b', 'first']) {
      const refused = apply(store, [delta(board, 'ann', 1), set(board, 'bob', 9), set('new', 'ann', 1)]);
      await expect(refused).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(refused).rejects.toThrow('takes no writes');
      await expect(refused).rejects.toMatchObject({ change: 'refused' });
    }
    await expect(store.configureBoard('b', { top: 3 }, 1000)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await readRows(store, 'b')).toEqual([[1, 'ann', 1]]);
    expect(await readRows(store, 'first')).toEqual([[1, 'ann', 1]]);
    expect((await store.listBoards({ limit: 9 })).map(({ id, total }) => [id, total])).toEqual([
      ['b', 1],
      ['first', 1],
    ]);
    expect(await store.renewLeases(leases, 'one', 60_000)).toEqual(leases);
    expect(await takeNames(store, leases[0]?.fence)).toEqual({ 'board:b': 1000, 'board:first': 1000 });
    expect(await store.removeMember('b', 'ann', 3000)).toBe(true);
    expect(await store.removeBoard('first', 3000)).toBe(true);
    expect(states).toEqual([]);
    await startStore(redis.url, 5000).start();
    await admin.config('SET', 'maxmemory', '0');
    await apply(store, [set('b', 'bob', 3)], 4000);
    expect(await readRows(store, 'b')).toEqual([[1, 'bob', 3]]);
    expect(await takeNames(store, leases[0]?.fence)).toEqual({ 'board:b': 3000, 'board:first': 3000 });
  });

  test('with its memory full it settles nothing of a producer, so that all of it can be sent again', async () => {
    const redis = await openRedis();
    const { store } = await openStore(redis, { partitions: 1 });
    const sent = part('p', 5, 1, [set('b', 'ann', 1), reject('forbidden'), delta('b', 'ann', 1)]);
    await applyParts(store, 0, [part('p', 5, 1, sent.operations.slice(0, 1))]);
    await store.beginOnce('once:x', 'hash');
    const admin = openAdmin(redis);
    await admin.config('SET', 'maxmemory', '1');
    const repair = { member: 'ann', found: { score: 1 }, right: { score: 2 } };
    for (const attempt of [
      () => applyParts(store, 0, [sent]),
      // Nothing of it is new, but it keeps its producer known.
      () => applyParts(store, 0, [part('p', 6, 1, sent.operations.slice(0, 1))]),
      () => takeOver(store, 'p'),
      () => store.beginOnce('once:x', 'hash'),
      () => store.beginOnce('once:y', 'hash'),
      () => store.repairBoard('b', [repair], 2000),
    ]) {
      await expect(attempt()).rejects.toBeInstanceOf(StoreUnavailableError);
    }
    expect(await store.readRecords('b', ['ann'])).toMatchObject({ position: 1, records: [{ score: 1 }] });
    expect(await store.removeMember('b', 'ann', 3000)).toBe(true);
    expect((await readEntries(store)).map(({ kind }) => kind)).toEqual(['batch', 'remove-member']);
    await admin.config('SET', 'maxmemory', '0');
    expect(await applyPart(store, 0, sent)).toEqual(settled(1, [{ index: 1, code: 'forbidden' }]));
    expect(await readRows(store, 'b')).toEqual([[1, 'ann', 1]]);
    expect(await store.beginOnce('once:y', 'another')).toMatchObject({ ok: true });
    expect((await takeOver(store, 'p')).last).toBe(3);
  });

  test('what a producer had under way when it died was applied once or not at all, and the next try tells which', async () => {
    const redis = await openRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    const { store } = await openStore(redis, { partitions: 1 });
    const { claim } = await takeOver(store, 'p');
    let settledTo = 0;
    for (let round = 0; round < 5; round++) {
      const parts = Array.from({ length: 40 }, (_, i) =>
        part('p', claim, settledTo + i + 1, [delta('b', 'ann', 1)]),
      );
      const tries = Promise.allSettled(parts.map((each) => applyPart(store, 0, each)));
      setImmediate(() => redis.kill());
      await tries;
      await redis.restart();
      await waitUntil(() => store.state === 'up', 'the store to be up');
      for (const each of parts) expect(await applyPart(store, 0, each)).toMatchObject({ status: 'settled' });
      settledTo += parts.length;
      expect(await readRows(store, 'b')).toEqual([[1, 'ann', settledTo]]);
    }
    const entries = await readEntries(store);
    expect(entries.map(({ from, to }) => [from, to])).toEqual(entries.map((_, i) => [i, i + 1]));
    expect(entries.length).toBe(settledTo);
  });

  test('one that turns into a replica is away until it takes writes again', async () => {
    const redis = await openRedis();
    const { store, states } = await openStore(redis);
    const admin = openAdmin(redis);
    await admin.replicaof('127.0.0.1', String(await freePort()));
    await expect(apply(store, [set('b', 'ann', 1)])).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(store.state).toBe('down');
    expect(store.writeRefusal).toEqual({ reason: 'it is a read-only replica', ofLeases: true });
    // It said so, and nothing has happened.
    await expect(apply(store, [set('b', 'ann', 1)])).rejects.toMatchObject({ change: 'refused' });
    await admin.replicaof('NO', 'ONE');
    await waitUntil(() => store.state === 'up', 'the store to be up');
    expect(states).toEqual(['down', 'up']);
    await apply(store, [set('b', 'ann', 1)]);
    await waitUntil(() => store.writeRefusal === undefined, 'the store to take writes');
  });

  test('it says why it takes no writes from the first that was refused until they are taken, with no other write', async () => {
    const redis = await openRedis();
    const { store, states } = await openStore(redis);
    const admin = openAdmin(redis);
    expect(store.writeRefusal).toBeUndefined();
    await admin.config('SET', 'maxmemory', '1');
    await expect(store.beginOnce('once:x', 'hash')).rejects.toMatchObject({ change: 'refused' });
    expect(store.writeRefusal).toEqual({ reason: 'its memory is full', ofLeases: false });
    // What needs no memory goes on, and proves nothing.
    await store.acquireLeases(leasesOf([0], 0), 'one', 60_000);
    expect(store.writeRefusal).toEqual({ reason: 'its memory is full', ofLeases: false });
    await admin.config('SET', 'maxmemory', '0');
    await waitUntil(() => store.writeRefusal === undefined, 'the store to take writes');
    expect(states).toEqual([]);
  });

  test('where too few replicas answer nobody gets a lease, and it is found out though nobody writes', async () => {
    const redis = await openRedis();
    const { store, states } = await openStore(redis);
    const admin = openAdmin(redis);
    store.checkWrites?.();
    await admin.config('SET', 'min-replicas-to-write', '1');
    await waitUntil(() => {
      store.checkWrites?.();
      return store.writeRefusal !== undefined;
    }, 'the refusal to be known');
    expect(store.writeRefusal).toEqual({ reason: 'too few of its replicas answer', ofLeases: true });
    await expect(store.acquireLeases(leasesOf([0], 0), 'one', 60_000)).rejects.toMatchObject({
      change: 'refused',
    });
    expect(await readRows(store, 'b')).toEqual([]);
    await admin.config('SET', 'min-replicas-to-write', '0');
    await waitUntil(() => store.writeRefusal === undefined, 'the store to take writes');
    expect(states).toEqual([]);
  });

  test('what is away does not refuse writes any more', async () => {
    const redis = await openRedis();
    const { store } = await openStore(redis);
    await openAdmin(redis).config('SET', 'maxmemory', '1');
    await expect(store.beginOnce('once:x', 'hash')).rejects.toMatchObject({ change: 'refused' });
    redis.kill();
    await waitUntil(() => store.state === 'down' && store.writeRefusal === undefined, 'the store to be away');
    await expect(store.beginOnce('once:x', 'hash')).rejects.toMatchObject({ change: 'not_sent' });
  });

  test('after a loss of all data the count of partitions is claimed again at the next connection', async () => {
    const redis = await openRedis();
    const { store, keyPrefix } = await openStore(redis);
    await redis.restart();
    await waitUntil(() => store.state === 'up', 'the store to be up');
    expect(await openAdmin(redis).get(`${keyPrefix}{partitions}`)).toBe('16');
  });

  test('foreign data under our keys is a defect and not an outage, and nothing is written', async () => {
    const redis = await openRedis();
    const { store, states, keyPrefix } = await openStore(redis, { partitions: 1 });
    await apply(store, [set('b', 'ann', 1), set('c', 'ann', 1)]);
    const admin = openAdmin(redis);
    const [ranking = ''] = await admin.keys(`${keyPrefix}*:ranking:b`);
    await admin.set(ranking, 'not a sorted set');
    await expect(apply(store, [set('c', 'ann', 2), set('b', 'ann', 2)])).rejects.toThrow('defect');
    expect(await readRows(store, 'c')).toEqual([[1, 'ann', 1]]);
    expect(states).toEqual([]);
  });
});

describe('starting', () => {
  test('without a Redis it gives up after its limit, saying where it looked and what to do', async () => {
    const port = await freePort();
    const store = startStore(`redis://:hidden@127.0.0.1:${port}/3`, 300);
    const failure = await store.start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartError);
    expect(String(failure)).toMatch(
      new RegExp(
        `no Redis serves at redis://:\\*\\*\\*@127.0.0.1:${port}/3 \\(.*ECONNREFUSED.*\\): start one`,
      ),
    );
    await expect(apply(store, [set('b', 'ann', 1)])).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  test('it waits for a Redis that comes within the limit', async () => {
    const port = await freePort();
    const starting = startStore(`redis://127.0.0.1:${port}`, 20_000);
    const started = starting.start();
    await openRedis({ port });
    await started;
    expect(starting.state).toBe('up');
  });

  test('a Redis that does not answer ends the start too', async () => {
    const redis = await openRedis();
    redis.pause();
    await expect(startStore(redis.url, 300).start()).rejects.toBeInstanceOf(StartError);
  });

  test('a wrong password ends the start at once, and no password is ever told', async () => {
    const redis = await openRedis({ args: ['--requirepass', 'right-secret'] });
    const { logger, lines } = collectingLogger();
    for (const [login, secret] of [
      [':wrong-secret@', 'wrong-secret'],
      ['some-user:wrong%2Fsecret@', 'wrong/secret'],
      ['', 'no password'],
    ]) {
      const store = startStore(`redis://${login}127.0.0.1:${redis.port}`, 60_000, logger);
      const failure = await store.start().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StartError);
      const told = inspect({ failure, lines }, { depth: 20 });
      expect(told).toMatch(/WRONGPASS|NOAUTH/);
      expect(told).not.toContain(secret);
      expect(told).not.toContain('wrong%2Fsecret');
    }
    const store = startStore(`redis://:right-secret@127.0.0.1:${redis.port}`, 5000, logger);
    await store.start();
    redis.kill();
    await waitUntil(() => store.state === 'down', 'the store to be down');
    const failure = await apply(store, [set('b', 'ann', 1)]).catch((error: unknown) => error);
    expect(inspect({ failure, lines }, { depth: 20 })).not.toContain('right-secret');
  });

  test('a Redis that can not run the scripts is told apart from none', async () => {
    const redis = await openRedis({ args: ['--rename-command', 'EVAL', ''] });
    await expect(startStore(redis.url, 60_000).start()).rejects.toThrow(/can't run our scripts/);
  });

  test('another number of partitions is told with the number to set', async () => {
    const redis = await openRedis();
    await startStore(redis.url, 5000).start();
    const other = createRedisStore({
      ...DEFAULT_STORE_OPTIONS,
      url: redis.url,
      partitions: 4,
      logger: collectingLogger().logger,
    });
    await expect(other.start()).rejects.toThrow(/laid out for 16 partitions, not 4/);
  });
});
