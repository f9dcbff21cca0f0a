import { Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { startRedis } from '../../test/support/redis-server.ts';
import { allPartitions, leasesOf } from '../support.contract.ts';
import { createStoreUnderTest } from './redis.contract.ts';
import { ScriptTimes } from './script-times.ts';

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

test('what is sent in one go leaves as one write of the socket', async () => {
  const redis = await startRedis();
  cleanUps.push(() => redis.stop());
  const { store, dispose } = await createStoreUnderTest(redis.url);
  cleanUps.push(dispose);
  const highest = leasesOf(allPartitions(store), 0);
  // Scripts that are sent for the first time have their text with them.
  await store.acquireLeases(highest, 'one', 1000);
  // `_write` is called with one piece, `_writev` with all that waited.
  const single = vi.spyOn(Socket.prototype, '_write');
  const many = vi.spyOn(Socket.prototype as Required<Socket>, '_writev');
  cleanUps.push(() => vi.restoreAllMocks());
  const leases = await store.acquireLeases(highest, 'one', 1000);
  expect(highest.length).toBeGreaterThan(1);
  expect([single.mock.calls.length, many.mock.calls.length]).toEqual([0, 1]);
  expect(leases).toHaveLength(highest.length);
});

test('what an owner does all the time is one script for all partitions', async () => {
  const redis = await startRedis();
  cleanUps.push(() => redis.stop());
  const times = new ScriptTimes();
  const { store, dispose } = await createStoreUnderTest(redis.url, { times });
  cleanUps.push(dispose);
  const partitions = allPartitions(store);
  expect(partitions.length).toBeGreaterThan(1);
  const leases = await store.acquireLeases(leasesOf(partitions, 0), 'one', 10_000);
  expect(await store.renewLeases(leases, 'one', 10_000)).toEqual(leases);
  await store.writeProbes(partitions, 2000);
  expect(await store.readProbes(partitions)).toEqual(partitions.map(() => 2000));
  expect((await store.takeDirty(leases)).taken).toHaveLength(partitions.length);
  for (const script of ['renew-leases', 'write-probes', 'read-probes', 'take-dirty'] as const) {
    expect([script, times.seconds.get(script)?.count]).toEqual([script, 1]);
  }
});
