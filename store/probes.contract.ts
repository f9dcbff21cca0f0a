import { describe, expect, test } from 'vitest';
import {
  allPartitions,
  apply,
  type CreateStore,
  openStores,
  set,
  takeFrom,
  takeNames,
} from './support.contract.ts';

export function probesContract(createStore: CreateStore): void {
  describe('probes', () => {
    const open = openStores(createStore);

    test('show what was noted last, each of its own partition, to every client', async () => {
      const { store, connect } = await open();
      const other = await connect();
      expect(await store.readProbes([0, 1])).toEqual([undefined, undefined]);
      await store.writeProbes([0, 2], 5000);
      await other.writeProbes([2], 6000);
      expect(await other.readProbes([2, 1, 0])).toEqual([6000, undefined, 5000]);
      expect(await store.readProbes([2])).toEqual([6000]);
    });

    test('are dirty when they were written, with the time of the oldest, among the names of their partition', async () => {
      const { store } = await open();
      await store.writeProbes([1], 5000);
      await store.writeProbes([1], 6000);
      const taken = await takeFrom(store, allPartitions(store));
      expect(taken.filter(({ names }) => names.size > 0)).toEqual([
        { partition: 1, names: new Map([['probe', 5000]]) },
      ]);
    });

    test('are no step: neither positions nor logs show them', async () => {
      const { store } = await open();
      const { position } = await apply(store, [set('b', 'ann', 1)]);
      await store.writeProbes(allPartitions(store), 5000);
      expect((await apply(store, [set('b', 'ann', 2)])).position).toBe(position + 1);
    });

    test('of no partition are nothing', async () => {
      const { store } = await open();
      await store.writeProbes([], 5000);
      expect(await store.readProbes([])).toEqual([]);
      expect(await takeNames(store)).toEqual({});
    });
  });
}
