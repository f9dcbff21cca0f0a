import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { type Batch, MAX_BATCH_OPERATIONS, type Operation, type Part } from '../score-store.ts';
import {
  apply,
  count,
  delta,
  login,
  logout,
  part,
  readScores,
  result,
  set,
  settled,
} from '../support.contract.ts';
import { createStoreUnderTest } from './redis.contract.ts';
import { ScriptTimes } from './script-times.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

async function open() {
  const times = new ScriptTimes();
  const { store, connect, dispose } = await createStoreUnderTest(redis.url, { partitions: 1, times });
  const { applyBehind } = store;
  if (applyBehind === undefined) throw new Error('Redis has to be waited for');
  const ran = () =>
    ['apply-sums' as const, 'apply' as const].map((one) => times.seconds.get(one)?.count ?? 0);
  return { store, applyBehind, connect, dispose, ran };
}

const sets = (many: number): Operation[] => Array.from({ length: many }, (_, i) => set('s', `m${i}`, i));
const batch = (...parts: readonly Part[]): Batch => ({ partition: 0, acceptedAt: 1000, parts });

describe('a batch behind another one that is not answered', () => {
  test('is applied after it', async () => {
    const { store, applyBehind, dispose, ran } = await open();
    const first = store.apply(batch(part('p', 5, 1, [delta('b', 'ann', 1), delta('b', 'bob', 2)])));
    const second = applyBehind(
      batch(part('p', 5, 3, [delta('b', 'ann', 4)]), { operations: [delta('b', 'eve', 1)] }),
    );
    const third = applyBehind(batch(part('p', 5, 4, [delta('b', 'ann', 8)])));
    expect(await Promise.all([first, second, third])).toEqual([
      { position: 2, parts: [settled()] },
      { position: 4, parts: [settled(), settled()] },
      { position: 5, parts: [settled()] },
    ]);
    expect(ran()).toEqual([3, 0]);
    expect(await readScores(store, 'b')).toEqual([
      ['ann', 13],
      ['bob', 2],
      ['eve', 1],
    ]);
    await dispose();
  });

  test('has its results rated from the scores that the first one leaves', async () => {
    const { store, applyBehind, dispose, ran } = await open();
    await apply(store, [result('b', 'ann', 'bob')]);
    const [, before] = ran();
    const first = store.apply(batch({ operations: [result('b', 'ann', 'bob')] }));
    const second = applyBehind(batch({ operations: [result('b', 'bob', 'ann')] }));
    expect([(await first).position, (await second)?.position]).toEqual([2, 3]);
    expect(ran()[1]).toBe(before);
    const alone = await open();
    for (const [winner, loser] of [
      ['ann', 'bob'],
      ['ann', 'bob'],
      ['bob', 'ann'],
    ] as const) {
      await apply(alone.store, [result('b', winner, loser)]);
    }
    expect(await readScores(store, 'b')).toEqual(await readScores(alone.store, 'b'));
    await Promise.all([dispose(), alone.dispose()]);
  });

  const more = [delta('b', 'bob', 1)];
  test.each<[string, Batch]>([
    ['has results that are to be rated first', batch({ operations: [result('new', 'ann', 'eve')] })],
    ['goes in several steps', batch({ operations: sets(MAX_BATCH_OPERATIONS + 1) })],
    ['turns out to need the long way', batch({ operations: [count('g', 'ann', 'a new name')] })],
    ['was settled before', batch(part('p', 5, 1, [delta('b', 'ann', 1)]))],
    ['is in conflict', batch(part('p', 4, 2, [delta('b', 'ann', 1)]))],
  ])('is not applied where the first one %s', async (_why, given) => {
    const { store, applyBehind, dispose } = await open();
    await store.apply(batch(part('p', 5, 1, [delta('b', 'eve', 1)])));
    const first = store.apply(given);
    const second = applyBehind(batch({ operations: more }));
    await first;
    expect(await second).toBeUndefined();
    expect((await readScores(store, 'b')).map(([member]) => member)).not.toContain('bob');
    await dispose();
  });

  test('is applied after one that is not added up, and need not be itself', async () => {
    const { store, applyBehind, dispose, ran } = await open();
    const written = [
      store.apply(batch({ operations: [set('b', 'ann', 1), login('111', 'ann', 'chess')] })),
      applyBehind(batch({ operations: [delta('b', 'ann', 0.5), logout('111', 'ann')] })),
      applyBehind(batch({ operations: more })),
      applyBehind(batch({ operations: [set('b', 'bob', 7)] })),
    ];
    const positions = (await Promise.all(written)).map((verdict) => verdict?.position);
    expect(positions).toEqual([2, 4, 5, 6]);
    expect(ran()).toEqual([1, 3]);
    expect(await readScores(store, 'b')).toEqual([
      ['bob', 7],
      ['ann', 1.5],
    ]);
    await dispose();
  });

  test('is not applied where its boards have windows that nobody knows of, or something of it is refused', async () => {
    const { store, applyBehind, connect, dispose } = await open();
    const other = await connect();
    await other.configureBoard('w', { windows: ['daily'] }, 1000);
    const one = [delta('b', 'bob', 0.5)];
    for (const operations of [[delta('w', 'ann', 0.5)], [set('b', 'x', 1e308), delta('b', 'x', 1e308)]]) {
      const first = store.apply(batch({ operations: one }));
      const second = await applyBehind(batch({ operations, events: operations.map(() => 0) }));
      await first;
      expect(second).toBeUndefined();
    }
    expect(await readScores(store, 'b')).toEqual([['bob', 1]]);
    expect(await readScores(store, 'w')).toEqual([]);
    await dispose();
  });

  test('is not applied where it has results to be rated, takes several steps, or nothing is before it', async () => {
    const { store, applyBehind, dispose, ran } = await open();
    expect(await applyBehind(batch({ operations: more }))).toBeUndefined();
    const first = store.apply(batch({ operations: more }));
    expect(await applyBehind(batch({ operations: [result('b', 'ann', 'eve')] }))).toBeUndefined();
    expect(await applyBehind(batch({ operations: sets(MAX_BATCH_OPERATIONS + 1) }))).toBeUndefined();
    await first;
    expect(ran()).toEqual([1, 0]);
    expect(await readScores(store, 'b')).toEqual([['bob', 1]]);
    await dispose();
  });

  test('is not applied where one between it and the first is not', async () => {
    const { store, applyBehind, dispose } = await open();
    const first = store.apply(batch(part('p', 5, 1, [delta('b', 'ann', 1)])));
    const between = applyBehind(batch(part('p', 5, 2, [result('b', 'ann', 'eve')])));
    const last = applyBehind(batch(part('p', 5, 3, more)));
    await first;
    expect([await between, await last]).toEqual([undefined, undefined]);
    expect(await readScores(store, 'b')).toEqual([['ann', 1]]);
    await dispose();
  });

  test('does not mind what other engines write', async () => {
    const { store, applyBehind, connect, dispose } = await open();
    const other = await connect();
    const written = await Promise.all([
      store.apply(batch({ operations: more })),
      other.apply(batch({ operations: more })),
      applyBehind(batch({ operations: more })),
      other.applyBehind?.(batch({ operations: more })),
    ]);
    expect(written.map((verdict) => verdict?.position).sort()).toEqual([1, 2, 3, 4]);
    expect(await readScores(store, 'b')).toEqual([['bob', 4]]);
    await dispose();
  });
});
