import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { DEFAULT_STORE_OPTIONS, type ScoreStore, type StoreOptions } from '../score-store.ts';
import { storeContract } from '../store.contract.ts';
import { createRedisStore } from './redis-store.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

storeContract('the Redis store', async (options) => {
  const keyPrefix = `${randomUUID()}:`;
  const clients: ScoreStore[] = [];
  const connect = async (changes?: Partial<StoreOptions>): Promise<ScoreStore> => {
    const store = createRedisStore({
      ...DEFAULT_STORE_OPTIONS,
      ...options,
      ...changes,
      url: redis.url,
      logger: silentLogger,
      keyPrefix,
    });
    clients.push(store);
    await store.start();
    return store;
  };
  return {
    store: await connect(),
    connect,
    dispose: async () => {
      await Promise.all(clients.map((store) => store.stop()));
    },
  };
});
