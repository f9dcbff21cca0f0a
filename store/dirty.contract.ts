import { describe, expect, test } from 'vitest';
import { partitionOfBoard } from './partitions.ts';
import {
  allPartitions,
  apply,
  applyParts,
  applyProfile,
  best,
  type CreateStore,
  delta,
  leasesOf,
  openStores,
  profile,
  set,
  takeFrom,
  takeNames,
} from './support.contract.ts';

export function dirtyContract(createStore: CreateStore): void {
  describe('dirty names', () => {
    const open = openStores(createStore);

    test('a changed board is dirty with the time of its oldest change, until taken', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'ann', 1)], 2000);
      await apply(store, [set('b', 'ann', 2)], 1500);
      await apply(store, [set('b', 'ann', 3)], 3000);
      await apply(store, [set('c', 'ann', 1)], 4000);
      expect(await takeNames(store)).toEqual({ 'board:b': 1500, 'board:c': 4000 });
      expect(await takeNames(store)).toEqual({});
      await apply(store, [delta('b', 'ann', 1)], 5000);
      expect(await takeNames(store)).toEqual({ 'board:b': 5000 });
    });

    test('what leaves everything as it was marks nothing', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'ann', 2 ** 53)]);
      await store.configureBoard('b', { top: 5 }, 1000);
      await applyProfile(store, 'ann', 'Ann');
      await takeNames(store);
      await apply(store, [
        set('b', 'ann', 2 ** 53),
        delta('b', 'ann', 0),
        delta('b', 'ann', 1),
        best('b', 'ann', 5),
        delta('b', 'ann', Number.NaN),
      ]);
      await applyProfile(store, 'ann', 'Ann');
      await store.configureBoard('b', { top: 5, order: 'desc' }, 1000);
      await store.removeMember('b', 'stranger', 1000);
      await store.removeBoard('none', 1000);
      await apply(store, []);
      expect(await takeNames(store)).toEqual({});
    });

    test('a score that moved away and came back within one batch marks', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'ann', 5)]);
      await takeNames(store);
      await apply(store, [delta('b', 'ann', 1), delta('b', 'ann', -1)], 7000);
      expect(await takeNames(store)).toEqual({ 'board:b': 7000 });
    });

    test('a new member marks, also with a score of zero', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'ann', 5)]);
      await takeNames(store);
      await apply(store, [delta('b', 'bob', 0)], 7000);
      expect(await takeNames(store)).toEqual({ 'board:b': 7000 });
    });

    test('configuring, removing a member and removing a board mark', async () => {
      const { store } = await open();
      await store.configureBoard('b', {}, 1000);
      expect(await takeNames(store)).toEqual({ 'board:b': 1000 });
      await store.configureBoard('b', { top: 9 }, 2000);
      expect(await takeNames(store)).toEqual({ 'board:b': 2000 });
      await apply(store, [set('b', 'ann', 5), set('b', 'bob', 5)]);
      await takeNames(store);
      await store.configureBoard('b', { order: 'asc' }, 3000);
      expect(await takeNames(store)).toEqual({ 'board:b': 3000 });
      await store.removeMember('b', 'ann', 4000);
      expect(await takeNames(store)).toEqual({ 'board:b': 4000 });
      await store.removeBoard('b', 5000);
      expect(await takeNames(store)).toEqual({ 'board:b': 5000 });
    });

    test('a profile marks its member in the partition it was written to', async () => {
      const { store } = await open();
      await applyParts(store, 3, [{ operations: [profile('a:b', 'Ab')] }], 1000);
      await applyParts(store, 3, [{ operations: [profile('a:b', 'Other')] }], 2000);
      const taken = await takeFrom(store, [2, 3]);
      expect(taken).toEqual([
        { partition: 2, names: new Map() },
        { partition: 3, names: new Map([['profile:a:b', 1000]]) },
      ]);
    });

    test('only the partitions asked are taken, one answer each in the order asked', async () => {
      const { store } = await open();
      const boards = Array.from({ length: 30 }, (_, index) => `b${index}`);
      for (const board of boards) await apply(store, [set(board, 'ann', 1)]);
      const namesOf = (partition: number): Map<string, number> =>
        new Map(
          boards
            .filter((board) => partitionOfBoard(board, store.partitions) === partition)
            .map((board): [string, number] => [`board:${board}`, 1000]),
        );
      expect(await takeFrom(store, [5, 0])).toEqual([
        { partition: 5, names: namesOf(5) },
        { partition: 0, names: namesOf(0) },
      ]);
      expect(await takeFrom(store, [])).toEqual([]);
      const rest = await takeFrom(store, allPartitions(store));
      expect(rest.map(({ partition, names }) => [partition, names])).toEqual(
        allPartitions(store).map((partition) => [
          partition,
          partition === 0 || partition === 5 ? new Map() : namesOf(partition),
        ]),
      );
    });

    test('beyond the greatest number of names, one flag with the oldest time stands for all', async () => {
      const { store } = await open({ partitions: 1, maxDirtyNames: 3 });
      await apply(store, [set('a', 'ann', 1)], 3000);
      await apply(store, [set('b', 'ann', 1), profile('ann', 'Ann')], 2000);
      await apply(store, [set('a', 'ann', 2)], 2500);
      expect(await takeNames(store)).toEqual({ 'board:a': 2500, 'board:b': 2000, 'profile:ann': 2000 });

      await apply(store, [set('a', 'ann', 3), set('b', 'ann', 3)], 2000);
      await apply(store, [set('c', 'ann', 3), set('d', 'ann', 3)], 3000);
      expect(await takeFrom(store, [0])).toEqual([{ partition: 0, allSince: 2000, names: new Map() }]);
      expect(await takeNames(store)).toEqual({});

      await apply(
        store,
        [set('a', 'ann', 4), set('b', 'ann', 4), set('c', 'ann', 4), set('d', 'ann', 4)],
        5000,
      );
      await apply(store, [set('a', 'ann', 5)], 4000);
      await store.removeBoard('b', 6000);
      expect(await takeFrom(store, [0])).toEqual([{ partition: 0, allSince: 4000, names: new Map() }]);
      await apply(store, [set('a', 'ann', 6)], 7000);
      expect(await takeNames(store)).toEqual({ 'board:a': 7000 });
    });

    test('the bound counts different names, however often each changes, and the oldest time of each stays', async () => {
      const { store } = await open({ partitions: 1, maxDirtyNames: 3 });
      const boards = ['a', 'b'.repeat(64), 'c'];
      for (let i = 0; i < 120; i++) {
        const [board = '', next = ''] = [boards[i % 3], boards[(i + 1) % 3]];
        await apply(store, [delta(board, 'ann', 1), delta(next, 'ann', 1)], 3000 + ((i * 7) % 120));
      }
      const oldest = { 'board:a': 3000, [`board:${'b'.repeat(64)}`]: 3000, 'board:c': 3001 };
      expect(await takeNames(store)).toEqual(oldest);

      for (let i = 0; i < 120; i++) await apply(store, [delta(boards[i % 3] ?? '', 'ann', 1)], 4000 - i);
      await apply(store, [delta('d', 'ann', 1)], 5000);
      expect(await takeFrom(store, [0])).toEqual([{ partition: 0, allSince: 3881, names: new Map() }]);
      expect(await takeNames(store)).toEqual({});
    });

    test('what changes again and again alone keeps its oldest time', async () => {
      const { store } = await open({ partitions: 1 });
      for (const at of [2000, 2000, 3000, 1500, 1500, 4000]) {
        await apply(store, [delta('b', 'ann', 1), delta('x', 'ann', 1)], at);
        await apply(store, [delta('x', 'ann', 1)], at - 1);
      }
      expect(await takeNames(store)).toEqual({ 'board:b': 1500, 'board:x': 1499 });
    });

    test('the bound counts each partition for itself', async () => {
      const { store } = await open({ partitions: 4, maxDirtyNames: 1 });
      const quiet = 'b0';
      const busy = Array.from({ length: 50 }, (_, index) => `b${index + 1}`).filter(
        (board) => partitionOfBoard(board, 4) !== partitionOfBoard(quiet, 4),
      );
      for (const board of [quiet, ...busy]) await apply(store, [set(board, 'ann', 1)]);
      const partition = partitionOfBoard(quiet, 4);
      expect(await takeFrom(store, [partition])).toEqual([
        { partition, names: new Map([[`board:${quiet}`, 1000]]) },
      ]);
    });

    test('an outdated fencing number takes nothing, an equal or a higher one takes', async () => {
      const { store } = await open();
      const of = (fence: number) => leasesOf(allPartitions(store), fence);
      await apply(store, [set('b', 'ann', 1)]);
      expect((await store.takeDirty(of(2 ** 41 + 5))).fenced).toEqual([]);
      await apply(store, [set('b', 'ann', 2)], 2000);
      for (const outdated of [2 ** 41 + 4, 7]) {
        expect(await store.takeDirty(of(outdated))).toEqual({ taken: [], fenced: of(outdated) });
      }
      expect(await takeNames(store, 2 ** 41 + 5)).toEqual({ 'board:b': 2000 });
      await apply(store, [set('b', 'ann', 3)], 3000);
      expect(await takeNames(store, 2 ** 41 + 6)).toEqual({ 'board:b': 3000 });
      expect((await store.takeDirty(of(2 ** 41 + 5))).taken).toEqual([]);
    });
  });
}
