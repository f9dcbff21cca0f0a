import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { createStoreUnderTest } from './redis.contract.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

test.each([16, 64, 1024])(
  'very many producers are claimed at once over %i partitions',
  async (partitions) => {
    const { store, dispose } = await createStoreUnderTest(redis.url, {
      partitions,
      commandTimeoutMs: 20_000,
    });
    // Fewer where each of them costs more, but always more commands than a connection may have under way.
    const producers = partitions > 64 ? 100 : 1000;
    const claims = await Promise.all(
      Array.from({ length: producers }, (_, producer) => store.claimProducer(`p${producer}`, 0)),
    );
    expect(claims.filter(({ ok }) => ok)).toHaveLength(producers);
    await dispose();
  },
);
