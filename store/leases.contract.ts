import { describe, expect, test } from 'vitest';
import type { PartitionLease, ScoreStore } from './score-store.ts';
import {
  allPartitions,
  apply,
  type CreateStore,
  eventually,
  openStores,
  set,
  takeNames,
} from './support.contract.ts';

const LONG_MS = 60_000;

const bids = (partitions: readonly number[], fence = 0): readonly PartitionLease[] =>
  partitions.map((partition) => ({ partition, fence }));

const partitionsOf = (leases: readonly PartitionLease[]): readonly number[] =>
  leases.map(({ partition }) => partition);

/** Of one partition that is free. */
async function acquire(store: ScoreStore, partition: number, owner: string, termMs = LONG_MS) {
  const [lease] = await store.acquireLeases(bids([partition]), owner, termMs);
  return lease ?? { partition, fence: Number.NaN };
}

export function leasesContract(createStore: CreateStore): void {
  describe('leases', () => {
    const open = openStores(createStore);

    test('a held lease cannot be taken by another owner', async () => {
      const { store } = await open();
      expect(await store.acquireLeases(bids([0]), 'one', LONG_MS)).toHaveLength(1);
      expect(await store.acquireLeases(bids([0]), 'two', LONG_MS)).toEqual([]);
    });

    test('of many leases those that are free are taken, in one call, and the others stay as they are', async () => {
      const { store } = await open();
      const all = allPartitions(store);
      const two = await store.acquireLeases(bids([1, 3]), 'two', LONG_MS);
      expect(partitionsOf(two)).toEqual([1, 3]);
      const one = await store.acquireLeases(bids(all), 'one', LONG_MS);
      expect(partitionsOf(one)).toEqual(all.filter((partition) => partition !== 1 && partition !== 3));
      expect(await store.renewLeases([...one, ...two], 'one', LONG_MS)).toEqual(one);
      expect(await store.renewLeases([...one, ...two], 'two', LONG_MS)).toEqual(two);
    });

    test('nothing is asked of no partition', async () => {
      const { store } = await open();
      expect(await store.acquireLeases([], 'one', LONG_MS)).toEqual([]);
      expect(await store.renewLeases([], 'one', LONG_MS)).toEqual([]);
      await store.releaseLeases([], 'one');
    });

    test('the holder that acquires again gets a higher number, and the old one no longer holds', async () => {
      const { store } = await open();
      const first = await acquire(store, 2, 'one');
      const second = await acquire(store, 2, 'one');
      expect(second.fence).toBeGreaterThan(first.fence);
      expect(await store.renewLeases([first], 'one', LONG_MS)).toEqual([]);
      expect(await store.renewLeases([second], 'one', LONG_MS)).toEqual([second]);
    });

    test('a lease is renewed only by its holder under its number', async () => {
      const { store } = await open();
      const lease = await acquire(store, 0, 'one');
      const { fence } = lease;
      expect(await store.renewLeases([lease], 'two', LONG_MS)).toEqual([]);
      expect(await store.renewLeases([{ partition: 0, fence: fence + 1 }], 'one', LONG_MS)).toEqual([]);
      expect(await store.renewLeases([{ partition: 1, fence }], 'one', LONG_MS)).toEqual([]);
      expect(await store.renewLeases([lease], 'one', LONG_MS)).toEqual([lease]);
    });

    test('a released lease is free at once, with a higher number, and no other is', async () => {
      const { store } = await open();
      const [first, other] = await store.acquireLeases(bids([0, 1]), 'one', LONG_MS);
      await store.releaseLeases([first as PartitionLease], 'one');
      expect(await store.renewLeases([first as PartitionLease], 'one', LONG_MS)).toEqual([]);
      const [second, none] = await store.acquireLeases(bids([0, 1]), 'two', LONG_MS);
      expect(second?.partition).toBe(0);
      expect(second?.fence).toBeGreaterThan(first?.fence ?? Number.POSITIVE_INFINITY);
      expect(none).toBeUndefined();
      expect(await store.renewLeases([other as PartitionLease], 'one', LONG_MS)).toEqual([other]);
    });

    test('a release by another owner or under another number changes nothing', async () => {
      const { store } = await open();
      const lease = await acquire(store, 0, 'one');
      await store.releaseLeases([lease], 'two');
      await store.releaseLeases([{ ...lease, fence: lease.fence - 1 }], 'one');
      expect(await store.acquireLeases(bids([0]), 'two', LONG_MS)).toEqual([]);
      expect(await store.renewLeases([lease], 'one', LONG_MS)).toEqual([lease]);
    });

    test('a lease that is not renewed expires: it is free for others and lost to its holder', async () => {
      const { store } = await open();
      const first = await acquire(store, 0, 'one', 40);
      let second: PartitionLease | undefined;
      await eventually(async () => {
        [second] = await store.acquireLeases(bids([0]), 'two', LONG_MS);
        return second !== undefined;
      });
      expect(second?.fence).toBeGreaterThan(first.fence);
      expect(await store.renewLeases([first], 'one', LONG_MS)).toEqual([]);
      await store.releaseLeases([first], 'one');
      expect(await store.acquireLeases(bids([0]), 'one', LONG_MS)).toEqual([]);
    });

    test('an expired lease cannot be renewed, also where nobody took it', async () => {
      const { store } = await open();
      const lease = await acquire(store, 0, 'one');
      // Each question with a term of one millisecond is itself a renewal, so the wait between them must outlast it.
      await eventually(async () => (await store.renewLeases([lease], 'one', 1)).length === 0);
      expect(await store.renewLeases([lease], 'one', LONG_MS)).toEqual([]);
    });

    test('a renewal lasts for its new term', async () => {
      const { store } = await open();
      const lease = await acquire(store, 0, 'one', 2000);
      expect(await store.renewLeases([lease], 'one', LONG_MS)).toEqual([lease]);
      await acquire(store, 1, 'one', 20);
      await eventually(async () => (await store.acquireLeases(bids([1]), 'two', LONG_MS)).length === 1);
      expect(await store.acquireLeases(bids([0]), 'two', LONG_MS)).toEqual([]);
    });

    test('fencing numbers start from the time, so that they grow over a loss of the data', async () => {
      const { store } = await open();
      const before = Date.now() - 60_000;
      const fences: number[] = [];
      for (let index = 0; index < 20; index++) fences.push((await acquire(store, 0, 'one')).fence);
      expect(fences[0]).toBeGreaterThan(before);
      expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
      expect(fences.every(Number.isSafeInteger)).toBe(true);
    });

    test('a number is higher than any that was heard of elsewhere, or that names were taken under', async () => {
      const { store } = await open();
      const heard = Date.now() + 3_600_000;
      const [first] = await store.acquireLeases(bids([0], heard), 'one', LONG_MS);
      expect(first).toEqual({ partition: 0, fence: heard + 1 });
      await store.takeDirty([{ partition: 1, fence: heard + 5 }]);
      expect(await acquire(store, 1, 'one')).toEqual({ partition: 1, fence: heard + 6 });
    });

    test('who has taken names under a higher number fences off the earlier owner, in that partition only', async () => {
      const { store } = await open();
      const leases = await store.acquireLeases(bids(allPartitions(store)), 'one', LONG_MS);
      await apply(store, [set('b', 'ann', 1)]);
      const later = leases.slice(0, 2).map(({ partition, fence }) => ({ partition, fence: fence + 1 }));
      await store.takeDirty(later);
      const { taken, fenced } = await store.takeDirty(leases);
      expect(fenced).toEqual(leases.slice(0, 2));
      expect(taken.map(({ partition }) => partition)).toEqual(partitionsOf(leases.slice(2)));
      expect(await takeNames(store, Number.MAX_SAFE_INTEGER)).toEqual({});
    });
  });
}
