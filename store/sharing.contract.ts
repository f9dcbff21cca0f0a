import { describe, expect, test } from 'vitest';
import { StartError } from '../runtime/errors.ts';
import { partitionOfBoard } from './partitions.ts';
import { StoreUnavailableError } from './score-store.ts';
import {
  apply,
  type CreateStore,
  delta,
  eachOnce,
  openStores,
  readRows,
  set,
  takeNames,
} from './support.contract.ts';

export function sharingContract(createStore: CreateStore): void {
  describe('several clients', () => {
    const open = openStores(createStore);

    test('two clients see the writes of each other', async () => {
      const { store: one, connect } = await open();
      const two = await connect();
      expect(two.partitions).toBe(one.partitions);
      await apply(one, [set('b', 'ann', 1)]);
      await apply(two, [delta('b', 'ann', 2), set('b', 'bob', 9)]);
      for (const store of [one, two]) {
        expect(await readRows(store, 'b')).toEqual([
          [1, 'bob', 9],
          [2, 'ann', 3],
        ]);
      }
      expect(await takeNames(two)).toEqual({ 'board:b': 1000 });
      expect(await takeNames(one)).toEqual({});
    });

    test('fencing numbers and leases hold across clients', async () => {
      const { store: one, connect } = await open();
      const two = await connect();
      const partition = partitionOfBoard('b', one.partitions);
      const first = await one.acquireLeases([{ partition, fence: 0 }], 'one', 60_000);
      expect(await two.acquireLeases([{ partition, fence: 0 }], 'two', 60_000)).toEqual([]);
      await one.releaseLeases(first, 'one');
      const second = await two.acquireLeases([{ partition, fence: 0 }], 'two', 60_000);
      expect(second[0]?.fence).toBeGreaterThan(first[0]?.fence ?? Number.POSITIVE_INFINITY);
      await apply(one, [set('b', 'ann', 1)]);
      const { taken } = await two.takeDirty(second);
      expect(taken.map(eachOnce)).toEqual([{ partition, names: new Map([['board:b', 1000]]) }]);
      expect(await one.takeDirty(first)).toEqual({ taken: [], fenced: first });
    });

    test('concurrent additions from two clients are all counted', async () => {
      const { store: one, connect } = await open();
      const two = await connect();
      const additions = Array.from({ length: 50 }, (_, index) =>
        apply(index % 2 === 0 ? one : two, [delta('b', 'ann', 1), delta('b', 'bob', index)]),
      );
      const positions = (await Promise.all(additions)).map(({ position }) => position);
      expect(new Set(positions).size).toBe(50);
      expect(await readRows(one, 'b')).toEqual([
        [1, 'bob', 1225],
        [2, 'ann', 50],
      ]);
    });

    test('another number of partitions refuses to start', async () => {
      const { connect } = await open({ partitions: 8 });
      await expect(connect({ partitions: 9 })).rejects.toBeInstanceOf(StartError);
      expect((await connect({ partitions: 8 })).partitions).toBe(8);
    });

    test('a store is up once started; starting and stopping are idempotent, and a stopped one refuses', async () => {
      const { store: one, connect } = await open();
      const two = await connect();
      expect(two.state).toBe('up');
      await two.start();
      await two.stop();
      await two.stop();
      await expect(apply(two, [set('b', 'ann', 1)])).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(two.readPages([{ board: 'b', offset: 0, limit: 1 }])).rejects.toBeInstanceOf(
        StoreUnavailableError,
      );
      await apply(one, [set('b', 'ann', 2)]);
      expect(await readRows(one, 'b')).toEqual([[1, 'ann', 2]]);
    });
  });
}
