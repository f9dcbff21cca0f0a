import { startNats } from '../test/support/nats-server.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { adminToken, OPEN_TO_READERS, startScorewire } from '../test/support/scorewire.ts';
import type { TargetOptions } from './options.ts';
import type { WatchedProcess } from './processes.ts';

/** The server under load. */
export interface Target {
  readonly url: string;
  readonly token: string;
  /** Whose CPU and memory are told; those of a server that ran already only where the options name them. */
  readonly processes: readonly WatchedProcess[];
  /** Ends what was started for the run, and nothing else. */
  stop(): Promise<void>;
}

export async function openTarget(
  target: TargetOptions,
  settings: Readonly<Record<string, string>> = {},
): Promise<Target> {
  if (target.type === 'running') {
    const { url, token, processes } = target;
    return { url, token, processes, stop: async () => undefined };
  }
  const engines = target.engines === 'real' ? await startEngines() : EMBEDDED;
  try {
    const server = await startScorewire({
      ...OPEN_TO_READERS,
      MAX_PUBLISHES_PER_SECOND: '0',
      ...engines.env,
      ...settings,
    });
    return {
      url: server.url,
      token: await adminToken(),
      processes: [{ name: 'scorewire', pid: server.process.pid }, ...engines.processes],
      stop: async () => {
        await server.stop();
        await engines.stop();
      },
    };
  } catch (error) {
    await engines.stop();
    throw error;
  }
}

interface Engines {
  readonly env: Readonly<Record<string, string>>;
  readonly processes: readonly WatchedProcess[];
  stop(): Promise<void>;
}

const EMBEDDED: Engines = { env: {}, processes: [], stop: async () => undefined };

async function startEngines(): Promise<Engines> {
  const redis = await startRedis();
  try {
    const nats = await startNats();
    return {
      env: { REDIS_URL: redis.url, NATS_URL: nats.url },
      processes: [
        { name: 'redis-server', pid: redis.pid },
        { name: 'nats-server', pid: nats.pid },
      ],
      stop: async () => {
        await Promise.all([redis.stop(), nats.stop()]);
      },
    };
  } catch (error) {
    await redis.stop();
    throw error;
  }
}
