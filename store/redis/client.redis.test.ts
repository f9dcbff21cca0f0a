import { Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { startRedis } from '../../test/support/redis-server.ts';
import { allPartitions } from '../support.contract.ts';
import { createStoreUnderTest } from './redis.contract.ts';

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

test('what is sent in one go leaves as one write of the socket', async () => {
  const redis = await startRedis();
  cleanUps.push(() => redis.stop());
  const { store, dispose } = await createStoreUnderTest(redis.url);
  cleanUps.push(dispose);
  const partitions = allPartitions(store);
  // Scripts that are sent for the first time have their text with them.
  await store.writeProbes(partitions, 1000);
  // `_write` is called with one piece, `_writev` with all that waited.
  const single = vi.spyOn(Socket.prototype, '_write');
  const many = vi.spyOn(Socket.prototype as Required<Socket>, '_writev');
  cleanUps.push(() => vi.restoreAllMocks());
  await store.writeProbes(partitions, 2000);
  expect(partitions.length).toBeGreaterThan(1);
  expect([single.mock.calls.length, many.mock.calls.length]).toEqual([0, 1]);
  expect(await store.readProbes(partitions)).toEqual(partitions.map(() => 2000));
});
