import { describe, expect, test } from 'vitest';
import type { WindowKind } from '../protocol/windows.ts';
import {
  apply,
  applyParts,
  applyProfile,
  best,
  type CreateStore,
  delta,
  openStores,
  part,
  profile,
  readEntries,
  readMembers,
  readPage,
  readRecord,
  readRows,
  readScores,
  reject,
  result,
  set,
  settled,
  takeNames,
  tuple,
} from './support.contract.ts';

/** A Saturday. */
const NOON = Date.UTC(2026, 10, 21, 12);
const DAY = 24 * 3_600_000;
const ALL: WindowKind[] = ['daily', 'weekly', 'monthly'];
const TODAY = 'b@daily.2026-11-21';
const THIS_WEEK = 'b@weekly.2026-W47';
const THIS_MONTH = 'b@monthly.2026-11';

/** What the scores of a board with windows do; windows-lifetime.contract.ts says how windows are kept. */
export function windowsContract(createStore: CreateStore): void {
  describe('windows', () => {
    const open = openStores(createStore);

    test('are scored beside their board, each with the operations of its time', async () => {
      const { store } = await open();
      await store.configureBoard('b', { windows: ALL }, NOON);
      await apply(store, [set('b', 'ann', 5), delta('b', 'bob', 3)], NOON);
      await apply(store, [delta('b', 'ann', 2)], NOON + DAY);
      await apply(store, [delta('b', 'bob', 1), delta('b', 'ann', 1)], NOON + 2 * DAY);
      await apply(store, [delta('b', 'cid', 9)], Date.UTC(2026, 11, 1));
      const scores = (window: string): Promise<unknown> => readScores(store, `b@${window}`);
      expect(await scores('daily.2026-11-21')).toEqual([
        ['ann', 5],
        ['bob', 3],
      ]);
      expect(await scores('daily.2026-11-22')).toEqual([['ann', 2]]);
      expect(await scores('weekly.2026-W47')).toEqual([
        ['ann', 7],
        ['bob', 3],
      ]);
      expect(await scores('weekly.2026-W48')).toEqual([
        ['ann', 1],
        ['bob', 1],
      ]);
      expect(await scores('monthly.2026-11')).toEqual([
        ['ann', 8],
        ['bob', 4],
      ]);
      expect(await scores('monthly.2026-12')).toEqual([['cid', 9]]);
      expect(await readScores(store, 'b')).toEqual([
        ['cid', 9],
        ['ann', 8],
        ['bob', 4],
      ]);
    });

    test('begin and end by the time at which the batch was accepted, in the time zone of the board', async () => {
      const { store } = await open();
      await store.configureBoard('b', { windows: ['daily'] }, 1);
      await store.configureBoard('p', { windows: ['daily'], timezone: 'Europe/Paris' }, 1);
      await store.configureBoard('k', { windows: ['daily', 'monthly'], timezone: 'Asia/Kathmandu' }, 1);
      const midnight = Date.UTC(2026, 10, 1);
      for (const [step, at] of [midnight - 1, midnight, midnight - 3_600_000, midnight + DAY].entries()) {
        for (const board of ['b', 'p', 'k']) await apply(store, [delta(board, 'ann', 10 ** step)], at);
      }
      const sum = async (window: string): Promise<unknown> => (await readScores(store, window))[0]?.[1];
      expect(await sum('b@daily.2026-10-31')).toBe(101);
      expect(await sum('b@daily.2026-11-01')).toBe(10);
      expect(await sum('b@daily.2026-11-02')).toBe(1000);
      expect(await sum('p@daily.2026-10-31')).toBeUndefined();
      expect(await sum('p@daily.2026-11-01')).toBe(111);
      expect(await sum('k@daily.2026-11-01')).toBe(111);
      expect(await sum('k@monthly.2026-10')).toBeUndefined();
      expect(await sum('k@monthly.2026-11')).toBe(1111);
    });

    test('are read like boards, with the settings of theirs', async () => {
      const { store } = await open();
      await store.configureBoard('b', { windows: ['weekly'], order: 'asc', ties: 'first', top: 2 }, NOON);
      expect(await readPage(store, THIS_WEEK)).toEqual({ exists: false, total: 0, rows: [] });
      expect(await store.readStandings([{ board: THIS_WEEK, members: ['ann'] }])).toEqual([
        { total: 0, standings: [undefined] },
      ]);
      expect(await store.readNeighbourhood(THIS_WEEK, 'ann', 1)).toBeUndefined();
      expect(await store.readRecords(THIS_WEEK, ['ann'])).toMatchObject({ total: 0, records: [undefined] });
      expect(await store.scanMembers(THIS_WEEK)).toEqual({ members: [], strays: [] });

      await apply(store, [set('b', 'zoe', 5), set('b', 'abe', 5), set('b', 'kim', 1)], NOON);
      await applyProfile(store, 'abe', 'Abe');
      expect((await readPage(store, THIS_WEEK)).rows.map(tuple)).toEqual([
        [1, 'kim', 1],
        [2, 'zoe', 5],
      ]);
      expect(await readRows(store, THIS_WEEK)).toEqual([
        [1, 'kim', 1],
        [2, 'zoe', 5],
        [2, 'abe', 5, 'Abe'],
      ]);
      expect(await store.readStandings([{ board: THIS_WEEK, members: ['abe', 'none'] }])).toEqual([
        { total: 3, standings: [{ rank: 2, score: 5 }, undefined] },
      ]);
      expect((await store.readNeighbourhood(THIS_WEEK, 'zoe', 1))?.around.map(tuple)).toEqual([
        [1, 'kim', 1],
        [2, 'zoe', 5],
        [2, 'abe', 5, 'Abe'],
      ]);
      expect(await readRecord(store, THIS_WEEK, 'abe')).toEqual(await readRecord(store, 'b', 'abe'));
      expect([...(await store.scanMembers(THIS_WEEK)).members].sort()).toEqual(['abe', 'kim', 'zoe']);
      await store.configureBoard('b', { top: 1 }, NOON);
      expect((await readPage(store, THIS_WEEK)).rows.map(tuple)).toEqual([[1, 'kim', 1]]);
      expect((await readPage(store, 'b@weekly.2026-W46')).exists).toBe(false);
    });

    test('have arrivals of their own, at the positions of their board', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { windows: ['daily'], ties: 'first' }, NOON);
      await apply(store, [set('b', 'kim', 5), set('b', 'zoe', 5), set('b', 'abe', 5)], NOON - DAY);
      await apply(store, [set('b', 'abe', 5), delta('b', 'zoe', 5), set('b', 'kim', 5)], NOON);
      expect(await readMembers(store, TODAY)).toEqual(['abe', 'zoe', 'kim']);
      expect(await readRecord(store, TODAY, 'abe')).toEqual({ score: 5, arrival: 5 });
      expect(await readRecord(store, 'b', 'abe')).toEqual({ score: 5, arrival: 4 });
      expect(await readMembers(store, 'b')).toEqual(['zoe', 'kim', 'abe']);
    });

    test('keep the better of their own scores', async () => {
      const { store } = await open();
      await store.configureBoard('b', { windows: ['daily'] }, NOON);
      await apply(store, [best('b', 'ann', 10)], NOON - DAY);
      await apply(store, [best('b', 'ann', 7), best('b', 'ann', 6)], NOON);
      expect(await readScores(store, TODAY)).toEqual([['ann', 7]]);
      expect(await readScores(store, 'b')).toEqual([['ann', 10]]);
    });

    test('are rated from their own scores', async () => {
      const { store } = await open();
      await store.configureBoard('b', { windows: ['daily', 'monthly'] }, NOON);
      await apply(store, [result('b', 'ann', 'bob'), result('b', 'ann', 'bob')], NOON - DAY);
      await apply(store, [delta('b', 'bob', 1), result('b', 'bob', 'ann')], NOON);
      expect(await readScores(store, TODAY)).toEqual([
        ['ann', 90],
        ['bob', 11],
      ]);
      const both = [
        ['ann', 119 - 119 * 0.1],
        ['bob', 82 + 119 * 0.1],
      ];
      expect(await readScores(store, 'b')).toEqual(both);
      expect(await readScores(store, THIS_MONTH)).toEqual(both);
    });

    test('keep their scores where a new one would not be finite, or where the handler refuses', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { windows: ['daily', 'monthly'] }, NOON);
      await apply(store, [set('b', 'ann', 1.7e308)], NOON);
      await store.removeMember('b', 'ann', NOON);
      await apply(store, [set('b', 'ann', 1.7e308)], NOON);
      const found = await readRecord(store, 'b', 'ann');
      await store.repairBoard('b', [{ member: 'ann', found, right: { score: 1 } }], NOON);
      expect((await apply(store, [delta('b', 'ann', 1.7e308), delta('b', 'bob', 4)], NOON)).refused).toEqual(
        [],
      );
      expect(await readScores(store, TODAY)).toEqual([
        ['ann', 1.7e308],
        ['bob', 4],
      ]);
      const picky = result('b', 'bob', 'ann', { handler: 'picky' });
      await apply(store, [delta('b', 'bob', 1), picky], NOON - DAY);
      expect(await readScores(store, 'b@daily.2026-11-20')).toEqual([['bob', 61]]);
      await apply(store, [picky], NOON);
      // On the board itself 125, in the month too, today 64: then only today goes on.
      await store.repairBoard(
        'b',
        [{ member: 'bob', found: await readRecord(store, 'b', 'bob'), right: { score: 90 } }],
        NOON,
      );
      expect((await apply(store, [picky, picky], NOON)).refused).toMatchObject([{ index: 1 }]);
      expect(await readRecord(store, 'b', 'bob')).toEqual({ score: 150 });
      expect(await readRecord(store, TODAY, 'bob')).toEqual({ score: 124 });
      expect(await readRecord(store, THIS_MONTH, 'bob')).toEqual({ score: 125 });
    });

    test('are not touched by what their board refuses, or has settled before', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { windows: ['daily'] }, NOON);
      const sent = part('p', 5, 1, [
        delta('b', 'ann', Number.NaN),
        reject('forbidden'),
        result('b', 'ann', 'bob', { handler: 'unheard-of' }),
        result('b', 'ann', 'bob', { handler: 'nobody' }),
      ]);
      await applyParts(store, 0, [sent], NOON);
      expect((await readPage(store, TODAY)).exists).toBe(false);
      await apply(store, [set('b', 'ann', 1e308)], NOON - DAY);
      const { refused } = await apply(store, [delta('b', 'ann', 1e308)], NOON);
      expect(refused).toEqual([{ index: 0, code: 'malformed' }]);
      expect((await readPage(store, TODAY)).exists).toBe(false);
      const next = part('p', 5, 5, [delta('b', 'bob', 1)]);
      for (let time = 0; time < 3; time++) {
        expect((await applyParts(store, 0, [next], NOON)).parts).toEqual([settled(time === 0 ? 0 : 1)]);
      }
      expect(await readScores(store, TODAY)).toEqual([['bob', 1]]);
      await applyParts(store, 0, [part('p', 4, 6, [delta('b', 'bob', 1)])], NOON);
      expect(await readScores(store, TODAY)).toEqual([['bob', 1]]);
    });

    test('are marked by their own names, where they changed', async () => {
      const { store } = await open();
      await store.configureBoard('b', { windows: ['daily', 'weekly'] }, 1000);
      expect(await takeNames(store)).toEqual({ 'board:b': 1000 });
      await apply(store, [set('b', 'ann', 5)], NOON);
      expect(await takeNames(store)).toEqual({
        'board:b': NOON,
        [`board:${TODAY}`]: NOON,
        [`board:${THIS_WEEK}`]: NOON,
      });
      await apply(store, [set('b', 'ann', 5)], NOON);
      expect(await takeNames(store)).toEqual({});
      await apply(store, [set('b', 'ann', 5)], NOON + DAY);
      expect(await takeNames(store)).toEqual({ 'board:b@daily.2026-11-22': NOON + DAY });
      await apply(store, [best('b', 'ann', 4)], NOON + DAY + 1);
      expect(await takeNames(store)).toEqual({});
      await store.configureBoard('b', { top: 5 }, 2000);
      expect(await takeNames(store)).toEqual({ 'board:b': 2000 });
    });

    test('are named in the log beside the operations of their board', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('__proto__', { windows: ['daily'], timezone: 'Pacific/Auckland' }, NOON);
      await store.configureBoard('b', { windows: ALL }, NOON);
      const operations = [
        best('b', 'ann', 1),
        delta('__proto__', '🏏', 0.1),
        profile('ann', 'Ann'),
        delta('c', 'ann', 1),
        result('b', 'bob', 'ann', { handler: 'nobody' }),
      ];
      await apply(store, operations, NOON);
      // What changes nothing is there too; what is refused is not.
      await apply(store, [best('b', 'ann', 0), delta('__proto__', 'bob', Number.NaN)], NOON);
      await apply(store, [delta('c', 'ann', 1)], NOON);
      await store.configureBoard('b', { windows: [] }, NOON);
      await apply(store, [delta('b', 'ann', 1)], NOON);
      const windows = new Map([
        ['b', ALL.map((_, index) => [TODAY, THIS_WEEK, THIS_MONTH][index]?.slice(2))],
      ]);
      const both = new Map([...windows, ['__proto__', ['daily.2026-11-22']]]);
      const config = { order: 'desc', ties: 'member', top: 100 };
      expect(await readEntries(store)).toEqual([
        {
          ...{ kind: 'configure', from: 0, to: 1, at: NOON, board: '__proto__' },
          config: { ...config, windows: ['daily'], timezone: 'Pacific/Auckland' },
        },
        { kind: 'configure', from: 1, to: 2, at: NOON, board: 'b', config: { ...config, windows: ALL } },
        { kind: 'batch', from: 2, to: 7, at: NOON, operations, windows: both },
        { kind: 'batch', from: 7, to: 8, at: NOON, operations: [best('b', 'ann', 0)], windows },
        { kind: 'batch', from: 8, to: 9, at: NOON, operations: [delta('c', 'ann', 1)] },
        { kind: 'configure', from: 9, to: 10, at: NOON, board: 'b', config },
        { kind: 'batch', from: 10, to: 11, at: NOON, operations: [delta('b', 'ann', 1)] },
      ]);
    });

    test('follow a change of their board at once, in every client', async () => {
      const { store: one, connect } = await open();
      const two = await connect();
      await apply(one, [delta('b', 'ann', 1)], NOON);
      await two.configureBoard('b', { windows: ['daily'] }, NOON);
      await apply(one, [delta('b', 'ann', 10)], NOON);
      await two.configureBoard('b', { windows: ['weekly'] }, NOON);
      await apply(one, [delta('b', 'ann', 100)], NOON);
      await two.configureBoard('b', { windows: ['weekly', 'daily'], timezone: 'Pacific/Auckland' }, NOON);
      await apply(one, [delta('b', 'ann', 1000)], NOON);
      await two.removeBoard('b', NOON);
      await apply(one, [delta('b', 'ann', 1)], NOON);
      expect(await one.listBoards({ limit: 5 })).toMatchObject([{ id: 'b', total: 1 }]);
      expect((await readPage(one, TODAY)).exists).toBe(false);
      await two.configureBoard('b', { windows: ['daily'] }, NOON);
      await apply(one, [result('b', 'ann', 'bob')], NOON);
      expect(await readScores(one, TODAY)).toEqual([
        ['ann', 110],
        ['bob', 90],
      ]);
    });

    test('get every operation, or none, while clients change the settings', async () => {
      const { store, connect } = await open({ partitions: 1 });
      const other = await connect();
      const boards = ['a', 'b', 'c'];
      await Promise.all(
        Array.from({ length: 60 }, async (_, step) => {
          const board = boards[step % 3] ?? 'a';
          if (step % 4 === 3) {
            const windows = ([[], ['daily'], ALL] as WindowKind[][])[Math.floor(step / 4) % 3] ?? [];
            await other.configureBoard(board, { windows }, NOON);
            return;
          }
          const operations = boards.map((each) => delta(each, `m${step % 5}`, 1));
          expect((await apply(step % 2 === 0 ? store : other, operations, NOON)).refused).toEqual([]);
        }),
      );
      // What the log says that was scored is what is there.
      const expected = new Map<string, number>();
      for (const entry of await readEntries(store)) {
        if (entry.kind !== 'batch') continue;
        for (const operation of entry.operations) {
          if (operation.op !== 'delta') continue;
          for (const window of [undefined, ...(entry.windows?.get(operation.board) ?? [])]) {
            const key = window === undefined ? operation.board : `${operation.board}@${window}`;
            expected.set(key, (expected.get(key) ?? 0) + 1);
          }
        }
      }
      expect(expected.get('a')).toBe(45);
      for (const board of boards) {
        for (const window of ['', '@daily.2026-11-21', '@weekly.2026-W47', '@monthly.2026-11']) {
          const scores = await readScores(store, `${board}${window}`);
          const sum = scores.reduce((total, [, score]) => total + score, 0);
          expect(sum).toBe(expected.get(`${board}${window}`) ?? 0);
        }
      }
    });
  });
}
