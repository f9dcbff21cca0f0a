import { describe, expect, test } from 'vitest';
import type { ScoreStore } from './score-store.ts';
import {
  apply,
  applyProfile,
  type CreateStore,
  openStores,
  readPage,
  readRows,
  readScore,
  set,
  tuple,
} from './support.contract.ts';

const HARD_TEXTS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a:b:c',
  ':',
  'with some spaces ',
  '{p1}',
  '%s "quoted" \\ \'text\'',
  '🏏🏆👩‍👩‍👧',
  'nan',
  '0',
  '-1',
  'é'.repeat(64),
  '🏏'.repeat(32),
  'x'.repeat(128),
];

export function readingContract(createStore: CreateStore): void {
  describe('reading', () => {
    const open = openStores(createStore);

    test('a page has the rows from its offset on and the total', async () => {
      const { store } = await open();
      await fill(store, 'b', 7);
      const page = await readPage(store, 'b', 2, 3);
      expect(page.total).toBe(7);
      expect(page.rows.map(tuple)).toEqual([
        [3, 'm2', 98],
        [4, 'm3', 97],
        [5, 'm4', 96],
      ]);
      expect((await readPage(store, 'b', 5, 10)).rows.map(tuple)).toEqual([
        [6, 'm5', 95],
        [7, 'm6', 94],
      ]);
    });

    test('a page that begins among equals gives their shared rank', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'a', 2), set('b', 'b', 1), set('b', 'c', 1), set('b', 'd', 1)]);
      expect((await readPage(store, 'b', 2, 5)).rows.map(tuple)).toEqual([
        [2, 'c', 1],
        [2, 'd', 1],
      ]);
    });

    test('a page past the end, or of no rows, still tells the total', async () => {
      const { store } = await open();
      await fill(store, 'b', 3);
      expect(await readPage(store, 'b', 3, 10)).toEqual({ exists: true, total: 3, rows: [] });
      expect(await readPage(store, 'b', 1_000_000, 10)).toEqual({ exists: true, total: 3, rows: [] });
      expect(await readPage(store, 'b', 0, 0)).toEqual({ exists: true, total: 3, rows: [] });
    });

    test('the limit "top" is the number of rows that the board says', async () => {
      const { store } = await open();
      await store.configureBoard('few', { top: 2 }, 1000);
      await fill(store, 'few', 5);
      await fill(store, 'default', 120);
      expect((await readPage(store, 'few')).rows.map(({ member }) => member)).toEqual(['m0', 'm1']);
      expect((await readPage(store, 'few', 4)).rows.map(({ member }) => member)).toEqual(['m4']);
      expect((await readPage(store, 'default')).rows).toHaveLength(100);
    });

    test('a board that does not exist reads as such', async () => {
      const { store } = await open();
      expect(await readPage(store, 'none')).toEqual({ exists: false, total: 0, rows: [] });
      expect(await store.readStandings([{ board: 'none', members: ['a', 'b'] }])).toEqual([
        { total: 0, standings: [undefined, undefined] },
      ]);
      expect(await store.readNeighbourhood('none', 'a', 5)).toBeUndefined();
    });

    test('many pages and standings of boards of many partitions are read at once, in the order asked', async () => {
      const { store } = await open();
      const boards = Array.from({ length: 40 }, (_, index) => `board-${index}`);
      for (const [index, board] of boards.entries()) {
        await apply(store, [set(board, `only-${index}`, index)]);
      }
      const asked = [...boards.slice(7), 'none', ...boards.slice(0, 10)];
      const pages = await store.readPages(asked.map((board) => ({ board, offset: 0, limit: 'top' })));
      expect(pages.map(({ rows }) => rows[0]?.member)).toEqual(
        asked.map((board) => (board === 'none' ? undefined : board.replace('board', 'only'))),
      );
      const standings = await store.readStandings(asked.map((board) => ({ board, members: ['only-8'] })));
      expect(standings.map((each) => each.standings[0]?.score)).toEqual(
        asked.map((board) => (board === 'board-8' ? 8 : undefined)),
      );
      expect(await store.readPages([])).toEqual([]);
      expect(await store.readStandings([])).toEqual([]);
    });

    test('standings come in the order of the members asked, with undefined for strangers', async () => {
      const { store } = await open();
      await fill(store, 'b', 3);
      expect(await store.readStandings([{ board: 'b', members: ['m2', 'stranger', 'm0', 'm2'] }])).toEqual([
        {
          total: 3,
          standings: [{ rank: 3, score: 98 }, undefined, { rank: 1, score: 100 }, { rank: 3, score: 98 }],
        },
      ]);
      expect(await store.readStandings([{ board: 'b', members: [] }])).toEqual([{ total: 3, standings: [] }]);
    });

    test.each([
      { member: 'm5', around: 2, first: 3, last: 7 },
      { member: 'm0', around: 2, first: 0, last: 4 },
      { member: 'm1', around: 2, first: 0, last: 4 },
      { member: 'm9', around: 2, first: 5, last: 9 },
      { member: 'm8', around: 2, first: 5, last: 9 },
      { member: 'm4', around: 0, first: 4, last: 4 },
      { member: 'm0', around: 4, first: 0, last: 8 },
      { member: 'm3', around: 5, first: 0, last: 9 },
      { member: 'm9', around: 50, first: 0, last: 9 },
    ])('the $around around $member of ten are $first to $last', async ({ member, around, first, last }) => {
      const { store } = await open();
      await fill(store, 'b', 10);
      const neighbourhood = await store.readNeighbourhood('b', member, around);
      const index = Number(member.slice(1));
      expect(neighbourhood?.total).toBe(10);
      expect(neighbourhood?.member).toEqual({ rank: index + 1, member, score: 100 - index });
      expect(neighbourhood?.around.map(tuple)).toEqual(
        Array.from({ length: last - first + 1 }, (_, at) => [
          first + at + 1,
          `m${first + at}`,
          100 - first - at,
        ]),
      );
    });

    test('a neighbourhood among equals gives their shared ranks', async () => {
      const { store } = await open();
      await apply(
        store,
        ['a', 'b', 'c', 'd', 'e'].map((member) => set('b', member, member === 'a' ? 2 : 1)),
      );
      const neighbourhood = await store.readNeighbourhood('b', 'd', 1);
      expect(neighbourhood?.member).toEqual({ rank: 2, member: 'd', score: 1 });
      expect(neighbourhood?.around.map(tuple)).toEqual([
        [2, 'c', 1],
        [2, 'd', 1],
        [2, 'e', 1],
      ]);
      expect(await store.readNeighbourhood('b', 'stranger', 1)).toBeUndefined();
    });

    test.each(HARD_TEXTS)('the text %j is an ordinary member and an ordinary name', async (text) => {
      const { store } = await open({ partitions: 2 });
      await applyProfile(store, text, text);
      await apply(store, [set('b', text, 3), set('b', 'other', 1)]);
      expect(await readRows(store, 'b')).toEqual([
        [1, text, 3, text],
        [2, 'other', 1],
      ]);
      expect(await readScore(store, 'b', text)).toBe(3);
      expect((await store.readNeighbourhood('b', text, 1))?.member).toEqual({
        rank: 1,
        member: text,
        score: 3,
        name: text,
      });
      expect(await store.removeMember('b', text, 1000)).toBe(true);
      expect(await readRows(store, 'b')).toEqual([[1, 'other', 1]]);
    });

    test.each(['__proto__', 'constructor', 'a.b-c_d', '-', '.', 'x'.repeat(64)])(
      'the id %j is an ordinary board',
      async (board) => {
        const { store } = await open();
        expect((await readPage(store, board)).exists).toBe(false);
        await apply(store, [set(board, 'ann', 1)]);
        expect(await readRows(store, board)).toEqual([[1, 'ann', 1]]);
        expect((await store.listBoards({ limit: 10 })).map(({ id }) => id)).toEqual([board]);
        expect(await store.removeBoard(board, 1000)).toBe(true);
      },
    );
  });
}

/** Members m0, m1, ... with 100, 99, ... points. */
async function fill(store: ScoreStore, board: string, members: number): Promise<void> {
  await apply(
    store,
    Array.from({ length: members }, (_, index) => set(board, `m${index}`, 100 - index)),
  );
}
