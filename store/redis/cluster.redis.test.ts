import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { waitUntil } from '../../test/support/processes.ts';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import { storeContract } from '../store.contract.ts';
import { createStoreUnderTest } from './redis.contract.ts';

/** One node that owns all slots: it refuses scripts whose keys are of several slots, as any Cluster does. */
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] });
  const admin = new Redis(redis.port);
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await waitUntil(async () => /cluster_state:ok/.test(String(await admin.cluster('INFO'))), 'the cluster');
  admin.disconnect();
});
afterAll(() => redis.stop());

storeContract('the Redis store on a Cluster', (options) =>
  createStoreUnderTest([redis.url, redis.url], options),
);
