import { afterEach, describe, expect, test } from 'vitest';
import type { Service } from '../../runtime/lifecycle.ts';
import { type Logger, silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createFakeClock, type FakeClock } from '../../test/support/fake-clock.ts';
import { createMemoryStore, type MemoryScoreStore } from '../memory/memory-store.ts';
import { partitionOfBoard } from '../partitions.ts';
import { apply, delta, readRecord, set } from '../support.contract.ts';
import { type CheckpointKeeperDependencies, createCheckpointKeeper } from './checkpoint-keeper.ts';
import { corrupt, recompute, recomputed } from './support.contract.ts';

const KEPT = 80;
const INTERVAL_MS = 1000;

const keepers: Service[] = [];
afterEach(async () => {
  for (const keeper of keepers.splice(0)) await keeper.stop();
});

interface Logged {
  readonly level: 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

async function open(options: Partial<CheckpointKeeperDependencies> = {}) {
  const clock = createFakeClock();
  const store = createMemoryStore({ partitions: 1, logOperations: KEPT }, { clock });
  const logged: Logged[] = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (fields, message) => logged.push({ level: 'warn', fields, message }),
    error: (fields, message) => logged.push({ level: 'error', fields, message }),
  };
  const keeper = createCheckpointKeeper(
    { store, clock, logger, scoring: BUILT_IN_SCORING, mayWorkOn: () => true, ...options },
    { intervalMs: INTERVAL_MS, logOperations: KEPT },
  );
  keepers.push(keeper);
  await keeper.start();
  return { clock, store, logged, keeper };
}

/** Counts calls, and lets something happen before each. */
function watched(
  store: MemoryScoreStore,
  before: (method: string) => Promise<void> | void = () => undefined,
) {
  const calls: string[] = [];
  const proxy = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        calls.push(String(name));
        await before(String(name));
        return value.apply(target, args);
      };
    },
  });
  return { calls, proxy };
}

/** Lets the time pass in which a round ends, however many turns of the loop it takes. */
async function nextRound(clock: FakeClock): Promise<void> {
  await clock.advance(INTERVAL_MS);
  for (let turn = 0; turn < 10; turn++) await clock.settle();
}

async function recomputedTo(store: MemoryScoreStore, board: string): Promise<number> {
  const checkpoint = await store.loadCheckpoint(board);
  return checkpoint === undefined ? -1 : checkpoint.position;
}

/** A quarter of what the log keeps, in steps, since it is trimmed by whole ones. */
async function write(store: MemoryScoreStore, board = 'busy', operations = KEPT / 4): Promise<void> {
  for (let i = 0; i < operations; i++) await apply(store, [delta(board, `m${i % 7}`, 1)]);
}

