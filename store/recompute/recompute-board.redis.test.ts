import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { createStoreUnderTest } from '../redis/redis.contract.ts';
import type { StoreOptions } from '../score-store.ts';
import { apply, delta, readRows, set, takeNames } from '../support.contract.ts';
import { applyAll, recompute, recomputed, withMeanwhile } from './support.contract.ts';
import { recomputeWindowsContract } from './windows.contract.ts';

let redis: RedisServer;
let admin: Redis;
let subject: Awaited<ReturnType<typeof createStoreUnderTest>> | undefined;
beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.port);
});
afterEach(async () => {
  await subject?.dispose();
  subject = undefined;
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

/** With the name of a key in its only partition. */
async function open(options: Partial<StoreOptions> = {}) {
  subject = await createStoreUnderTest(redis.url, { partitions: 1, ...options });
  const { store, keyPrefix, connect } = subject;
  return { store, connect, keyOf: (name: string) => `${keyPrefix}{p0}:${name}` };
}

const MEMBERS = Array.from({ length: 200 }, (_, index) => `m${index}`);

recomputeWindowsContract((options) => createStoreUnderTest(redis.url, options));

describe('a board in Redis', () => {
  test.each(['member', 'first'] as const)(
    'is set right although writers go on, whatever somebody wrote into its keys, with ties "%s"',
    async (ties) => {
      const { store, connect, keyOf } = await open();
      await store.configureBoard('b', { ties }, 1000);
      const sums = new Map(MEMBERS.map((member) => [member, 0]));
      let written = 0;
      const write = async (writer: typeof store, value: number): Promise<void> => {
        const members = MEMBERS.filter((_, index) => (index + written) % 7 === 0);
        written++;
        for (const member of members) sums.set(member, (sums.get(member) ?? 0) + value);
        await apply(
          writer,
          members.map((member) => delta('b', member, value)),
        );
      };
      for (let i = 0; i < 21; i++) await write(store, 1);

      const elementOf = async (member: string) =>
        ties === 'member' ? member : `${await admin.hget(keyOf('arrivals:b'), member)}${member}`;
      const ranking = keyOf('ranking:b');
      await admin.zadd(ranking, -1_000_000, await elementOf('m3'));
      await admin.zincrby(ranking, 0.5, await elementOf('m77'));
      await admin.zadd(ranking, 1e300, await elementOf('m150'));
      await admin.zrem(ranking, await elementOf('m199'));
      const arrival = '0000000000000009';
      if (ties === 'first') await admin.hset(keyOf('arrivals:b'), 'stranger', arrival);
      await admin.zadd(ranking, -5, ties === 'first' ? `${arrival}stranger` : 'stranger');
      const corrupted = ['m3', 'm77', 'm150', 'm199', 'stranger'];

      let isDone = false;
      const writers = [await connect(), await connect()].map(async (writer, index) => {
        while (!isDone) await write(writer, index + 1);
      });
      const result = await recomputed(store);
      isDone = true;
      await Promise.all(writers);

      expect(written).toBeGreaterThan(25);
      expect(result.differences.map(({ member }) => member).sort()).toEqual(corrupted.toSorted());
      expect(result).toMatchObject({ checked: 201, corrected: 5, unsettled: 0 });
      const rows = await readRows(store, 'b');
      expect(Object.fromEntries(rows.map(([, member, score]) => [member, score]))).toEqual(
        Object.fromEntries(sums),
      );
      expect(await recomputed(store)).toMatchObject({ checked: 200, corrected: 0, differences: [] });
      expect((await store.listBoards({ limit: 1 }))[0]).toMatchObject({ id: 'b', total: 200 });
    },
  );

  test('is recomputed from its checkpoint when the log has been trimmed, and refused before that', async () => {
    const { store, keyOf } = await open({ logOperations: 100 });
    const fill = async (): Promise<void> => {
      for (let step = 0; step < 12; step++) {
        await Promise.all(Array.from({ length: 100 }, () => apply(store, [delta('other', 'x', 1)])));
      }
    };
    await applyAll(
      store,
      MEMBERS.map((member, index) => set('b', member, index / 3)),
    );
    await fill();
    expect((await store.readLog(0, 0, 1)).trimmedTo).toBeGreaterThan(0);
    expect(await recompute(store)).toMatchObject({ refused: 'conflict' });

    await store.removeBoard('b', 1000);
    await applyAll(
      store,
      MEMBERS.map((member, index) => set('b', member, index / 3)),
    );
    const { position } = await recomputed(store);
    await apply(store, [delta('b', 'm7', 0.1)]);
    await admin.zadd(keyOf('ranking:b'), -1, 'm7');
    expect(await recomputed(store)).toMatchObject({ corrected: 1, differences: [{ member: 'm7' }] });
    expect(await store.loadCheckpoint('b')).toMatchObject({ position: position + 2 });
    expect((await store.readRecords('b', ['m7', 'm8'])).records).toEqual([
      { score: 7 / 3 + 0.1 },
      { score: 8 / 3 },
    ]);
    await fill();
    expect(await recompute(store)).toMatchObject({
      ...{
        refused: 'conflict',
        message: expect.stringContaining(`checkpoint was at position ${position + 2}`),
      },
    });
  });

  test('whose log was deleted is refused', async () => {
    const { store, keyOf } = await open();
    await apply(store, [set('b', 'ann', 1)]);
    await admin.del(keyOf('log'));
    expect(await recompute(store)).toMatchObject({ refused: 'conflict' });
    expect(await readRows(store, 'b')).toEqual([[1, 'ann', 1]]);
  });

  test('that lost its settings and was made anew is not taken for a new one', async () => {
    const { store, keyOf } = await open({ logOperations: 100 });
    for (let step = 0; step < 12; step++) {
      await Promise.all(Array.from({ length: 100 }, () => apply(store, [delta('other', 'x', 1)])));
    }
    await apply(store, [set('b', 'ann', 1)]);
    await admin.hdel(keyOf('configs'), 'b');
    await apply(store, [set('b', 'bob', 2)]);
    expect(await recomputed(store)).toMatchObject({ checked: 2, differences: [] });
    await admin.hdel(keyOf('configs'), 'b');
    await store.configureBoard('b', { top: 5 }, 1000);
    expect(await recomputed(store)).toMatchObject({ checked: 2, differences: [] });
  });

  test.each([{ order: 'asc' }, { order: 'desc' }] as const)(
    'is set right where scores were made infinite, with order $order',
    async ({ order }) => {
      const { store, keyOf } = await open();
      await store.configureBoard('b', { order }, 1000);
      await apply(store, [set('b', 'ann', 1), set('b', 'bob', 2)]);
      await admin.zadd(keyOf('ranking:b'), '-inf', 'ann', 'inf', 'bob');
      const { differences, corrected } = await recomputed(store);
      const [low, high] = order === 'asc' ? [-Infinity, Infinity] : [Infinity, -Infinity];
      expect(differences.map(({ found }) => found?.score)).toEqual([low, high]);
      expect(corrected).toBe(2);
      expect(await recomputed(store)).toMatchObject({ corrected: 0, unsettled: 0 });
    },
  );

  test('is rid of elements that belong to nobody, and nobody else is touched', async () => {
    const { store, keyOf } = await open();
    await store.configureBoard('b', { ties: 'first' }, 1000);
    await apply(store, [set('b', 'ann', 1), set('b', 'bob', 2), set('b', 'cid', 3)]);
    const [ranking, arrivals] = [keyOf('ranking:b'), keyOf('arrivals:b')];
    const [stray, broken] = ['0000000000000001ann', Buffer.from('\xff\x00x', 'latin1')];
    await admin.zadd(ranking, -9, stray, '-inf', broken, -4, '0000000000000077stranger');
    // Their own elements are strays until they are on the board again.
    await admin.hdel(arrivals, 'bob');
    await admin.hset(arrivals, 'cid', '0000000000000001');
    await takeNames(store);
    const { checked, corrected, unsettled, differences } = await recomputed(store);
    expect({ checked, corrected, unsettled }).toEqual({ checked: 3, corrected: 5, unsettled: 0 });
    expect(differences).toEqual(
      expect.arrayContaining([
        { member: 'bob', right: { score: 2, arrival: 3 } },
        { member: 'cid', right: { score: 3, arrival: 4 } },
        { member: 'ann', found: { score: 9 } },
        { member: 'stranger', found: { score: 4 } },
        { member: '', found: { score: Infinity } },
      ]),
    );
    expect(await readRows(store, 'b')).toEqual([
      [1, 'cid', 3],
      [2, 'bob', 2],
      [3, 'ann', 1],
    ]);
    expect(Object.keys(await takeNames(store))).toEqual(['board:b']);
    expect((await store.listBoards({ limit: 1 }))[0]).toMatchObject({ id: 'b', total: 3 });
    expect(await recomputed(store)).toMatchObject({ corrected: 0, unsettled: 0 });
  });

  test.each([700, 3])(
    'with %i members is rid of as many strays that came while it was scanned',
    async (count) => {
      const { store, keyOf } = await open();
      await store.configureBoard('b', { ties: 'first' }, 1000);
      const members = Array.from({ length: count }, (_, index) => `m${index}`);
      await applyAll(
        store,
        members.map((member) => set('b', member, 1)),
      );
      await admin.zadd(keyOf('ranking:b'), ...members.flatMap((member) => [-5, `0000000000000000${member}`]));
      const result = await recomputed(
        withMeanwhile(store, async (method) => {
          if (method === 'scanMembers') await apply(store, [delta('b', 'm1', 1), set('b', 'other', 1)]);
        }),
      );
      expect(result).toMatchObject({ corrected: count, unsettled: 0 });
      expect((await store.readRecords('b', [])).total).toBe(count + 1);
    },
  );
});
