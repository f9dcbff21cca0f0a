import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { createStoreUnderTest } from '../redis/redis.contract.ts';
import { apply, delta, readRecord } from '../support.contract.ts';
import { corrupt, recompute, recomputed } from './support.contract.ts';
import { createSweeps, KEPT, sweepContract, turnOver } from './sweep.contract.ts';

let redis: RedisServer;
let admin: Redis;
let subject: Awaited<ReturnType<typeof createStoreUnderTest>> | undefined;
beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.port);
});
afterEach(async () => {
  await subject?.dispose();
  subject = undefined;
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

const BOARDS = ['a', 'b', 'c'] as const;

/** Three boards with a checkpoint, and more to come. */
async function open() {
  subject = await createStoreUnderTest(redis.url, { partitions: 1, logOperations: KEPT });
  const { store, keyPrefix } = subject;
  const { errors, sweep } = createSweeps(store);
  const write = async (boards: readonly string[] = BOARDS) => {
    for (const board of boards) await apply(store, [delta(board, 'm', 1)]);
  };
  const scores = async () => {
    const records = await Promise.all(BOARDS.map((board) => readRecord(store, board, 'm')));
    return records.map((record) => record?.score);
  };
  await write();
  await sweep();
  return { store, errors, sweep, write, scores, keyOf: (name: string) => `${keyPrefix}{p0}:${name}` };
}

sweepContract((options) => createStoreUnderTest(redis.url, options));

describe('a board in Redis whose checkpoint is damaged', () => {
  test.each([...BOARDS])('(%s) is proved from its creation, and gets a whole one', async (board) => {
    const { store, errors, sweep, write, scores, keyOf } = await open();
    await write();
    await admin.lset(keyOf(`checkpoint:${board}`), 0, 'x y');
    await corrupt(store, 'm', () => ({ score: 9 }), 'b');
    await sweep();
    expect(await scores()).toEqual([2, 2, 2]);
    expect(errors).toMatchObject([
      { board, message: expect.stringContaining("can't be read") },
      { board: 'b', corrected: 1 },
    ]);
    const { position } = await store.readLog(0, 0, 1);
    const positions = (await store.readCheckpointPositions(BOARDS)).map(Number);
    expect(Math.min(...positions)).toBeGreaterThanOrEqual(position - 1);
    await turnOver(store, sweep);
    expect(await recomputed(store, board)).toMatchObject({ checked: 1, corrected: 0 });
    expect(errors).toHaveLength(2);
  });

  test.each([
    ['label', 0],
    ['text', 1],
  ] as const)(
    'is told once and left alone where its creation was trimmed (%s), and the others are not touched',
    async (_, place) => {
      const { store, errors, sweep, write, scores, keyOf } = await open();
      await turnOver(store, sweep);
      await admin.lset(keyOf('checkpoint:c'), place, 'x y');
      for (let time = 0; time < 4; time++) {
        await write();
        await apply(store, [delta('other', 'm', 1)]);
        await sweep();
      }
      expect(await scores()).toEqual([5, 5, 5]);
      expect(errors).toMatchObject([{ board: 'c', message: expect.stringContaining("can't be read") }]);
      expect(await admin.lindex(keyOf('checkpoint:c'), place)).toBe('x y');
      expect(await recompute(store, 'c')).toMatchObject({ refused: 'conflict' });
      expect(await recomputed(store, 'a')).toMatchObject({ checked: 1, corrected: 0 });
    },
  );
});

describe('a board in Redis with a key of the wrong type', () => {
  test.each(['ranking', 'arrivals', 'checkpoint', 'windows'])(
    '(%s) keeps no other board from being proved',
    async (name) => {
      const { store, errors, sweep, write, keyOf } = await open();
      await store.configureBoard('a', { ties: 'first', windows: ['daily'] }, 1000);
      await write();
      await admin.del(keyOf(`${name}:a`));
      await admin.set(keyOf(`${name}:a`), 'x');
      await turnOver(store, async () => {
        await write(['b', 'c']);
        await sweep();
      });
      expect([...new Set(errors.map(({ board }) => board))]).toEqual(['a']);
      // That it is so, and that the log no longer reaches back to its checkpoint.
      expect(errors.length).toBeLessThanOrEqual(2);
      for (const board of ['b', 'c']) {
        expect(await recomputed(store, board)).toMatchObject({ checked: 1, corrected: 0 });
      }
    },
  );
});