describe('checkpoints that are taken by themselves', () => {
  test('leave every board provable, however often the log has turned over', async () => {
    const { clock, store, logged } = await open();
    await store.configureBoard('quiet', { ties: 'first', order: 'asc' }, 1000);
    await apply(store, [set('quiet', 'zoe', 1), set('quiet', 'ann', 1)]);
    await store.configureBoard('empty', {}, 1000);
    const before = await store.readRecords('quiet', ['zoe', 'ann']);
    for (let round = 0; round < 20; round++) {
      if (round === 11) await apply(store, [set('late', 'ann', 7)]);
      await write(store);
      await nextRound(clock);
    }
    const { trimmedTo, position } = await store.readLog(0, 0, 1);
    expect(trimmedTo).toBeGreaterThan(4 * KEPT);
    for (const board of ['busy', 'quiet', 'empty', 'late']) {
      const result = await recomputed(store, board);
      expect(result).toMatchObject({ corrected: 0, unsettled: 0 });
      expect(result.fromPosition).toBeGreaterThanOrEqual(position - KEPT / 2);
    }
    expect((await store.readRecords('quiet', ['zoe', 'ann'])).records).toEqual(before.records);
    expect(logged).toEqual([]);
  });

  test('are a look at each position while little happens', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ partitions: 3, logOperations: KEPT }, { clock });
    const { calls, proxy } = watched(store);
    await open({ store: proxy, clock });
    await write(store, 'b', KEPT / 4 - 1);
    for (let round = 0; round < 5; round++) await nextRound(clock);
    expect(calls).toEqual(Array(15).fill('readLog'));
    await write(store, 'b', 1);
    await nextRound(clock);
    expect(calls).toContain('saveCheckpoint');
  });

  test('of many boards take one reading of the log, and none of what it does not name', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ partitions: 1, logOperations: KEPT }, { clock });
    const { calls, proxy } = watched(store);
    await open({ store: proxy, clock });
    for (let i = 0; i < 30; i++) await apply(store, [set(`b${i}`, 'ann', i)]);
    await write(store, 'b0', KEPT / 8);
    await nextRound(clock);
    expect(calls.filter((method) => method === 'saveCheckpoint')).toHaveLength(30);
    // Looks at the position, the names in the log, and the log itself.
    expect(calls.filter((method) => method === 'readLog').length).toBeLessThan(10);
    calls.length = 0;
    await write(store, 'b3');
    await nextRound(clock);
    expect(calls.filter((method) => method === 'saveCheckpoint')).toHaveLength(1);
    expect(calls.filter((method) => method === 'scanMembers')).toHaveLength(1);
    const { position } = await store.readLog(0, 0, 1);
    const boards = Array.from({ length: 30 }, (_, index) => `b${index}`);
    expect(await store.readCheckpointPositions(boards)).toEqual(Array(30).fill(position));
  });

  test('set right what differs, and tell it loudly, with the board and the number', async () => {
    const { clock, store, logged } = await open();
    await apply(store, [set('b', 'ann', 1), set('b', 'bob', 1)]);
    await corrupt(store, 'ann', () => ({ score: 9 }));
    await corrupt(store, 'stranger', () => ({ score: 9 }));
    await write(store, 'b');
    await nextRound(clock);
    expect(await readRecord(store, 'b', 'ann')).toEqual({ score: 1 });
    expect(await readRecord(store, 'b', 'stranger')).toBeUndefined();
    expect(logged.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ fields: { board: 'b', corrected: 2, unsettled: 0 } }),
    ]);
  });

  test('come too late for a board whose beginning has been trimmed: it is told once, others get theirs', async () => {
    const { clock, store, logged } = await open();
    await apply(store, [set('lost', 'ann', 1)]);
    await write(store, 'other', 2 * KEPT);
    await apply(store, [set('b', 'ann', 1)]);
    for (let round = 0; round < 4; round++) {
      await write(store, 'b');
      await nextRound(clock);
    }
    expect(logged.filter(({ fields }) => 'board' in fields && fields.board === 'lost')).toHaveLength(1);
    expect(await recompute(store, 'lost')).toMatchObject({ refused: 'conflict' });
    expect((await store.loadCheckpoint('b'))?.texts.length).toBeGreaterThan(0);
  });

  test('come in time for a board that began while the others were listed', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ partitions: 1, logOperations: KEPT }, { clock });
    let hasBegun = false;
    const { proxy } = watched(store, async (method) => {
      if (method !== 'readCheckpointPositions' || hasBegun) return;
      hasBegun = true;
      await write(store, 'late', 5);
    });
    await open({ store: proxy, clock });
    await write(store, 'b');
    await nextRound(clock);
    await write(store, 'late', KEPT / 4 - 5);
    await nextRound(clock);
    expect((await store.loadCheckpoint('late'))?.texts.length).toBeGreaterThan(0);
  });

  test('take a fifth of the time, however long calls take', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ partitions: 1, logOperations: KEPT }, { clock });
    const startedAt: number[] = [];
    const { proxy } = watched(store, async () => {
      startedAt.push(clock.now());
      await new Promise<void>((resolve) => void clock.after(10, resolve));
    });
    await open({ store: proxy, clock });
    await write(store, 'b', KEPT);
    await clock.advance(INTERVAL_MS * 3);
    const gaps = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0));
    expect(startedAt.length).toBeGreaterThan(8);
    expect(gaps.filter((gap) => gap < 50)).toEqual([]);
  });

  test('are taken in those partitions only that are looked after here', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ partitions: 2, logOperations: KEPT }, { clock });
    const [mine, other] = [0, 1].map(
      (partition) => ['a', 'b', 'c', 'd'].find((id) => partitionOfBoard(id, 2) === partition) as string,
    ) as [string, string];
    const owned = new Set([0]);
    await open({ store, clock, mayWorkOn: (partition) => owned.has(partition) });
    await write(store, mine, KEPT);
    await write(store, other, KEPT);
    const saved = () => Promise.all([mine, other].map(async (id) => (await recomputedTo(store, id)) >= KEPT));
    await nextRound(clock);
    expect(await saved()).toEqual([true, false]);
    owned.add(1);
    await nextRound(clock);
    expect(await saved()).toEqual([true, true]);
  });

  test('end with the right to take them, and go on with it', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ partitions: 1, logOperations: KEPT }, { clock });
    let isOwner = true;
    const { calls, proxy } = watched(store, (method) => {
      if (method === 'scanMembers') isOwner = false;
    });
    await open({ store: proxy, clock, mayWorkOn: () => isOwner });
    await write(store);
    await nextRound(clock);
    expect(calls.at(-1)).toBe('scanMembers');
    await nextRound(clock);
    expect(calls.at(-1)).toBe('scanMembers');
    expect(await store.loadCheckpoint('busy')).toMatchObject({ texts: [] });
  });

  test('end with a stop, after the call that is under way', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ partitions: 1, logOperations: KEPT }, { clock });
    let answer = (): void => undefined;
    const { calls, proxy } = watched(store, (method) =>
      method === 'listBoards' ? new Promise((resolve) => (answer = resolve)) : undefined,
    );
    const { keeper } = await open({ store: proxy, clock });
    await write(store);
    await nextRound(clock);
    let isStopped = false;
    const stopped = keeper.stop().then(() => (isStopped = true));
    await clock.settle();
    expect(isStopped).toBe(false);
    answer();
    await stopped;
    expect(calls.at(-1)).toBe('listBoards');
    expect(clock.pending).toBe(0);
  });

  test('wait for a store that is away, and say so once', async () => {
    const { clock, store, logged } = await open();
    await write(store, 'b');
    store.setState('down');
    for (let round = 0; round < 3; round++) await nextRound(clock);
    expect(logged).toEqual([expect.objectContaining({ level: 'warn' })]);
    store.setState('up');
    await nextRound(clock);
    expect((await store.loadCheckpoint('b'))?.texts.length).toBeGreaterThan(0);
  });

  test('do not end the process where the log was tampered with: it is told, and tried again later', async () => {
    const clock = createFakeClock();
    const store = createMemoryStore({ partitions: 1, logOperations: KEPT }, { clock });
    let isBroken = true;
    const { proxy } = watched(store, (method) => {
      if (isBroken && method === 'readCheckpointPositions') throw new Error('defect: of the log');
    });
    const { logged } = await open({ store: proxy, clock });
    await write(store, 'b');
    await nextRound(clock);
    await nextRound(clock);
    expect(logged.map(({ level }) => level)).toEqual(['error']);
    isBroken = false;
    await write(store, 'b');
    await nextRound(clock);
    expect((await store.loadCheckpoint('b'))?.texts.length).toBeGreaterThan(0);
  });
});
