import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { apply, delta, takeFrom, takeNames } from '../support.contract.ts';
import { createStoreUnderTest } from './redis.contract.ts';

let redis: RedisServer;
let admin: Redis;
beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.port);
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

/** What `lua/include-dirty.lua` lets the text have for each name. */
const NAME_BYTES = 320;

async function openOne(maxDirtyNames: number) {
  const { store, keyPrefix, dispose } = await createStoreUnderTest(redis.url, {
    partitions: 1,
    maxDirtyNames,
  });
  const text = `${keyPrefix}{p0}:dirty-names`;
  const flag = `${keyPrefix}{p0}:all-dirty`;
  return { store, dispose, text, flag };
}

describe('the text of dirty names in Redis', () => {
  test('stays within its bound however often names come again, and is half free after each time that repeats were dropped', async () => {
    const { store, dispose, text, flag } = await openOne(10);
    const names = Array.from({ length: 10 }, (_, i) => `${i}`.padEnd(64, 'x'));
    let drops = 0;
    let length = 0;
    for (let i = 0; i < 300; i++) {
      await apply(store, [delta(names[(i * 7) % 10] ?? '', 'ann', 1)], 10_000 - i);
      const now = await admin.strlen(text);
      expect(now).toBeLessThanOrEqual(10 * NAME_BYTES);
      if (now < length) {
        drops++;
        expect(now).toBeLessThan(5 * NAME_BYTES);
      }
      length = now;
    }
    expect(drops).toBeGreaterThan(2);
    expect(await admin.exists(flag)).toBe(0);
    // The last ten changes, which were the oldest.
    const last = Array.from({ length: 10 }, (_, i) => 290 + i);
    const oldest = last.map((i) => [`board:${names[(i * 7) % 10]}`, 10_000 - i]);
    expect(await takeNames(store)).toEqual(Object.fromEntries(oldest));
    await dispose();
  });

  test('gives way to the flag when it has become too long for its number of names', async () => {
    const { store, dispose, text, flag } = await openOne(10);
    for (let i = 0; i < 60; i++) await apply(store, [delta(`b${i}`.padEnd(64, 'x'), 'ann', 1)], 5000 - i);
    expect(await admin.exists(text)).toBe(0);
    expect(await admin.get(flag)).toBe('4941');
    expect(await takeFrom(store, [0])).toEqual([{ partition: 0, allSince: 4941, names: new Map() }]);
    await dispose();
  });

  test('does not grow by a board that changes alone', async () => {
    const { store, dispose, text } = await openOne(10);
    await apply(store, [delta('a', 'ann', 1), delta('b', 'ann', 1)], 5000);
    const length = await admin.strlen(text);
    for (const at of [5000, 5001, 6000]) await apply(store, [delta('a', 'ann', 1), delta('b', 'ann', 1)], at);
    expect(await admin.strlen(text)).toBe(length);
    // Its last names only: the line itself is another one.
    await apply(store, [delta('b', 'ann', 1)], 7000);
    expect(await admin.strlen(text)).toBeGreaterThan(length);
    await dispose();
  });
});
