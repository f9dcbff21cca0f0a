import { describe, expect, test } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { type Logger, silentLogger } from '../../runtime/logger.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import type { ScoreStore } from '../score-store.ts';
import { contractScoring } from '../scoring.contract.ts';
import {
  apply,
  best,
  type CreateStore,
  delta,
  openStores,
  readRecord,
  result,
  set,
} from '../support.contract.ts';
import type { CheckpointStore } from './checkpoint-places.ts';
import { type SweepOptions, sweepPartition } from './checkpoint-sweep.ts';
import { Obstacles } from './obstacles.ts';
import { corrupt, recompute, recomputed } from './support.contract.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const TODAY = 'b@daily.2026-11-21';
const MONTH = 'b@monthly.2026-11';
export const KEPT = 250;

/** Sweeps of one partition, one after another, as the owner makes them, with what they told. */
export function createSweeps(store: CheckpointStore, scoring: Scoring = contractScoring) {
  const errors: { readonly board?: string; readonly message: string }[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (fields, message) => errors.push({ ...fields, message }),
  };
  const obstacles = new Obstacles(logger);
  const sweep = async (options: Partial<SweepOptions> = {}) => {
    const boards = await store.listBoards({ limit: 100 });
    const deps = { store, clock: systemClock, logger, scoring, obstacles };
    return sweepPartition(deps, { partition: 0, boards, lag: 1, ...options });
  };
  return { errors, sweep };
}

/** Pushes out of the log what was there, while sweeps go on. */
export async function turnOver(store: ScoreStore, sweep: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 30; i++) {
    await apply(store, Array(100).fill(delta('other', 'ann', 1)), NOON);
    await sweep();
  }
}

/** As another process has it that happens to come in between. */
function withBefore(
  store: ScoreStore,
  [method, board]: readonly [keyof CheckpointStore, string],
  before: () => Promise<unknown>,
) {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (name === method && args[0] === board) await before();
        return value.apply(target, args);
      };
    },
  });
}

