import { startNats } from './nats-server.ts';
import { startRedis } from './redis-server.ts';

/** The engines under the product: the embedded ones, and real Redis with real NATS. End-to-end tests run on both. */
export interface Engines {
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

export const ENGINES: readonly { readonly name: string; readonly start: () => Promise<Engines> }[] = [
  { name: 'embedded engines', start: async () => ({ env: {}, stop: async () => undefined }) },
  { name: 'Redis and NATS', start: startRealEngines },
];

export async function startRealEngines(): Promise<Engines> {
  const [redis, nats] = await Promise.all([startRedis(), startNats()]);
  return {
    env: { REDIS_URL: redis.url, NATS_URL: nats.url },
    stop: async () => {
      await Promise.all([redis.stop(), nats.stop()]);
    },
  };
}
