import { describe, expect, test } from 'vitest';
import { type CreateStore, eventually, openStores } from './support.contract.ts';

const LONG_MS = 60_000;

export function leasesContract(createStore: CreateStore): void {
  describe('leases', () => {
    const open = openStores(createStore);

    test('a held lease cannot be taken by another owner', async () => {
      const { store } = await open();
      expect(await store.acquireLease('ticks', 'one', LONG_MS)).toBeDefined();
      expect(await store.acquireLease('ticks', 'two', LONG_MS)).toBeUndefined();
    });

    test('leases of different names are held apart', async () => {
      const { store } = await open();
      const one = await store.acquireLease('a', 'one', LONG_MS);
      const two = await store.acquireLease('b', 'two', LONG_MS);
      expect(await store.renewLease('a', 'one', one?.fence ?? 0, LONG_MS)).toBe(true);
      expect(await store.renewLease('b', 'two', two?.fence ?? 0, LONG_MS)).toBe(true);
    });

    test('the holder that acquires again gets a higher number, and the old one no longer holds', async () => {
      const { store } = await open();
      const first = await store.acquireLease('ticks', 'one', LONG_MS);
      const second = await store.acquireLease('ticks', 'one', LONG_MS);
      expect(second?.fence).toBeGreaterThan(first?.fence ?? Number.POSITIVE_INFINITY);
      expect(await store.renewLease('ticks', 'one', first?.fence ?? 0, LONG_MS)).toBe(false);
      expect(await store.renewLease('ticks', 'one', second?.fence ?? 0, LONG_MS)).toBe(true);
    });

    test('a lease is renewed only by its holder under its number', async () => {
      const { store } = await open();
      const fence = (await store.acquireLease('ticks', 'one', LONG_MS))?.fence ?? 0;
      expect(await store.renewLease('ticks', 'two', fence, LONG_MS)).toBe(false);
      expect(await store.renewLease('ticks', 'one', fence + 1, LONG_MS)).toBe(false);
      expect(await store.renewLease('other', 'one', fence, LONG_MS)).toBe(false);
      expect(await store.renewLease('ticks', 'one', fence, LONG_MS)).toBe(true);
    });

    test('a released lease is free at once, with a higher number', async () => {
      const { store } = await open();
      const first = (await store.acquireLease('ticks', 'one', LONG_MS))?.fence ?? 0;
      await store.releaseLease('ticks', 'one', first);
      expect(await store.renewLease('ticks', 'one', first, LONG_MS)).toBe(false);
      const second = await store.acquireLease('ticks', 'two', LONG_MS);
      expect(second?.fence).toBeGreaterThan(first);
    });

    test('a release by another owner or under another number changes nothing', async () => {
      const { store } = await open();
      const fence = (await store.acquireLease('ticks', 'one', LONG_MS))?.fence ?? 0;
      await store.releaseLease('ticks', 'two', fence);
      await store.releaseLease('ticks', 'one', fence - 1);
      expect(await store.acquireLease('ticks', 'two', LONG_MS)).toBeUndefined();
      expect(await store.renewLease('ticks', 'one', fence, LONG_MS)).toBe(true);
    });

    test('a lease that is not renewed expires: it is free for others and lost to its holder', async () => {
      const { store } = await open();
      const first = (await store.acquireLease('ticks', 'one', 40))?.fence ?? 0;
      let second: number | undefined;
      await eventually(async () => {
        second = (await store.acquireLease('ticks', 'two', LONG_MS))?.fence;
        return second !== undefined;
      });
      expect(second).toBeGreaterThan(first);
      expect(await store.renewLease('ticks', 'one', first, LONG_MS)).toBe(false);
      await store.releaseLease('ticks', 'one', first);
      expect(await store.acquireLease('ticks', 'one', LONG_MS)).toBeUndefined();
    });

    test('an expired lease cannot be renewed, also where nobody took it', async () => {
      const { store } = await open();
      const fence = (await store.acquireLease('ticks', 'one', LONG_MS))?.fence ?? 0;
      // Each question with a term of one millisecond is itself a renewal, so the wait between them must outlast it.
      await eventually(async () => !(await store.renewLease('ticks', 'one', fence, 1)));
      expect(await store.renewLease('ticks', 'one', fence, LONG_MS)).toBe(false);
    });

    test('a renewal lasts for its new term', async () => {
      const { store } = await open();
      const fence = (await store.acquireLease('ticks', 'one', 2000))?.fence ?? 0;
      expect(await store.renewLease('ticks', 'one', fence, LONG_MS)).toBe(true);
      const short = (await store.acquireLease('other', 'one', 20))?.fence ?? 0;
      await eventually(async () => (await store.acquireLease('other', 'two', LONG_MS)) !== undefined);
      expect(short).toBeGreaterThan(0);
      expect(await store.acquireLease('ticks', 'two', LONG_MS)).toBeUndefined();
    });

    test('fencing numbers start from the time, so that they grow over a loss of the data', async () => {
      const { store } = await open();
      const before = Date.now() - 60_000;
      const fences: number[] = [];
      for (let index = 0; index < 20; index++) {
        fences.push((await store.acquireLease('ticks', 'one', LONG_MS))?.fence ?? 0);
      }
      expect(fences[0]).toBeGreaterThan(before);
      expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
      expect(fences.every(Number.isSafeInteger)).toBe(true);
    });
  });
}
