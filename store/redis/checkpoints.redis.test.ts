import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { apply, set } from '../support.contract.ts';
import { createStoreUnderTest } from './redis.contract.ts';

let redis: RedisServer;
let admin: Redis;
let subject: Awaited<ReturnType<typeof createStoreUnderTest>>;
beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.port);
});
beforeEach(async () => {
  subject = await createStoreUnderTest(redis.url, { partitions: 1 });
});
afterEach(async () => {
  await subject.dispose();
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

const keyOf = (name: string): string => `${subject.keyPrefix}{p0}:${name}`;

describe('a checkpoint in Redis that somebody wrote over', () => {
  test.each<readonly [string, (label: string) => string]>([
    ['without a position', () => 'x y'],
    ['of no characters', () => ''],
    ['of an impossible position', (label) => label.replace(/^\d+/, 'NaN')],
    ['of another position', (label) => label.replace(/^\d+/, '3')],
    ['of another id', (label) => label.replace(/ \S+ /, ' x ')],
    ['that is cut off', (label) => label.slice(0, -1)],
  ])('is not trusted with a label %s, does not move, and gives way to the next', async (_, damage) => {
    const { store } = subject;
    await apply(store, [set('a', 'ann', 1), set('b', 'ann', 1)]);
    await store.saveCheckpoint('a', { position: 2, texts: ['x'] });
    await store.saveCheckpoint('b', { position: 2, texts: ['x'] });
    const label = (await admin.lindex(keyOf('checkpoint:b'), 0)) ?? '';
    await admin.lset(keyOf('checkpoint:b'), 0, damage(label));
    await damagedButReplaceable();
  });

  test('is not trusted where its key has another type', async () => {
    const { store } = subject;
    await apply(store, [set('a', 'ann', 1), set('b', 'ann', 1)]);
    await store.saveCheckpoint('a', { position: 2, texts: ['x'] });
    await admin.set(keyOf('checkpoint:b'), '2 x');
    await damagedButReplaceable();
  });

  async function damagedButReplaceable(): Promise<void> {
    const { store } = subject;
    expect(await store.loadCheckpoint('b')).toBe('damaged');
    expect(await store.readCheckpointPositions(['a', 'b', 'c'])).toEqual([2, 'damaged', undefined]);
    expect(await store.readCreation('b')).toBe(0);
    const moves = ['a', 'b'].map((board) => ({ board, from: 2 }));
    await store.advanceCheckpoints(moves, 4);
    await store.advanceCheckpoints([{ board: 'b', from: 3 }], 4);
    expect(await store.readCheckpointPositions(['a', 'b'])).toEqual([4, 'damaged']);
    expect(await store.saveCheckpoint('b', { position: 2, texts: ['y', 'z'] })).toBe(true);
    expect(await store.loadCheckpoint('b')).toEqual({ position: 2, texts: ['y', 'z'] });
  }
});

test.each(['x', '', '1.5', '-1', '99999999999999999999'])(
  'a creation in Redis at no position ("%s") is not trusted, and nothing is saved after it',
  async (created) => {
    const { store } = subject;
    await apply(store, [set('b', 'ann', 1)]);
    await admin.hset(keyOf('created'), 'b', created);
    expect(await store.loadCheckpoint('b')).toBe('damaged');
    expect(await store.readCreation('b')).toBeUndefined();
    expect(await store.readCheckpointPositions(['b'])).toEqual(['damaged']);
    expect(await store.saveCheckpoint('b', { position: 1, texts: ['x'] })).toBe(false);
  },
);
