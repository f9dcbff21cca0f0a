import { describe, expect, test } from 'vitest';
import {
  apply,
  best,
  type CreateStore,
  delta,
  openStores,
  readMembers,
  readRows,
  set,
} from './support.contract.ts';

/** In byte order. JavaScript's own order puts the astral one (a surrogate pair) before U+E000 and U+FFFD. */
const BYTE_ORDER = [
  ' ',
  'A',
  'Z',
  '__proto__',
  'a',
  'a b',
  'ab',
  'z',
  'é',
  '√',
  '\u{e000}',
  '\u{fffd}',
  '\u{10000}',
  '🏏',
  '🏏a',
];

export function rankingContract(createStore: CreateStore): void {
  describe('ranking', () => {
    const open = openStores(createStore);

    test('the highest score is best by default, and the lowest where the board says so', async () => {
      const { store } = await open();
      await store.configureBoard('low', { order: 'asc' }, 1000);
      for (const board of ['high', 'low']) {
        await apply(store, [set(board, 'a', 2), set(board, 'b', -7), set(board, 'c', 10)]);
      }
      expect(await readMembers(store, 'high')).toEqual(['c', 'a', 'b']);
      expect(await readMembers(store, 'low')).toEqual(['b', 'a', 'c']);
    });

    test('equals share the rank, and the next rank counts them all', async () => {
      const { store } = await open();
      await apply(store, [
        set('b', 'a', 9),
        set('b', 'b', 7),
        set('b', 'c', 7),
        set('b', 'd', 7),
        set('b', 'e', 1),
      ]);
      expect(await readRows(store, 'b')).toEqual([
        [1, 'a', 9],
        [2, 'b', 7],
        [2, 'c', 7],
        [2, 'd', 7],
        [5, 'e', 1],
      ]);
      const [standings] = await store.readStandings([{ board: 'b', members: ['d', 'e', 'a'] }]);
      expect(standings?.standings.map((standing) => standing?.rank)).toEqual([2, 5, 1]);
    });

    test.each([{ order: 'desc' }, { order: 'asc' }] as const)(
      'equals stand in byte order of the member (order $order)',
      async ({ order }) => {
        const { store } = await open();
        await store.configureBoard('b', { order }, 1000);
        await apply(
          store,
          [...BYTE_ORDER].reverse().map((member) => set('b', member, 1)),
        );
        expect(await readMembers(store, 'b')).toEqual(BYTE_ORDER);
      },
    );

    test.each([{ order: 'desc' }, { order: 'asc' }] as const)(
      'ties "first": who reached the score first stands above (order $order)',
      async ({ order }) => {
        const { store } = await open();
        await store.configureBoard('b', { order, ties: 'first' }, 1000);
        await apply(store, [set('b', 'z', 5), set('b', 'a', 5)]);
        await apply(store, [set('b', 'm', 4), delta('b', 'm', 1)]);
        await apply(store, [best('b', '🏏', 5)]);
        expect(await readRows(store, 'b')).toEqual([
          [1, 'z', 5],
          [1, 'a', 5],
          [1, 'm', 5],
          [1, '🏏', 5],
        ]);
      },
    );

    test('ties "first": an operation that leaves the score as it was does not move the arrival', async () => {
      const { store } = await open();
      await store.configureBoard('b', { ties: 'first' }, 1000);
      const big = 2 ** 53;
      await apply(store, [set('b', 'z', big), set('b', 'a', big)]);
      await apply(store, [
        delta('b', 'z', 0),
        delta('b', 'z', 1),
        set('b', 'z', big),
        best('b', 'z', big),
        best('b', 'z', 1),
        delta('b', 'z', Number.NaN),
      ]);
      expect(await readMembers(store, 'b')).toEqual(['z', 'a']);
    });

    test('ties "first": a score that moved away and came back within one batch arrived later', async () => {
      const { store } = await open();
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [set('b', 'z', 5), set('b', 'a', 5), set('b', 'm', 5)]);
      await apply(store, [delta('b', 'z', 1), delta('b', 'z', -1)]);
      expect(await readMembers(store, 'b')).toEqual(['a', 'm', 'z']);
      await apply(store, [delta('b', 'm', 1), delta('b', 'a', 1), delta('b', 'a', -1), delta('b', 'm', -1)]);
      expect(await readMembers(store, 'b')).toEqual(['z', 'a', 'm']);
    });

    test('ties "first": within one batch the last change of each member counts', async () => {
      const { store } = await open();
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [
        set('b', 'a', 5),
        set('b', 'z', 5),
        delta('b', 'a', 0),
        set('b', 'm', 1),
        set('b', 'b', 5),
        delta('b', 'm', 4),
        set('b', 'a', 5),
      ]);
      expect(await readMembers(store, 'b')).toEqual(['a', 'z', 'b', 'm']);
    });

    test('ties "first": a member that was removed and came back arrived later', async () => {
      const { store } = await open();
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [set('b', 'a', 5), set('b', 'z', 5)]);
      await store.removeMember('b', 'a', 1000);
      await apply(store, [set('b', 'a', 5)]);
      expect(await readMembers(store, 'b')).toEqual(['z', 'a']);
    });
  });
}
