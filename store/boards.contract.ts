import { describe, expect, test } from 'vitest';
import { DEFAULT_BOARD_CONFIG } from '../protocol/boards.ts';
import type { ScoreStore } from './score-store.ts';
import {
  apply,
  applyProfile,
  best,
  type CreateStore,
  openStores,
  profile,
  readMembers,
  readPage,
  readRows,
  set,
} from './support.contract.ts';

export function boardsContract(createStore: CreateStore): void {
  describe('boards', () => {
    const open = openStores(createStore);

    test('a score on an unknown board creates it with the defaults', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'ann', 1)]);
      expect(await store.listBoards({ limit: 10 })).toEqual([
        { id: 'b', total: 1, config: DEFAULT_BOARD_CONFIG },
      ]);
    });

    test('configuring creates a board, and later changes only what is given', async () => {
      const { store } = await open();
      expect(await store.configureBoard('b', { order: 'asc' }, 1000)).toEqual({
        ok: true,
        config: { order: 'asc', ties: 'member', top: 100 },
      });
      expect(await readPage(store, 'b')).toEqual({ exists: true, total: 0, rows: [] });
      expect(await store.configureBoard('b', { top: 7, ties: 'first' }, 1000)).toEqual({
        ok: true,
        config: { order: 'asc', ties: 'first', top: 7 },
      });
      expect(await store.configureBoard('b', {}, 1000)).toEqual({
        ok: true,
        config: { order: 'asc', ties: 'first', top: 7 },
      });
      expect(await configOf(store, 'b')).toEqual({ order: 'asc', ties: 'first', top: 7 });
    });

    test('the order of a board with members can be turned, and best follows it', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'a', 1), set('b', 'b', -2), set('b', 'c', 3), set('b', 'd', 3)]);
      await store.configureBoard('b', { order: 'asc' }, 1000);
      expect(await readRows(store, 'b')).toEqual([
        [1, 'b', -2],
        [2, 'a', 1],
        [3, 'c', 3],
        [3, 'd', 3],
      ]);
      await apply(store, [best('b', 'a', 5), best('b', 'd', -9)]);
      expect(await readMembers(store, 'b')).toEqual(['d', 'b', 'a', 'c']);
      await store.configureBoard('b', { order: 'desc' }, 1000);
      expect(await readMembers(store, 'b')).toEqual(['c', 'a', 'b', 'd']);
    });

    test('turned to ties "first", those already there keep their byte order and came before all others', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'z', 5), set('b', 'k', 5), set('b', 'm', 5), set('b', 'top', 9)]);
      await store.configureBoard('b', { ties: 'first' }, 1000);
      expect(await readMembers(store, 'b')).toEqual(['top', 'k', 'm', 'z']);
      await apply(store, [set('b', 'a', 5), set('b', 'k', 6), set('b', 'k', 5), set('b', 'm', 5)]);
      expect(await readMembers(store, 'b')).toEqual(['top', 'm', 'z', 'a', 'k']);
    });

    test('turned to ties "member", arrivals are forgotten for good', async () => {
      const { store } = await open();
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [set('b', 'z', 5), set('b', 'a', 5), set('b', 'm', 5)]);
      await store.configureBoard('b', { ties: 'member' }, 1000);
      expect(await readMembers(store, 'b')).toEqual(['a', 'm', 'z']);
      await apply(store, [set('b', 'k', 5)]);
      await store.configureBoard('b', { ties: 'first' }, 1000);
      expect(await readMembers(store, 'b')).toEqual(['a', 'k', 'm', 'z']);
    });

    test('turning the order of a board with ties "first" keeps the arrivals', async () => {
      const { store } = await open();
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [set('b', 'z', 5), set('b', 'a', 5), set('b', 'm', 7)]);
      await store.configureBoard('b', { order: 'asc' }, 1000);
      expect(await readMembers(store, 'b')).toEqual(['z', 'a', 'm']);
      await store.configureBoard('b', { order: 'desc', ties: 'first' }, 1000);
      expect(await readMembers(store, 'b')).toEqual(['m', 'z', 'a']);
    });

    test('a board at the conversion limit is still converted, one above it is a conflict and stays as it was', async () => {
      const { store } = await open({ maxConversionMembers: 3 });
      await apply(store, [set('b', 'a', 1), set('b', 'b', 2), set('b', 'c', 3)]);
      expect(await store.configureBoard('b', { order: 'asc', ties: 'first' }, 1000)).toMatchObject({
        ok: true,
      });
      await apply(store, [set('b', 'd', 0)]);
      for (const settings of [{ order: 'desc', top: 5 }, { ties: 'member' }] as const) {
        const verdict = await store.configureBoard('b', settings, 1000);
        expect(verdict).toMatchObject({ ok: false, code: 'conflict' });
      }
      expect(await configOf(store, 'b')).toEqual({ order: 'asc', ties: 'first', top: 100 });
      expect(await readMembers(store, 'b')).toEqual(['d', 'a', 'b', 'c']);
      expect(await store.configureBoard('b', { order: 'asc', ties: 'first', top: 5 }, 1000)).toEqual({
        ok: true,
        config: { order: 'asc', ties: 'first', top: 5 },
      });
    });

    test('a removed board reads as not existing, and a later score starts it anew with the defaults', async () => {
      const { store } = await open();
      await store.configureBoard('b', { order: 'asc', ties: 'first', top: 3 }, 1000);
      await apply(store, [set('b', 'z', 1), set('b', 'a', 2)]);
      expect(await store.removeBoard('b', 1000)).toBe(true);
      expect(await readPage(store, 'b')).toEqual({ exists: false, total: 0, rows: [] });
      expect(await store.listBoards({ limit: 10 })).toEqual([]);
      expect(await store.readNeighbourhood('b', 'a', 1)).toBeUndefined();
      expect(await store.removeBoard('b', 1000)).toBe(false);
      await apply(store, [set('b', 'z', 2), set('b', 'y', 2)]);
      expect(await configOf(store, 'b')).toEqual(DEFAULT_BOARD_CONFIG);
      expect(await readMembers(store, 'b')).toEqual(['y', 'z']);
    });

    test('a removed board with ties "first" forgets its arrivals', async () => {
      const { store } = await open();
      for (const members of [
        ['z', 'a', 'm'],
        ['m', 'z', 'a'],
      ]) {
        await store.configureBoard('b', { ties: 'first' }, 1000);
        await apply(
          store,
          members.map((member) => set('b', member, 5)),
        );
        expect(await readMembers(store, 'b')).toEqual(members);
        await store.removeBoard('b', 1000);
      }
    });

    test('a removed member is gone, and a board without members still exists with its configuration', async () => {
      const { store } = await open();
      await store.configureBoard('b', { top: 3 }, 1000);
      await apply(store, [set('b', 'ann', 1), set('b', 'bob', 2)]);
      expect(await store.removeMember('b', 'bob', 1000)).toBe(true);
      expect(await readRows(store, 'b')).toEqual([[1, 'ann', 1]]);
      expect(await store.removeMember('b', 'ann', 1000)).toBe(true);
      expect(await readPage(store, 'b')).toEqual({ exists: true, total: 0, rows: [] });
      expect(await configOf(store, 'b')).toMatchObject({ top: 3 });
      expect(await store.removeMember('b', 'ann', 1000)).toBe(false);
      expect(await store.removeMember('none', 'ann', 1000)).toBe(false);
      expect((await readPage(store, 'none')).exists).toBe(false);
    });

    test('boards are listed in byte order, page by page, over all partitions', async () => {
      const { store } = await open();
      const ids = ['-', '.', '0', '10', '2', 'A', 'Z', '_', '__proto__', 'a', 'aa', 'ab', 'b', 'zz'];
      for (const id of [...ids].reverse()) await apply(store, [set(id, 'ann', 1)]);
      const all = await store.listBoards({ limit: 100 });
      expect(all.map(({ id }) => id)).toEqual(ids);
      const seen: string[] = [];
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await store.listBoards(after === undefined ? { limit: 4 } : { after, limit: 4 });
        seen.push(...page.map(({ id }) => id));
        if (page.length < 4) break;
      }
      expect(seen).toEqual(ids);
      expect((await store.listBoards({ after: 'aaa', limit: 1 })).map(({ id }) => id)).toEqual(['ab']);
      expect(await store.listBoards({ after: 'zz', limit: 5 })).toEqual([]);
    });

    test('a profile gives its name to the rows of its member, those that come later too', async () => {
      const { store } = await open();
      await apply(store, [set('early', 'ann', 1), set('early', 'bob', 2)]);
      await applyProfile(store, 'ann', 'Ann Example');
      await apply(store, [set('late', 'ann', 5)]);
      expect(await readRows(store, 'early')).toEqual([
        [1, 'bob', 2],
        [2, 'ann', 1, 'Ann Example'],
      ]);
      expect(await readRows(store, 'late')).toEqual([[1, 'ann', 5, 'Ann Example']]);
      await applyProfile(store, 'ann', 'Ann Replaced');
      expect(await readRows(store, 'early')).toEqual([
        [1, 'bob', 2],
        [2, 'ann', 1, 'Ann Replaced'],
      ]);
      const neighbourhood = await store.readNeighbourhood('early', 'ann', 1);
      expect(neighbourhood?.member.name).toBe('Ann Replaced');
      expect(neighbourhood?.around.map(({ name }) => name)).toEqual([undefined, 'Ann Replaced']);
    });

    test('a profile outlives the member and its board, and applies in a batch with scores', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [set('b', 'ann', 1), profile('ann', 'Ann'), set('b', 'ann', 2)]);
      await store.removeMember('b', 'ann', 1000);
      await store.removeBoard('b', 1000);
      await apply(store, [set('b', 'ann', 3)]);
      expect(await readRows(store, 'b')).toEqual([[1, 'ann', 3, 'Ann']]);
    });
  });
}

async function configOf(store: ScoreStore, board: string) {
  return (await store.listBoards({ limit: 1000 })).find(({ id }) => id === board)?.config;
}
