import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { type Logger, silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { createStoreUnderTest } from '../redis/redis.contract.ts';
import { apply, delta, eventually, set } from '../support.contract.ts';
import { createCheckpointKeeper } from './checkpoint-keeper.ts';
import { applyAll, recompute, recomputed } from './support.contract.ts';

const KEPT = 6000;

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

describe('a log in Redis that is trimmed by its length under load', () => {
  test.each(['member', 'first'] as const)(
    'still proves the whole board, since checkpoints were taken meanwhile, with ties "%s"',
    async (ties) => {
      subject = await createStoreUnderTest(redis.url, { partitions: 1, logOperations: KEPT });
      const { store, connect, keyPrefix } = subject;
      const errors: object[] = [];
      const logger: Logger = { ...silentLogger, error: (fields) => errors.push(fields) };
      const keeper = createCheckpointKeeper(
        {
          store: await connect(),
          clock: systemClock,
          logger,
          scoring: BUILT_IN_SCORING,
          mayWorkOn: () => true,
        },
        { intervalMs: 5, logOperations: KEPT },
      );
      await keeper.start();
      await store.configureBoard('b', { ties }, 1000);
      await store.configureBoard('quiet', { ties }, 1000);
      const members = Array.from({ length: 1500 }, (_, index) => `m${index}`);
      await applyAll(
        store,
        members.flatMap((member, index) => [set('b', member, index / 3), set('quiet', member, index / 7)]),
      );
      const sums = members.map((_, index) => index / 3);
      // The writer waits for checkpoints, as no test may depend on which of the two is faster on this machine.
      for (let turn = 0; turn < 15; turn++) {
        for (let step = 0; step < 100; step++) {
          const places = Array.from({ length: 10 }, (_, index) => (turn * 997 + step * 13 + index) % 1500);
          for (const place of places) sums[place] = (sums[place] ?? 0) + 0.25;
          await apply(
            store,
            places.map((place) => delta('b', `m${place}`, 0.25)),
          );
        }
        const written = (await store.readRecords('b', [])).position;
        const isKept = async (): Promise<boolean> => {
          const positions = await store.readCheckpointPositions(['b', 'quiet']);
          return positions.every((position = 0) => written - Number(position) < KEPT / 4);
        };
        await eventually(isKept, { deadlineMs: 20_000 });
      }
      const { trimmedTo } = await store.readLog(0, 0, 1);
      expect(trimmedTo).toBeGreaterThan(KEPT);

      // Who is not named by what is left of the log is found right or wrong too.
      await admin.del(`${keyPrefix}{p0}:ranking:quiet`, `${keyPrefix}{p0}:arrivals:quiet`);
      const result = await recomputed(store, 'quiet');
      expect(result).toMatchObject({ corrected: 1500, unsettled: 0 });
      await keeper.stop();
      expect(errors).toEqual([]);
      expect(await recomputed(store)).toMatchObject({ checked: 1500, corrected: 0, unsettled: 0 });
      const { records } = await store.readRecords('b', members.slice(0, 500));
      expect(records.map((record) => record?.score)).toEqual(sums.slice(0, 500));
    },
  );

  test('proves nothing where nobody took them', async () => {
    subject = await createStoreUnderTest(redis.url, { partitions: 1, logOperations: KEPT });
    const { store } = subject;
    await apply(store, [set('b', 'ann', 1)]);
    for (let step = 0; step < 1200; step++) await apply(store, Array(10).fill(delta('b', 'bob', 1)));
    expect(await recompute(store)).toMatchObject({ refused: 'conflict' });
  });
});
