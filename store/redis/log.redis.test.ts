import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { append, FIXTURE, goal } from '../matches-support.contract.ts';
import { partitionOfProducer } from '../partitions.ts';
import { MAX_BATCH_OPERATIONS, type Operation, type Part } from '../score-store.ts';
import {
  apply,
  applyParts,
  beginOnce,
  count,
  delta,
  login,
  logout,
  NOTHING,
  part,
  positionOf,
  profile,
  readRows,
  reject,
  result,
  set,
} from '../support.contract.ts';
import { takeOver } from '../take-over.ts';
import { createStoreUnderTest } from './redis.contract.ts';

let redis: RedisServer;
let admin: Redis;
beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.port);
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

const operationArbitrary: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constantFrom('delta' as const, 'set' as const, 'best' as const),
      board: fc.constantFrom('a', 'b', 'c'),
      member: fc.constantFrom('ann', 'bob', 'é', '🏏', '__proto__'),
      value: fc.oneof({ weight: 5, arbitrary: fc.double() }, fc.constantFrom(Number.NaN, 1.7e308, -1.7e308)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('ann', '🏏'), fc.string()).map((pair) => profile(...pair)),
  },
  { weight: 1, arbitrary: fc.constantFrom(reject('forbidden'), NOTHING) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('a', 'b'),
        fc.constantFrom('transfer', 'picky', 'doubling', 'unheard-of'),
        fc.boolean(),
      )
      .map(([board, handler, draw]) => result(board, 'ann', '🏏', { handler, draw, options: { start: 50 } })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('g', 'h'), fc.constantFrom('ann', 'é'), fc.constantFrom('x', 'y', 'z'))
      .chain((names) => fc.constantFrom(1, Number.NaN, 1.7e308).map((by) => count(...names, by))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('1', '2'), fc.constantFrom('ann', '🏏'), fc.constantFrom('', 'duel', 'team'))
      .map(([area, user, mode]) => (mode === '' ? logout(area, user) : login(area, user, mode))),
  },
);
const batchArbitrary = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('', 'p', 'q', 'r'),
    again: fc.constantFrom(0, 0, 3, 30),
    isLate: fc.constantFrom(false, false, false, true),
    operations: fc.array(operationArbitrary, { maxLength: 30 }),
  }),
  { minLength: 1, maxLength: 4, selector: ({ id }) => id },
);

