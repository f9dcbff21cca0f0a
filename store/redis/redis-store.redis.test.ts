import { afterAll, beforeAll } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { storeContract } from '../store.contract.ts';
import { createStoreUnderTest } from './redis.contract.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

storeContract('the Redis store', (options) => createStoreUnderTest(redis.url, options));
