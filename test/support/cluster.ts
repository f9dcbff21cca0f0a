import { WebSocket } from 'ws';
import { connect as connectClient, type ScorewireClient } from '../../client/index.ts';
import { type NatsServer, startNats } from './nats-server.ts';
import { freePort, waitUntil } from './processes.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import { adminToken, OPEN_TO_READERS, type RunningScorewire, request, startScorewire } from './scorewire.ts';

/**
 * An installation as operators run it: Redis that keeps what it acknowledged, NATS, broadcasters and servers, each a
 * process of its own that a test may kill, pause and start again on the same port.
 */
export interface Installation extends House {
  readonly redis: RedisServer;
  readonly nats: NatsServer;
}

/** The processes of an installation, whatever its engines are. */
export interface House {
  readonly env: Readonly<Record<string, string>>;
  /** Starts a server on the port of an earlier one, or on a free one. */
  server(port?: number, extra?: Readonly<Record<string, string>>): Promise<RunningScorewire>;
  broadcaster(extra?: Readonly<Record<string, string>>): Promise<RunningScorewire>;
  /** A client of the SDK that reconnects quickly. */
  client(server: RunningScorewire): ScorewireClient;
  publish(server: RunningScorewire, events: readonly object[]): Promise<number>;
  stop(): Promise<void>;
}

export async function startInstallation(extra: Record<string, string> = {}): Promise<Installation> {
  const [redis, nats] = await Promise.all([
    startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] }),
    startNats(),
  ]);
  const house = await openHouse({ REDIS_URL: redis.url, NATS_URL: nats.url, ...extra });
  return {
    ...house,
    redis,
    nats,
    stop: async () => {
      await house.stop();
      await Promise.all([redis.stop(), nats.stop()]);
    },
  };
}

/** `engines`: the settings that say where Redis and NATS are. */
export async function openHouse(engines: Readonly<Record<string, string>>): Promise<House> {
  const token = await adminToken();
  const env = { ...OPEN_TO_READERS, ...engines };
  const processes: RunningScorewire[] = [];
  const clients: ScorewireClient[] = [];
  const launch = async (role: string, port: number, extra = {}): Promise<RunningScorewire> => {
    const started = await startScorewire({ ...env, ROLE: role, PORT: String(port), ...extra });
    processes.push(started);
    return started;
  };
  return {
    env,
    server: async (port, extra) => launch('server', port ?? (await freePort()), extra),
    broadcaster: (extra) => launch('broadcaster', 0, extra),
    client: (server) => {
      const client = connectClient({
        url: server.socketUrl,
        WebSocket,
        backoff: { baseMs: 20, capMs: 200 },
      });
      clients.push(client);
      return client;
    },
    publish: async (server, events) =>
      (await request(`${server.url}/v1/events`, { token, body: events })).status,
    stop: async () => {
      for (const client of clients) client.close();
      await Promise.all(processes.map((process) => process.stop()));
    },
  };
}

export function portOf(server: RunningScorewire): number {
  return Number(new URL(server.url).port);
}

/** Publishes until it is accepted; only for changes that may be applied twice, such as `set`. */
export async function publishUntilAccepted(
  installation: Installation,
  server: RunningScorewire,
  events: readonly object[],
): Promise<void> {
  await waitUntil(
    async () => (await installation.publish(server, events)) === 200,
    'a publish to be accepted',
    20_000,
  );
}