describe('the log in Redis', () => {
  test('holds exactly the operations that the verdicts say were applied, however much was left out', async () => {
    const { store, dispose } = await createStoreUnderTest(redis.url, {
      ...{ partitions: 1, maxCountersPerProduct: 2 },
    });
    const sent = new Map<string, number>();
    // So that a part may be late.
    await applyParts(
      store,
      0,
      ['p', 'q', 'r'].map((id) => part(id, 5, 1, [])),
    );
    await fc.assert(
      fc.asyncProperty(batchArbitrary, async (drawn) => {
        const parts = drawn.map(({ id, again, isLate, operations }): Part => {
          if (id === '') return { operations };
          const last = sent.get(id) ?? 0;
          const first = Math.max(1, last + 1 - again);
          if (!isLate) sent.set(id, Math.max(last, first + operations.length - 1));
          return part(id, isLate ? 4 : 5, first, operations);
        });
        const before = await positionOf(store);
        const verdict = await applyParts(store, 0, parts, 1234);
        const applied = parts.flatMap(({ operations }, i) => {
          const ofPart = verdict.parts[i];
          if (ofPart?.status !== 'settled') return [];
          const refused = new Set(ofPart.refused.map(({ index }) => index));
          return operations.filter(
            ({ op }, index) => op !== 'nothing' && index >= ofPart.duplicates && !refused.has(index),
          );
        });
        expect(verdict.position).toBe(before + applied.length);
        const { entries } = await store.readLog(0, before, 9);
        const entry = { kind: 'batch', from: before, to: verdict.position, at: 1234, operations: applied };
        expect(entries).toEqual(applied.length === 0 ? [] : [entry]);
      }),
    );
    await dispose();
  });

  test('does not grow by what is sent again', async () => {
    const { store, keyPrefix, dispose } = await createStoreUnderTest(redis.url, { partitions: 1 });
    const long = (i: number): string => `${i}`.padEnd(100);
    await store.configureMatch('m', FIXTURE, 1000);
    await apply(store, [append('m', 'start')]);
    const before = await positionOf(store);
    const kinds = [
      (i: number) => set('b', long(i), i),
      (i: number) => result('b', long(i), 'bob', { options: { start: i } }),
      (i: number) => count('g', long(i), 'wins'),
      (i: number) => login('1', long(i), 'duel'),
      (i: number) => append('m', 'note', { text: long(i) }),
      // Each time refused, and sent each time.
      (i: number) => append('m', 'toss', { winner: long(i), decision: 'bat' }),
    ];
    const operations = Array.from({ length: MAX_BATCH_OPERATIONS }, (_, i) => kinds[i % 6]?.(i) ?? NOTHING);
    const taken = operations.filter(
      (each) => each.op !== 'append' || each.event.type !== 'match' || each.event.action !== 'toss',
    );
    const last = [
      ...[delta('c', 'ann', 1), profile('ann', 'Ann'), result('c', 'ann', 'bob'), count('g', 'ann', 'wins')],
      ...[login('1', 'ann', 'duel'), logout('1', 'ann'), goal('m')],
    ];
    await applyParts(store, 0, [part('p', 5, 1, operations)]);
    for (const [index, operation] of last.entries()) {
      await applyParts(store, 0, [part('p', 5, 2 + index, [...operations.slice(1), operation])]);
    }
    const position = before + taken.length;
    expect(await positionOf(store)).toBe(position + last.length);
    const entries = await admin.xrangeBuffer(`${keyPrefix}{p0}:log`, '-', '+');
    const sizes = entries.map(([, fields]) => fields.reduce((sum, field) => sum + field.length, 0));
    expect(sizes.length).toBe(3 + last.length);
    expect(Math.max(...sizes.slice(3))).toBeLessThan(200);
    expect((await store.readLog(0, position, 9)).entries).toMatchObject(
      last.map((operation) => ({ operations: [operation] })),
    );
    await dispose();
  });

  test('is trimmed to the very position where entries fill whole nodes of the stream', async () => {
    const { store, dispose } = await createStoreUnderTest(redis.url, { partitions: 1, logOperations: 401 });
    const operations = Array.from({ length: 400 }, (_, i) => delta('b', `player-${i}`, i));
    for (const batch of [operations, operations.slice(0, 1), operations]) await apply(store, batch);
    expect(await store.readLog(0, 0, 1)).toMatchObject({ trimmedTo: 400, position: 801 });
    await dispose();
  });

  test('costs less than twice what it says', async () => {
    const { store, keyPrefix, dispose } = await createStoreUnderTest(redis.url, { partitions: 1 });
    const operations = Array.from({ length: MAX_BATCH_OPERATIONS }, (_, i) => delta('b', `player-${i}`, i));
    for (let i = 0; i < 20; i++) await apply(store, operations);
    const bytes = Number(await admin.call('MEMORY', 'USAGE', `${keyPrefix}{p0}:log`, 'SAMPLES', '0'));
    // A kind of 3 bytes, a value of 8, a text of 2 + 10.
    expect(bytes / (20 * MAX_BATCH_OPERATIONS)).toBeLessThan(2 * 23);
    await dispose();
  });

  test.each([
    { name: 'an earlier position than its log', spoil: (tag: string) => admin.set(`${tag}:position`, '0') },
    { name: 'something else in place of its log', spoil: (tag: string) => admin.set(`${tag}:log`, 'x') },
    {
      name: 'something else in place of a record',
      spoil: (tag: string) => admin.set(`${tag}:producer:p`, 'x'),
    },
  ])('a partition with $name changes nothing at all', async ({ spoil }) => {
    const { store, keyPrefix, dispose } = await createStoreUnderTest(redis.url, { partitions: 1 });
    const tag = `${keyPrefix}{p0}`;
    await applyParts(store, 0, [part('p', 5, 1, [set('b', 'ann', 1), set('b', 'bob', 2)])]);
    const before = await readRows(store, 'b');
    const dirty = await admin.get(`${tag}:dirty-names`);
    expect(dirty).toContain('board:b');
    await admin.del(`${tag}:log`, `${tag}:producer:p`);
    await admin.xadd(`${tag}:log`, '2-0', 'from', '0');
    await spoil(tag);
    const late = applyParts(store, 0, [part('p', 5, 3, [delta('b', 'ann', 1), set('c', 'ann', 1)])], 99);
    await expect(late).rejects.toThrow('defect');
    expect(await readRows(store, 'b')).toEqual(before);
    expect(await admin.exists(`${tag}:ranking:c`)).toBe(0);
    expect(await admin.get(`${tag}:dirty-names`)).toBe(dirty);
    await dispose();
  });
});

describe('records in Redis', () => {
  test('of refused numbers are compact', async () => {
    const { store, keyPrefix, dispose } = await createStoreUnderTest(redis.url, { partitions: 1 });
    const rejects = Array<Operation>(MAX_BATCH_OPERATIONS).fill(reject('too_many_subscriptions'));
    for (let i = 0; i < 12; i++) {
      await applyParts(store, 0, [part('p', 5, 1 + i * MAX_BATCH_OPERATIONS, rejects)]);
    }
    expect(await admin.hstrlen(`${keyPrefix}{p0}:producer:p`, 'refused')).toBe(4096 * 9);
    await dispose();
  });

  test('expire after the retention of their kind', async () => {
    const { store, keyPrefix, dispose } = await createStoreUnderTest(redis.url, {
      ...{ partitions: 2, producerRetentionMs: 700_000, onceRetentionMs: 300_000 },
    });
    const { claim } = await takeOver(store, 'p');
    const { id } = await beginOnce(store, 'once:x', 'hash');
    await applyParts(store, 0, [part('q', claim, 1, [profile('ann', 'Ann')])]);
    await applyParts(store, 0, [part(id, 0, 1, [profile('ann', 'Ann')])]);
    const all = await admin.keys(`${keyPrefix}*`);
    const keys = all.filter((key) => /:(producer|once):/.test(key));
    const home = partitionOfProducer('once:x', 2);
    expect(keys.map((key) => key.slice(keyPrefix.length)).sort()).toEqual(
      [
        ...['{p0}:producer:p', '{p1}:producer:p', '{p0}:producer:q'],
        ...[`{p0}:producer:${id}`, `{p${home}}:once:once:x`],
      ].sort(),
    );
    for (const key of keys) {
      const high = key.endsWith(id) ? 600_000 : key.endsWith('once:x') ? 450_000 : 700_000;
      const left = await admin.pttl(key);
      expect(left).toBeGreaterThan(high - 100_000);
      expect(left).toBeLessThanOrEqual(high);
    }
    await dispose();
  });
});
