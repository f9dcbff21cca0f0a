import { describe, expect, test } from 'vitest';
import type { WindowKind } from '../protocol/windows.ts';
import { latestEndOf } from '../scoring/windows.ts';
import type { ScoreStore, SweepResult } from './score-store.ts';
import {
  apply,
  type CreateStore,
  delta,
  login,
  openStores,
  positionOf,
  readEntries,
  readMembers,
  readModes,
  readPage,
  readRecord,
  readRows,
  readScores,
  set,
  takeNames,
} from './support.contract.ts';

/** A Saturday. */
const NOON = Date.UTC(2026, 10, 21, 12);
const DAY = 24 * 3_600_000;
const TODAY = 'b@daily.2026-11-21';
const YESTERDAY = 'b@daily.2026-11-20';
const THIS_WEEK = 'b@weekly.2026-W47';
const DEFAULTS = { order: 'desc', ties: 'member', top: 100 } as const;

/** How windows are configured, kept and removed. */
export function windowsLifetimeContract(createStore: CreateStore): void {
  describe('windows as a setting', () => {
    const open = openStores(createStore);

    test('are kept in one order, and left out where they say nothing', async () => {
      const { store } = await open();
      const configure = async (settings: { windows?: WindowKind[]; timezone?: string; top?: number }) => {
        const verdict = await store.configureBoard('b', settings, NOON);
        if (!verdict.ok) throw new Error(verdict.message);
        expect(await store.readConfigs(['none', 'b'])).toEqual([undefined, verdict.config]);
        expect((await store.listBoards({ limit: 5 })).map(({ config }) => config)).toEqual([verdict.config]);
        return verdict.config;
      };
      expect(await configure({})).toEqual(DEFAULTS);
      expect(await configure({ windows: [], timezone: 'UTC' })).toEqual(DEFAULTS);
      const three = ['daily', 'weekly', 'monthly'];
      expect(await configure({ windows: ['monthly', 'daily', 'weekly'] })).toEqual({
        ...DEFAULTS,
        windows: three,
      });
      expect(await configure({ timezone: 'America/Argentina/Buenos_Aires' })).toEqual({
        ...{ ...DEFAULTS, windows: three },
        timezone: 'America/Argentina/Buenos_Aires',
      });
      expect(await configure({ top: 7, windows: ['weekly'] })).toEqual({
        ...{ ...DEFAULTS, windows: ['weekly'], top: 7 },
        timezone: 'America/Argentina/Buenos_Aires',
      });
      expect(await configure({ timezone: 'UTC' })).toEqual({ ...DEFAULTS, windows: ['weekly'], top: 7 });
      expect(await configure({ timezone: 'Etc/GMT+5', windows: [] })).toEqual({
        ...{ ...DEFAULTS, top: 7 },
        timezone: 'Etc/GMT+5',
      });
      expect(await store.readConfigs([])).toEqual([]);
    });

    test('are a step in the log and mark the board where they change, and only then', async () => {
      const { store } = await open({ partitions: 1 });
      const moved: number[] = [];
      const marked: number[] = [];
      let before = await positionOf(store);
      const steps: { windows?: WindowKind[]; timezone?: string }[] = [
        { windows: ['daily'] },
        { windows: ['daily'], timezone: 'UTC' },
        { timezone: 'Europe/Paris' },
        { timezone: 'Europe/Paris' },
        {},
        { windows: ['weekly', 'daily'] },
        { windows: ['daily', 'weekly'] },
        { windows: [], timezone: 'UTC' },
        { windows: [] },
      ];
      for (const settings of steps) {
        await store.configureBoard('b', settings, NOON);
        const position = await positionOf(store);
        moved.push(position - before);
        marked.push(Object.keys(await takeNames(store)).length);
        before = position;
      }
      expect(moved).toEqual([1, 0, 1, 0, 0, 1, 0, 1, 0]);
      expect(marked).toEqual(moved);
    });

    test('do not change what was scored before', async () => {
      const { store } = await open();
      await apply(store, [delta('b', 'ann', 1)], NOON);
      await store.configureBoard('b', { windows: ['daily'] }, NOON);
      expect((await readPage(store, TODAY)).exists).toBe(false);
      await apply(store, [delta('b', 'ann', 10)], NOON);
      await store.configureBoard('b', { windows: ['weekly'] }, NOON);
      await apply(store, [delta('b', 'ann', 100)], NOON);
      expect(await readScores(store, TODAY)).toEqual([['ann', 10]]);
      expect(await readScores(store, THIS_WEEK)).toEqual([['ann', 100]]);
      await store.configureBoard('b', { windows: ['daily'] }, NOON);
      await apply(store, [delta('b', 'ann', 1000)], NOON);
      expect(await readScores(store, TODAY)).toEqual([['ann', 1010]]);
      expect(await readScores(store, THIS_WEEK)).toEqual([['ann', 100]]);
      expect(await readScores(store, 'b')).toEqual([['ann', 1111]]);
    });

    test('with members make a change of order and ties a conflict, without them not', async () => {
      const { store } = await open();
      await store.configureBoard('b', { windows: ['daily', 'weekly'] }, NOON);
      await store.configureBoard('bb', { windows: ['daily'] }, NOON);
      expect(await store.configureBoard('b', { order: 'asc' }, NOON)).toMatchObject({ ok: true });
      await apply(store, [set('b', 'zoe', 1), set('b', 'abe', 1)], NOON);
      await store.configureBoard('b', { windows: [] }, NOON);
      for (const settings of [{ order: 'desc', top: 5 }, { ties: 'first' }] as const) {
        const verdict = await store.configureBoard('b', settings, NOON);
        expect(verdict).toMatchObject({ ok: false, code: 'conflict' });
      }
      expect(await store.readConfigs(['b'])).toEqual([{ ...DEFAULTS, order: 'asc' }]);
      expect(await store.configureBoard('b', { order: 'asc', top: 5 }, NOON)).toMatchObject({ ok: true });
      expect(await store.configureBoard('bb', { order: 'asc' }, NOON)).toMatchObject({ ok: true });
      await store.removeMember(TODAY, 'zoe', NOON);
      await store.removeMember(TODAY, 'abe', NOON);
      expect(await store.configureBoard('b', { ties: 'first' }, NOON)).toMatchObject({ ok: false });
      await store.removeBoard(THIS_WEEK, NOON);
      await store.configureBoard('b', { windows: ['daily'] }, NOON);
      expect(await store.configureBoard('b', { ties: 'first', order: 'desc' }, NOON)).toMatchObject({
        ok: true,
      });
      await apply(store, [set('b', 'zoe', 5), set('b', 'abe', 5)], NOON);
      expect(await readMembers(store, TODAY)).toEqual(['zoe', 'abe']);
      expect(await readRows(store, TODAY)).toEqual([
        [1, 'zoe', 5],
        [1, 'abe', 5],
      ]);
    });
  });

  describe('windows in their time', () => {
    const open = openStores(createStore);

    test('are not listed as boards', async () => {
      const { store } = await open();
      await fill(store);
      expect((await store.listBoards({ limit: 10 })).map(({ id, total }) => [id, total])).toEqual([['b', 2]]);
      expect(await store.listBoards({ after: 'b', limit: 10 })).toEqual([]);
    });

    test('are listed by their board, those that it has no more of too', async () => {
      const { store } = await open();
      await fill(store);
      await store.configureBoard('b', { windows: [] }, NOON);
      expect(await store.listWindows('b')).toEqual([YESTERDAY, TODAY, THIS_WEEK]);
      await store.removeBoard(TODAY, NOON);
      expect(await store.listWindows('b')).toEqual([YESTERDAY, THIS_WEEK]);
      for (const board of [YESTERDAY, 'none', 'bb']) expect(await store.listWindows(board)).toEqual([]);
    });

    test('go with their board, one step each before it', async () => {
      const { store } = await open({ partitions: 1 });
      await fill(store);
      await apply(store, [delta('bb', 'ann', 1)], NOON);
      await store.configureBoard('bb', { windows: ['daily'] }, NOON);
      await apply(store, [delta('bb', 'ann', 1)], NOON);
      // Those that are not listed any more go too.
      await store.configureBoard('b', { windows: [] }, NOON);
      await takeNames(store);
      const before = await positionOf(store);
      expect(await store.removeBoard('b', 2000)).toBe(true);
      const removed = [YESTERDAY, TODAY, THIS_WEEK, 'b'];
      expect(await readEntries(store, 0, before)).toEqual(
        removed.map((board, index) => ({
          ...{ kind: 'remove-board', from: before + index, to: before + index + 1, at: 2000 },
          board,
        })),
      );
      expect(await takeNames(store)).toEqual(
        Object.fromEntries(removed.map((board) => [`board:${board}`, 2000])),
      );
      for (const board of removed) expect((await readPage(store, board)).exists).toBe(false);
      expect(await readScores(store, 'bb@daily.2026-11-21')).toEqual([['ann', 1]]);
      expect(await store.removeBoard('b', 2000)).toBe(false);
      expect(await store.sweep(0, NOON + 1000 * DAY, 10)).toEqual({ sessions: 0, windows: 1, more: false });
    });

    test('are removed alone by their names, and begin anew with the next score', async () => {
      const { store } = await open({ partitions: 1 });
      await fill(store);
      await takeNames(store);
      const before = await positionOf(store);
      expect(await store.removeBoard(TODAY, 2000)).toBe(true);
      expect(await store.removeBoard(TODAY, 2000)).toBe(false);
      expect(await store.removeBoard('b@daily.2020-01-01', 2000)).toBe(false);
      expect(await readEntries(store, 0, before)).toEqual([
        { kind: 'remove-board', from: before, to: before + 1, at: 2000, board: TODAY },
      ]);
      expect(await takeNames(store)).toEqual({ [`board:${TODAY}`]: 2000 });
      expect(await readScores(store, YESTERDAY)).toEqual([['ann', 1]]);
      await apply(store, [delta('b', 'bob', 1)], NOON);
      expect(await readScores(store, TODAY)).toEqual([['bob', 1]]);
    });

    test('lose a member with their board, one step each before it', async () => {
      const { store } = await open({ partitions: 1 });
      await fill(store);
      await takeNames(store);
      const before = await positionOf(store);
      expect(await store.removeMember('b', 'ann', 2000)).toBe(true);
      const from = [YESTERDAY, TODAY, THIS_WEEK, 'b'];
      expect(await readEntries(store, 0, before)).toEqual(
        from.map((board, index) => ({
          ...{ kind: 'remove-member', from: before + index, to: before + index + 1, at: 2000 },
          ...{ board, member: 'ann' },
        })),
      );
      expect(await takeNames(store)).toEqual(
        Object.fromEntries(from.map((board) => [`board:${board}`, 2000])),
      );
      expect(await readScores(store, 'b')).toEqual([['bob', 10]]);
      expect(await readPage(store, YESTERDAY)).toEqual({ exists: true, total: 0, rows: [] });
      expect(await readScores(store, TODAY)).toEqual([['bob', 10]]);
      expect(await store.removeMember('b', 'ann', 2000)).toBe(false);
      expect(await store.removeMember(TODAY, 'bob', 3000)).toBe(true);
      expect(await store.removeMember(TODAY, 'bob', 3000)).toBe(false);
      expect(await store.removeMember('b@daily.2020-01-01', 'bob', 3000)).toBe(false);
      expect(await readScores(store, 'b')).toEqual([['bob', 10]]);
      expect(await readScores(store, THIS_WEEK)).toEqual([['bob', 10]]);
      expect(await store.removeMember('b', 'bob', 3000)).toBe(true);
      expect((await readPage(store, THIS_WEEK)).total).toBe(0);
    });

    test('are swept when they have been over for the retention, exactly then', async () => {
      const { store } = await open({ partitions: 1, windowRetentionMs: 5000 });
      await fill(store);
      await takeNames(store);
      const before = await positionOf(store);
      const endOf = (kind: WindowKind, at: number): number => latestEndOf(kind, at) + 5000;
      expect(await store.sweep(0, endOf('daily', NOON - DAY) - 1, 10)).toEqual({
        ...{ sessions: 0, windows: 0, more: false },
      });
      expect(await positionOf(store)).toBe(before);
      const due = [
        { board: YESTERDAY, at: endOf('daily', NOON - DAY) },
        { board: TODAY, at: endOf('daily', NOON) },
        { board: THIS_WEEK, at: endOf('weekly', NOON - DAY) },
      ];
      for (const [index, { board, at }] of due.entries()) {
        expect((await store.sweep(0, at - 1, 10)).windows).toBe(0);
        expect((await readPage(store, board)).exists).toBe(true);
        expect(await store.sweep(0, at, 10)).toEqual({ sessions: 0, windows: 1, more: false });
        expect((await readPage(store, board)).exists).toBe(false);
        expect(await takeNames(store)).toEqual({ [`board:${board}`]: at });
        expect(await readEntries(store, 0, before + index)).toEqual([
          { kind: 'remove-board', from: before + index, to: before + index + 1, at, board },
        ]);
      }
      expect(await readScores(store, 'b')).toEqual([
        ['ann', 11],
        ['bob', 10],
      ]);
    });

    test('that are scored again after they were swept are kept anew', async () => {
      const { store } = await open({ partitions: 1, windowRetentionMs: 5000 });
      await fill(store);
      const late = latestEndOf('weekly', NOON) + 5000;
      expect(await store.sweep(0, late, 10)).toMatchObject({ windows: 3 });
      await apply(store, [delta('b', 'ann', 7)], NOON + 1);
      expect(await readScores(store, TODAY)).toEqual([['ann', 7]]);
      expect(await store.sweep(0, latestEndOf('daily', NOON) + 5000, 10)).toMatchObject({ windows: 0 });
      expect(await store.sweep(0, late + 1, 10)).toMatchObject({ windows: 2 });
    });

    test('are swept after sessions, the oldest first, no more at once than asked', async () => {
      const { store } = await open({ partitions: 1, windowRetentionMs: 5000, sessionTimeoutMs: 100 });
      await store.configureBoard('a', { windows: ['daily'] }, NOON);
      await store.configureBoard('b', { windows: ['daily'] }, NOON);
      for (const day of [2, 0, 1]) {
        await apply(store, [delta('b', 'ann', 1), delta('a', 'ann', 1)], NOON + day * DAY);
      }
      await apply(store, [login('111', 'ann', 'duel'), login('111', 'bob', 'duel')], NOON);
      const before = await positionOf(store);
      const sweeps: SweepResult[] = [];
      while (sweeps.at(-1)?.more ?? true) sweeps.push(await store.sweep(0, NOON + 90 * DAY, 3));
      expect(sweeps).toEqual([
        { sessions: 2, windows: 1, more: true },
        { sessions: 0, windows: 3, more: true },
        { sessions: 0, windows: 2, more: false },
      ]);
      expect(await readModes(store, '111')).toEqual([]);
      const steps = (await readEntries(store, 0, before)).map((entry) =>
        'board' in entry ? entry.board : entry.kind,
      );
      expect(steps).toEqual([
        'expire-sessions',
        'a@daily.2026-11-21',
        'b@daily.2026-11-21',
        'a@daily.2026-11-22',
        'b@daily.2026-11-22',
        'a@daily.2026-11-23',
        'b@daily.2026-11-23',
      ]);
    });

    test('can be repaired, and have checkpoints of their own', async () => {
      const { store } = await open({ partitions: 1 });
      expect(await store.loadCheckpoint(TODAY)).toBeUndefined();
      await store.saveCheckpoint(TODAY, { position: 1, texts: ['x'] });
      await store.configureBoard('b', { windows: ['daily'], ties: 'first' }, NOON);
      await apply(store, [set('b', 'ann', 1)], NOON - DAY);
      const before = await positionOf(store);
      await apply(store, [set('b', 'ann', 2)], NOON);
      expect(await store.loadCheckpoint(TODAY)).toEqual({ position: before, texts: [] });
      await store.saveCheckpoint(TODAY, { position: before, texts: ['today'] });
      await store.saveCheckpoint('b', { position: before, texts: ['b'] });
      expect(await store.loadCheckpoint(TODAY)).toEqual({ position: before, texts: ['today'] });
      await store.removeBoard(TODAY, NOON);
      expect(await store.loadCheckpoint(TODAY)).toBeUndefined();
      expect(await store.loadCheckpoint('b')).toEqual({ position: before, texts: ['b'] });

      await apply(store, [set('b', 'ann', 3)], NOON);
      await takeNames(store);
      const start = await positionOf(store);
      const found = await readRecord(store, TODAY, 'ann');
      const right = { score: 9, arrival: 1 };
      expect(await store.repairBoard(TODAY, [{ member: 'ann', found, right }], 2000)).toEqual(['ann']);
      expect(await store.repairBoard(TODAY, [{ member: 'ann', found, right }], 2000)).toEqual([]);
      expect(await readRecord(store, TODAY, 'ann')).toEqual(right);
      expect(await readRecord(store, 'b', 'ann')).toMatchObject({ score: 3 });
      expect(await takeNames(store)).toEqual({ [`board:${TODAY}`]: 2000 });
      expect(await readEntries(store, 0, start)).toEqual([
        { kind: 'repair', from: start, to: start + 1, at: 2000, board: TODAY, members: ['ann'] },
      ]);
      const absent = { member: 'bob', found: undefined, right: { score: 1, arrival: 1 } };
      expect(await store.repairBoard('b@daily.2020-01-01', [absent], 2000)).toEqual([]);
      expect((await readPage(store, 'b@daily.2020-01-01')).exists).toBe(false);
    });
  });
}

/** The board `b` with windows of yesterday and today, and of their week. */
async function fill(store: ScoreStore): Promise<void> {
  await store.configureBoard('b', { windows: ['daily', 'weekly'] }, NOON);
  await apply(store, [delta('b', 'ann', 1)], NOON - DAY);
  await apply(store, [delta('b', 'ann', 10), delta('b', 'bob', 10)], NOON);
}
