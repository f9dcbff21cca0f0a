import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import type { Batch, Part } from '../score-store.ts';
import { apply, count, delta, part, readScores, result, set, settled } from '../support.contract.ts';
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
    ['goes the long way', batch({ operations: [set('b', 'ann', 1)] })],
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

  test('is not applied where it is not as simple itself, or nothing is before it', async () => {
    const { store, applyBehind, dispose, ran } = await open();
    expect(await applyBehind(batch({ operations: more }))).toBeUndefined();
    expect(ran()).toEqual([0, 0]);
    const first = store.apply(batch({ operations: more }));
    expect(await applyBehind(batch({ operations: [delta('b', 'ann', 0.5)] }))).toBeUndefined();
    await first;
    expect(await readScores(store, 'b')).toEqual([['bob', 1]]);
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