/** What the checkpoints that are taken in the background have to do with windows and results, with the help of any engine. */
export function sweepContract(createStore: CreateStore): void {
  describe('checkpoints that are taken in the background', () => {
    const open = openStores(createStore);

    test.each(['member', 'first'] as const)(
      'leave windows provable whose creation was trimmed, with ties "%s"',
      async (ties) => {
        const { store } = await open({ partitions: 1, logOperations: KEPT });
        const { errors, sweep } = createSweeps(store);
        await store.configureBoard('b', { ties, order: 'asc', windows: ['daily', 'monthly'] }, NOON);
        await apply(store, [set('b', 'zoe', 5), set('b', 'abe', 5), result('b', 'abe', 'cid')], NOON);
        await turnOver(store, sweep);
        await apply(store, [delta('b', 'zoe', 0.5)], NOON);
        const { trimmedTo } = await store.readLog(0, 0, 1);
        expect(trimmedTo).toBeGreaterThan(3);
        const right = await readRecord(store, TODAY, 'zoe');
        expect(right).toMatchObject({ score: 5.5 });
        // One by whoever asks, the other by the next sweep.
        await corrupt(store, 'zoe', (found) => found && { ...found, score: 4 }, TODAY);
        await corrupt(store, 'abe', () => undefined, MONTH);
        expect(await recompute(store, TODAY)).toMatchObject({ checked: 3, corrected: 1 });
        expect(await readRecord(store, TODAY, 'zoe')).toEqual(right);
        expect(errors).toEqual([]);
        await sweep();
        expect(errors).toMatchObject([{ board: MONTH, corrected: 1, unsettled: 0 }]);
        expect(await recomputed(store, MONTH)).toMatchObject({ checked: 3, corrected: 0 });
      },
    );

    test('follow an empty window through a change of its order', async () => {
      const { store } = await open({ partitions: 1, logOperations: KEPT });
      const { errors, sweep } = createSweeps(store);
      await store.configureBoard('b', { windows: ['daily'] }, NOON);
      await apply(store, [best('b', 'ann', 5)], NOON);
      await store.removeMember(TODAY, 'ann', NOON);
      await store.removeMember('b', 'ann', NOON);
      await sweep();
      expect(await store.loadCheckpoint(TODAY)).toHaveProperty('texts.length', 1);
      await store.configureBoard('b', { order: 'asc', ties: 'first' }, NOON);
      await turnOver(store, sweep);
      await apply(store, [best('b', 'ann', 5), best('b', 'bob', 3)], NOON);
      await apply(store, [best('b', 'ann', 3), best('b', 'bob', 7)], NOON);
      await sweep();
      expect(errors).toEqual([]);
      expect((await readRecord(store, TODAY, 'ann'))?.score).toBe(3);
      expect(await recomputed(store, TODAY)).toMatchObject({ checked: 2, corrected: 0 });
      // Also where all of it happens between two checkpoints.
      for (const member of ['ann', 'bob']) {
        for (const board of ['b', TODAY]) await store.removeMember(board, member, NOON);
      }
      await store.configureBoard('b', { order: 'desc' }, NOON);
      await apply(store, [best('b', 'ann', 3), best('b', 'ann', 5)], NOON);
      await sweep();
      expect(errors).toEqual([]);
      expect((await readRecord(store, TODAY, 'ann'))?.score).toBe(5);
    });

    test.each(['loadCheckpoint', 'readRecords', 'scanMembers', 'saveCheckpoint'] as const)(
      'do not mind a window that goes before %s',
      async (method) => {
        const { store } = await open({ partitions: 1 });
        await store.configureBoard('b', { windows: ['daily', 'monthly'] }, NOON);
        await apply(store, [set('b', 'ann', 5)], NOON);
        let isGone = false;
        const removing = withBefore(store, [method, TODAY], async () => {
          if (!isGone) await store.removeBoard(TODAY, NOON);
          isGone = true;
        });
        const { errors, sweep } = createSweeps(removing);
        expect(await sweep()).toBe((await store.readLog(0, 0, 1)).position - 1);
        expect([isGone, errors]).toEqual([true, []]);
        expect(await store.loadCheckpoint(TODAY)).toBeUndefined();
        expect(await store.loadCheckpoint(MONTH)).toHaveProperty('texts.length', 2);
      },
    );

    test('leave alone what a handler rated that is not there, tell it once, and go on with the others', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [result('b', 'ann', 'bob'), set('c', 'ann', 1)], NOON);
      await corrupt(store, 'ann', (found) => found && { ...found, score: 5 });
      await corrupt(store, 'ann', (found) => found && { ...found, score: 5 }, 'c');
      const { errors, sweep } = createSweeps(store, { ...contractScoring, leaderboard: () => undefined });
      const why =
        'a board gets no checkpoint: a result at position 1 was rated by the handler "transfer", which this node does not have';
      for (let time = 0; time < 3; time++) {
        await sweep();
        await apply(store, [delta('b', 'ann', 1), delta('c', 'ann', 1)], NOON);
      }
      expect(errors.filter(({ board }) => board === 'b')).toEqual([{ board: 'b', message: why }]);
      expect(errors.filter(({ board }) => board === 'c')).toMatchObject([{ corrected: 1 }]);
      expect(await readRecord(store, 'b', 'ann')).toEqual({ score: 8 });
      expect(await readRecord(store, 'c', 'ann')).toEqual({ score: 4 });
      expect(await store.loadCheckpoint('b')).toEqual({ position: 0, texts: [] });
      expect(await store.loadCheckpoint('c')).toHaveProperty('texts.length', 2);
      // Where the handler is there again, so is the proof.
      const again = createSweeps(store);
      await again.sweep();
      expect(again.errors).toMatchObject([{ board: 'b', corrected: 1 }]);
    });

    test('give up on a board alone where such a result comes while it is compared', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [set('b', 'ann', 1), set('c', 'ann', 1)], NOON);
      const rating = withBefore(store, ['scanMembers', 'b'], () =>
        apply(store, [result('b', 'ann', 'bob')], NOON),
      );
      const { errors, sweep } = createSweeps(rating, { ...contractScoring, leaderboard: () => undefined });
      await sweep();
      expect(errors).toMatchObject([{ board: 'b', message: expect.stringContaining('"transfer"') }]);
      expect(await store.loadCheckpoint('b')).toEqual({ position: 0, texts: [] });
      expect(await store.loadCheckpoint('c')).toHaveProperty('texts.length', 2);
      expect(await recomputed(store, 'b')).toMatchObject({ checked: 2, corrected: 0 });
    });
  });
}
