import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../../test/support/processes.ts';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { type StoreState, StoreUnavailableError } from '../score-store.ts';
import { storeContract } from '../store.contract.ts';
import { apply, delta, readRows, set } from '../support.contract.ts';
import { createStoreUnderTest } from './redis.contract.ts';

/** One node that owns all slots: it refuses scripts whose keys are of several slots, as any Cluster does. */
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis({
    args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--appendonly', 'yes'],
  });
  const admin = new Redis(redis.port);
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await waitUntil(async () => /cluster_state:ok/.test(String(await admin.cluster('INFO'))), 'the cluster');
  admin.disconnect();
});
afterAll(() => redis.stop());

storeContract('the Redis store on a Cluster', (options) =>
  createStoreUnderTest([redis.url, redis.url], options),
);

describe('a Cluster that misbehaves', () => {
  test.each([
    { how: 'is paused', interrupt: () => redis.pause(), repair: async () => redis.resume() },
    { how: 'dies and comes back', interrupt: () => redis.kill(), repair: () => redis.restart() },
  ])('a node that $how rejects what was under way, and the store comes up by itself', async (outage) => {
    const { store, dispose } = await createStoreUnderTest([redis.url, redis.url]);
    const states: StoreState[] = [];
    store.onState((state) => states.push(state));
    await apply(store, [set('b', 'ann', 1)]);
    outage.interrupt();
    const batches = Array.from({ length: 5 }, () => apply(store, [delta('b', 'bob', 1)]));
    for (const outcome of await Promise.allSettled(batches)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
    }
    await waitUntil(() => store.state === 'down', 'the store to be down');
    await expect(apply(store, [delta('b', 'bob', 1)])).rejects.toBeInstanceOf(StoreUnavailableError);
    await outage.repair();
    await waitUntil(() => store.state === 'up', 'the store to be up', 20_000);
    expect(states.slice(0, 2)).toEqual(['down', 'up']);
    await waitUntil(async () => (await apply(store, [delta('b', 'ann', 1)])).position > 0, 'a write');
    expect((await readRows(store, 'b')).find(([, member]) => member === 'ann')?.[2]).toBe(2);
    await dispose();
  });
});
