import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { createMemoryStore } from '../memory/memory-store.ts';
import { type Batch, MAX_APPLIED_OPERATIONS, type Operation, type ScoreStore } from '../score-store.ts';
import { contractScoring } from '../scoring.contract.ts';
import {
  apply,
  applyParts,
  count,
  delta,
  part,
  readCounters,
  readEntries,
  readRecord,
  readScores,
  result,
  set,
  settled,
  takeNames,
} from '../support.contract.ts';
import { createStoreUnderTest } from './redis.contract.ts';
import { ScriptTimes } from './script-times.ts';

const NOON = Date.UTC(2026, 10, 21, 12);

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** A store, and how often it has run which of the two scripts. */
async function open() {
  const times = new ScriptTimes();
  const { store, connect, dispose } = await createStoreUnderTest(redis.url, { partitions: 1, times });
  const ran = (script: 'apply' | 'apply-sums') => times.seconds.get(script)?.count ?? 0;
  const runs = () => ({ sums: ran('apply-sums'), steps: ran('apply') });
  return { store, connect, dispose, runs };
}

describe('a batch that only adds whole numbers', () => {
  test('is one script, which adds up what it is told', async () => {
    const { store, dispose, runs } = await open();
    await apply(store, [set('b', 'bob', 3), count('g', 'ann', 'wins', 2), count('g', 'ann', 'draws', 9)]);
    const before = runs();
    const operations = Array.from({ length: MAX_APPLIED_OPERATIONS }, (_, i): Operation => {
      if (i % 4 === 3) return count('g', i % 8 === 3 ? 'ann' : 'é', 'wins', 3);
      return delta(i % 4 === 2 ? 'c' : 'b', i % 4 === 0 ? 'ann' : 'bob', i % 4 === 0 ? -1 : 2);
    });
    const quarter = MAX_APPLIED_OPERATIONS / 4;
    const verdict = await applyParts(store, 0, [part('p', 5, 1, operations)], NOON);
    expect(verdict).toEqual({ position: 3 + operations.length, parts: [settled()] });
    expect(runs()).toEqual({ sums: before.sums + 1, steps: before.steps });
    expect(await readScores(store, 'b')).toEqual([
      ['bob', 3 + 2 * quarter],
      ['ann', -quarter],
    ]);
    expect(await readScores(store, 'c')).toEqual([['bob', 2 * quarter]]);
    expect(await readCounters(store, 'g', 'ann')).toEqual(
      new Map([
        ['wins', 2 + 1.5 * quarter],
        ['draws', 9],
      ]),
    );
    expect(await readCounters(store, 'g', 'é')).toEqual(new Map([['wins', 1.5 * quarter]]));
    const logged = (await readEntries(store)).flatMap((entry) =>
      entry.kind === 'batch' ? entry.operations : [],
    );
    expect(logged.slice(3)).toEqual(operations);
    await dispose();
  });

  test.each([
    { name: 'a fraction', before: 0.1, score: 0.1 + 1 + 1 + 1 },
    { name: 'the first number that has no neighbours', before: 2 ** 53, score: 2 ** 53 },
  ])('is applied one by one to $name', async ({ before: old, score }) => {
    const { store, dispose, runs } = await open();
    await apply(store, [set('b', 'ann', old)]);
    const before = runs();
    await apply(store, [delta('b', 'ann', 1), delta('b', 'ann', 1), delta('b', 'ann', 1)]);
    expect(runs()).toEqual({ sums: before.sums + 1, steps: before.steps + 1 });
    expect(await readScores(store, 'b')).toEqual([['ann', score]]);
    await dispose();
  });

  test('that was settled before, or is in conflict, changes nothing', async () => {
    const { store, dispose } = await open();
    const operations = [delta('b', 'ann', 1), delta('b', 'bob', 2)];
    await applyParts(store, 0, [part('p', 5, 1, operations)]);
    const again = await applyParts(store, 0, [
      part('p', 5, 2, [...operations.slice(1), delta('b', 'ann', 4)]),
    ]);
    expect(again.parts).toEqual([settled(1)]);
    const late = await applyParts(store, 0, [part('p', 4, 4, operations), { operations }]);
    expect(late.parts).toEqual([{ status: 'conflict' }, settled()]);
    expect(await readScores(store, 'b')).toEqual([
      ['ann', 6],
      ['bob', 4],
    ]);
    await dispose();
  });

  test('moves the arrival of a score that comes back to where it was', async () => {
    const { store, dispose, runs } = await open();
    await store.configureBoard('b', { ties: 'first' }, NOON);
    await apply(store, [delta('b', 'ann', 5), delta('b', 'bob', 5)]);
    await apply(store, [
      delta('b', 'ann', 1),
      delta('b', 'bob', 7),
      delta('b', 'ann', -1),
      delta('b', 'bob', -7),
    ]);
    expect(runs().steps).toBe(0);
    expect(await readRecord(store, 'b', 'ann')).toEqual({ score: 5, arrival: 6 });
    expect(await readRecord(store, 'b', 'bob')).toEqual({ score: 5, arrival: 7 });
    await dispose();
  });

  test.each([
    ['after', [result('b', 'bob', 'ann'), delta('b', 'eve', 5), delta('b', 'ann', 3)]],
    ['before', [delta('b', 'bob', 5), delta('b', 'ann', 3), result('b', 'bob', 'ann')]],
  ])('is none where scores are added to %s a result of the same board', async (_order, operations) => {
    const { store, dispose, runs } = await open();
    const model = createMemoryStore({ partitions: 1 }, { scoring: contractScoring });
    await model.start();
    for (const each of [store, model]) await apply(each, [result('b', 'ann', 'bob')]);
    const before = runs();
    for (const each of [store, model]) await apply(each, operations);
    expect(runs().sums).toBe(before.sums);
    expect(await readScores(store, 'b')).toEqual(await readScores(model, 'b'));
    await dispose();
  });

  test('may have results, which are applied where the scores are still what is known', async () => {
    const { store, connect, dispose, runs } = await open();
    await apply(store, [result('b', 'ann', 'bob'), count('g', 'ann', 'wins'), delta('c', 'ann', 1)]);
    expect(runs().steps).toBe(2);
    const game = [
      result('b', 'bob', 'ann', { options: { start: 7 } }),
      count('g', 'ann', 'wins', 2),
      delta('c', 'ann', 1),
    ];
    await apply(store, [...game, ...game]);
    expect(runs()).toEqual({ sums: 1, steps: 2 });
    const bob = 90 + 11 + 9.9;
    expect(await readScores(store, 'b')).toEqual([
      ['bob', bob],
      ['ann', 110 - 11 - 9.9],
    ]);
    expect(await takeNames(store)).toMatchObject({ 'board:b': 1000, 'board:c': 1000, 'players:g': 1000 });
    await apply(await connect(), [set('b', 'ann', 50)]);
    await apply(store, game);
    // One of the other client, one that tells the scores, one that applies.
    expect(runs()).toEqual({ sums: 2, steps: 5 });
    expect(await readScores(store, 'b')).toEqual([
      ['bob', bob + 5],
      ['ann', 45],
    ]);
    await dispose();
  });

  test('gives what the memory engine gives, on boards of all kinds', async () => {
    const boards = ['plain', 'asc', 'first', 'windows'];
    const configure = async (store: ScoreStore) => {
      await store.configureBoard('asc', { order: 'asc' }, NOON);
      await store.configureBoard('first', { order: 'asc', ties: 'first' }, NOON);
      await store.configureBoard('windows', { ties: 'first', windows: ['daily'] }, NOON);
    };
    const member = fc.constantFrom('ann', 'bob', '__proto__', '🏏', 'x'.repeat(128));
    const amount = fc.constantFrom(1, 1, 1, 2, -2, 0, 2 ** 51, 0.5);
    const operation: fc.Arbitrary<Operation> = fc.oneof(
      fc.tuple(fc.constantFrom(...boards), member, amount).map((drawn) => delta(...drawn)),
      fc
        .tuple(
          fc.constantFrom('rated', ...boards),
          member,
          member,
          fc.constantFrom('transfer', 'winner-only'),
        )
        .filter(([, winner, loser]) => winner !== loser)
        .map(([board, winner, loser, handler]) => result(board, winner, loser, { handler })),
      fc
        .tuple(fc.constantFrom('g', '__proto__'), member, fc.constantFrom('a', 'b', 'c'), amount)
        .map((drawn) => count(...drawn)),
    );
    const addition = fc.tuple(fc.constantFrom('plain', 'asc', 'first'), member, fc.constantFrom(1, 2));
    const additions = fc.array(
      addition.map((drawn) => delta(...drawn)),
      { minLength: 1, maxLength: 12 },
    );
    const batch = fc.oneof(additions, fc.array(operation, { minLength: 1, maxLength: 12 }));
    const behind = { applied: 0, left: 0 };
    let sums = 0;
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(batch, batch), { minLength: 1, maxLength: 5 }), async (batches) => {
        const { store, dispose, runs } = await open();
        const model = createMemoryStore({ partitions: 1 }, { scoring: contractScoring });
        for (const each of [store, model]) await configure(each);
        let number = 1;
        for (const each of batches) {
          // What comes behind the first.
          const [given, next] = each.map((operations): Batch => {
            const parts = [part('p', 5, number, operations), { operations }];
            number += operations.length;
            return { partition: 0, acceptedAt: NOON, parts };
          }) as [Batch, Batch];
          const first = store.apply(given);
          const second = store.applyBehind?.(next);
          expect(await first).toEqual(await model.apply(given));
          const verdict = await second;
          behind[verdict === undefined ? 'left' : 'applied'] += 1;
          expect(verdict ?? (await store.apply(next))).toEqual(await model.apply(next));
        }
        expect(await readEntries(store)).toEqual(await readEntries(model));
        for (const board of [...boards, 'rated', 'windows@daily.2026-11-21']) {
          expect(await readScores(store, board)).toEqual(await readScores(model, board));
        }
        expect(await takeNames(store)).toEqual(await takeNames(model));
        sums += runs().sums;
        steps += runs().steps;
        await dispose();
      }),
      { numRuns: 40 },
    );
    for (const times of [sums, steps, behind.applied, behind.left]) expect(times).toBeGreaterThan(0);
  });
});
