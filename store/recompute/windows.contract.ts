import { describe, expect, test } from 'vitest';
import type { WindowKind } from '../../protocol/windows.ts';
import type { ScoreStore } from '../score-store.ts';
import {
  apply,
  type CreateStore,
  count,
  delta,
  login,
  openStores,
  part,
  readRecord,
  readScores,
  result,
  set,
} from '../support.contract.ts';
import type { Refusal } from './log-replay.ts';
import { type RecomputationWithWindows, recomputeWithWindows } from './recompute-windows.ts';
import { corrupt, depsOf } from './support.contract.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const DAY = 24 * 3_600_000;
const TODAY = 'b@daily.2026-11-21';
const MONTH = 'b@monthly.2026-11';
const KEPT = 60;

const recompute = (store: ScoreStore, board = 'b'): Promise<RecomputationWithWindows | Refusal> =>
  recomputeWithWindows(depsOf(store), { board });

/** What recomputing has to do with results and windows, with the help of any engine. */
export function recomputeWindowsContract(createStore: CreateStore): void {
  describe('recomputing results and windows', () => {
    const open = openStores(createStore);

    test.each(['member', 'first'] as const)(
      'rates the results of the log again, bit for bit, with ties "%s"',
      async (ties) => {
        const { store } = await open({ partitions: 1 });
        await store.configureBoard('b', { ties }, NOON);
        for (let game = 0; game < 40; game++) {
          const players = [`m${game % 7}`, `m${(game * 3 + 1) % 8}`].map((name, i) => `${name}${i}`);
          const [winner = '', loser = ''] = players;
          await apply(
            store,
            [
              result('b', winner, loser, { draw: game % 5 === 0, options: { start: 1 / 3 } }),
              result('b', loser, winner, { handler: 'winner-only' }),
              delta('b', 'm00', 0.1),
              count('g', winner, 'wins'),
              login('111', winner, 'duel'),
            ].slice(0, ties === 'first' ? 5 : 3),
            NOON,
          );
        }
        expect(await recompute(store)).toMatchObject({ corrected: 0, unsettled: 0, windows: [] });
        const right = await readRecord(store, 'b', 'm30');
        await corrupt(store, 'm30', (found) => found && { ...found, score: found.score + 1e-9 });
        expect(await recompute(store)).toMatchObject({
          ...{ corrected: 1, unsettled: 0 },
          differences: [{ member: 'm30', right }],
        });
        expect(await readRecord(store, 'b', 'm30')).toEqual(right);
      },
    );

    test('says that a handler is not there, and changes nothing', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [result('b', 'ann', 'bob')], NOON);
      await corrupt(store, 'ann', (found) => found && { ...found, score: 5 });
      const scoring = { ...depsOf(store).scoring, leaderboard: () => undefined };
      expect(await recomputeWithWindows({ ...depsOf(store), scoring }, { board: 'b' })).toEqual({
        refused: 'conflict',
        message: 'a result at position 1 was rated by the handler "transfer", which this node does not have',
      });
      expect(await readRecord(store, 'b', 'ann')).toEqual({ score: 5 });
    });

    test('finds what is wrong in each window too, and says in which', async () => {
      const { store } = await open({ partitions: 1 });
      await fill(store);
      const clean = { checked: 3, corrected: 0, unsettled: 0 };
      expect(await recompute(store)).toMatchObject({
        ...{ checked: 12, corrected: 0, unsettled: 0, differences: [] },
        windows: [
          { window: 'daily.2026-11-20', ...clean },
          { window: 'daily.2026-11-21', ...clean },
          { window: 'monthly.2026-11', ...clean },
        ],
      });
      const [ofToday, ofMonth] = [
        await readRecord(store, TODAY, 'bob'),
        await readRecord(store, MONTH, 'cid'),
      ];
      await corrupt(store, 'bob', (found) => found && { ...found, score: 1e6 }, TODAY);
      await corrupt(store, 'cid', () => undefined, MONTH);
      await corrupt(store, 'eve', () => ({ score: 1, arrival: 1 }));
      const { differences, ...sums } = (await recompute(store)) as RecomputationWithWindows;
      expect(sums).toMatchObject({ checked: 13, corrected: 3, unsettled: 0 });
      expect(differences).toMatchObject([
        { member: 'eve', found: { score: 1 } },
        { member: 'bob', window: 'daily.2026-11-21', found: { score: 1e6 }, right: ofToday },
        { member: 'cid', window: 'monthly.2026-11', right: ofMonth },
      ]);
      expect(await recompute(store)).toMatchObject({ checked: 12, corrected: 0 });
      await corrupt(store, 'bob', () => undefined, TODAY);
      expect(await recompute(store, MONTH)).toMatchObject({ checked: 3, corrected: 0, windows: [] });
      expect(await recompute(store, TODAY)).toMatchObject({ checked: 3, corrected: 1, windows: [] });
    });

    test('knows which windows there were, whatever the settings were before and after', async () => {
      const { store } = await open({ partitions: 1 });
      const steps: { windows?: WindowKind[]; timezone?: string; top?: number }[] = [
        { windows: [] },
        { windows: ['daily'] },
        { top: 3 },
        { windows: ['daily', 'monthly'], timezone: 'Pacific/Auckland' },
        { windows: ['monthly'] },
        { timezone: 'UTC' },
      ];
      for (const [index, settings] of steps.entries()) {
        await store.configureBoard('b', settings, NOON);
        await apply(store, [delta('b', 'ann', 10 ** index), result('b', 'bob', 'ann')], NOON + index);
        if (index === 3) await store.removeBoard(TODAY, NOON);
        if (index === 4) await store.removeMember(MONTH, 'bob', NOON);
      }
      expect(await store.listWindows('b')).toEqual(['b@daily.2026-11-22', MONTH]);
      expect(await recompute(store)).toMatchObject({ checked: 6, corrected: 0, unsettled: 0 });
      // One that was removed is not invented again.
      expect(await recompute(store, TODAY)).toMatchObject({ refused: 'not_found' });
      expect(await readScores(store, TODAY)).toEqual([]);
    });

    test.each(['member', 'first'] as const)(
      'begins at the creation of a window, or at its checkpoint, where the log has been trimmed, with ties "%s"',
      async (ties) => {
        const { store } = await open({ partitions: 1, logOperations: KEPT });
        await store.configureBoard('b', { ties, order: 'asc', windows: ['daily'] }, NOON);
        for (let i = 0; i < 30; i++) await apply(store, Array(100).fill(delta('other', 'ann', 1)), NOON);
        // The window is younger than the log, but its board is not.
        await apply(store, [set('b', 'zoe', 5), set('b', 'abe', 5), result('b', 'abe', 'cid')], NOON);
        expect((await store.readLog(0, 0, 1)).trimmedTo).toBeGreaterThan(1);
        expect(await recompute(store, TODAY)).toMatchObject({
          checked: 3,
          corrected: 0,
          checkpoint: 'saved',
        });
        await corrupt(store, 'zoe', (found) => found && { ...found, score: 4 }, TODAY);
        expect(await recompute(store, TODAY)).toMatchObject({ checked: 3, corrected: 1 });
        const [from] = await store.readCheckpointPositions([TODAY]);
        await apply(store, [delta('b', 'zoe', 1)], NOON);
        expect(await recompute(store, TODAY)).toMatchObject({ corrected: 0, fromPosition: from });
        expect(await readRecord(store, TODAY, 'zoe')).toMatchObject({ score: 6 });
        expect(await recompute(store)).toMatchObject({ refused: 'conflict' });
      },
    );

    test('goes on with the other windows where one can not be proven', async () => {
      const { store } = await open({ partitions: 1, logOperations: KEPT });
      await store.configureBoard('b', { windows: ['daily'] }, NOON);
      await apply(store, [delta('b', 'ann', 1)], NOON);
      await apply(store, [delta('b', 'ann', 1)], NOON + DAY);
      await recompute(store);
      for (let i = 0; i < 30; i++) {
        await apply(store, Array(100).fill(delta('other', 'ann', 1)), NOON);
        await recompute(store);
      }
      const { position, trimmedTo } = await store.readLog(0, 0, 1);
      expect(trimmedTo).toBeGreaterThan(3);
      await store.saveCheckpoint(TODAY, { position, texts: ['?'] });
      expect(await recompute(store)).toMatchObject({
        ...{ checked: 2, corrected: 0, unsettled: 0 },
        windows: [
          { window: 'daily.2026-11-21', unprovable: expect.stringContaining('checkpoint') },
          { window: 'daily.2026-11-22', checked: 1, corrected: 0, unsettled: 0 },
        ],
      });
    });

    test('counts what was sent twice once', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { windows: ['daily'] }, NOON);
      const parts = [part('p', 5, 1, [delta('b', 'ann', 1), result('b', 'ann', 'bob')])];
      for (let time = 0; time < 3; time++) await store.apply({ partition: 0, acceptedAt: NOON, parts });
      expect(await recompute(store)).toMatchObject({ checked: 4, corrected: 0 });
    });
  });
}

/** Three members on the board, yesterday, today and in the month. */
async function fill(store: ScoreStore): Promise<void> {
  await store.configureBoard('b', { ties: 'first', windows: ['daily', 'monthly'] }, NOON);
  for (const at of [NOON - DAY, NOON]) {
    await apply(
      store,
      [result('b', 'ann', 'bob'), delta('b', 'cid', 0.1), result('b', 'cid', 'bob', { draw: true })],
      at,
    );
    await apply(store, [result('b', 'bob', 'ann', { handler: 'picky' }), delta('b', 'ann', 7)], at);
  }
}
