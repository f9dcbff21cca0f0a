import { describe, expect, test } from 'vitest';
import { MAX_BATCH_OPERATIONS } from './score-store.ts';
import { apply, type CreateStore, openStores, positionOf, set } from './support.contract.ts';

export function checkpointsContract(createStore: CreateStore): void {
  describe('checkpoints', () => {
    const open = openStores(createStore);

    test('are given back as they were saved, also large ones, and the latest position counts', async () => {
      const { store, connect } = await open();
      await apply(store, [set('b', 'ann', 1)]);
      const texts = Array.from({ length: 40 }, (_, index) => `${index} "é🏏\\ ${'x'.repeat(index * 1500)}`);
      expect(await store.saveCheckpoint('b', { position: 7, texts: texts.slice(0, 8) })).toBe(true);
      const other = await connect();
      expect(await other.loadCheckpoint('b')).toEqual({ position: 7, texts: texts.slice(0, 8) });
      expect(await store.saveCheckpoint('b', { position: 7, texts: [] })).toBe(true);
      expect(await other.loadCheckpoint('b')).toEqual({ position: 7, texts: [] });
      expect(await store.saveCheckpoint('b', { position: 2 ** 53 - 1, texts })).toBe(true);
      expect(await other.loadCheckpoint('b')).toEqual({ position: 2 ** 53 - 1, texts });
      // There is one, and a better one.
      expect(await store.saveCheckpoint('b', { position: 8, texts: ['x', 'y'] })).toBe(true);
      expect(await other.loadCheckpoint('b')).toEqual({ position: 2 ** 53 - 1, texts });
    });

    test('of a board begin with its creation, and go with it', async () => {
      const { store } = await open({ partitions: 1 });
      expect(await store.loadCheckpoint('b')).toBeUndefined();
      await apply(store, [set('a', 'ann', 1), set('a', 'bob', 1)]);
      const before = await positionOf(store);
      await apply(store, [set('b', 'ann', 1)]);
      await store.configureBoard('c', { top: 5 }, 1000);
      await store.configureBoard('b', { top: 5 }, 1000);
      await apply(store, [set('b', 'ann', 2), set('c', 'ann', 2)]);
      expect(await store.loadCheckpoint('a')).toEqual({ position: 0, texts: [] });
      expect(await store.loadCheckpoint('b')).toEqual({ position: before, texts: [] });
      expect(await store.loadCheckpoint('c')).toEqual({ position: before + 1, texts: [] });

      await store.saveCheckpoint('b', { position: 5, texts: ['x'] });
      expect(await store.loadCheckpoint('b')).toEqual({ position: 5, texts: ['x'] });
      expect(await store.readCreation('b')).toBe(before);
      await store.removeBoard('b', 1000);
      expect(await store.loadCheckpoint('b')).toBeUndefined();
      expect(await store.readCreation('b')).toBeUndefined();
      const removed = await positionOf(store);
      await apply(store, [set('b', 'ann', 1)]);
      expect(await store.loadCheckpoint('b')).toEqual({ position: removed, texts: [] });
      // What the board was before it was removed is not what this one was.
      expect(await store.saveCheckpoint('b', { position: removed - 1, texts: ['x'] })).toBe(false);
      expect(await store.loadCheckpoint('b')).toEqual({ position: removed, texts: [] });
    });

    test('move on where nothing has happened to the board, and only from where they were found', async () => {
      const { store } = await open({ partitions: 1 });
      const boards = ['a', 'b', 'c', 'd', 'none'];
      for (const board of boards.slice(0, 4)) await apply(store, [set(board, 'ann', 1)]);
      await store.configureBoard('late', {}, 1000);
      const texts = ['x', 'y'];
      for (const [index, board] of ['a', 'b', 'c'].entries()) {
        await store.saveCheckpoint(board, { position: 5 + index, texts });
      }
      expect(await store.readCheckpointPositions([...boards, 'late'])).toEqual([5, 6, 7, 3, undefined, 4]);
      const moves = [5, 5, 7, 3, 0].map((from, index) => ({ board: boards[index] ?? '', from }));
      await store.advanceCheckpoints(moves, 2 ** 53 - 1);
      const moved = 2 ** 53 - 1;
      expect(await store.readCheckpointPositions(boards)).toEqual([moved, 6, moved, 3, undefined]);
      expect(await store.loadCheckpoint('a')).toEqual({ position: moved, texts });
      expect(await store.loadCheckpoint('d')).toEqual({ position: 3, texts: [] });
      await store.removeBoard('a', 1000);
      expect(await store.readCheckpointPositions(['a'])).toEqual([undefined]);
      await store.advanceCheckpoints([], 1);
      expect(await store.readCheckpointPositions([])).toEqual([]);
    });

    test('are moved and looked up in bounded numbers', async () => {
      const { store } = await open({ partitions: 1 });
      const boards = Array.from({ length: MAX_BATCH_OPERATIONS }, (_, index) => `b${index}`);
      const moves = boards.map((board) => ({ board, from: 0 }));
      expect(await store.readCheckpointPositions(boards)).toHaveLength(MAX_BATCH_OPERATIONS);
      await store.advanceCheckpoints(moves, 1);
      await expect(store.readCheckpointPositions([...boards, 'more'])).rejects.toThrow('defect');
      await expect(store.advanceCheckpoints([...moves, { board: 'more', from: 0 }], 1)).rejects.toThrow(
        'defect',
      );
    });

    test('are never at no position', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'ann', 1)]);
      for (const position of [Number.NaN, 0.5, 2 ** 53]) {
        await expect(store.saveCheckpoint('b', { position, texts: ['x'] })).rejects.toThrow('defect');
        await expect(store.advanceCheckpoints([{ board: 'b', from: 0 }], position)).rejects.toThrow('defect');
      }
      expect(await store.loadCheckpoint('b')).toEqual({ position: 0, texts: [] });
    });

    test('are not kept for a board that is not there', async () => {
      const { store } = await open();
      expect(await store.saveCheckpoint('b', { position: 5, texts: ['x', 'y'] })).toBe(false);
      expect(await store.loadCheckpoint('b')).toBeUndefined();
    });
  });
}
