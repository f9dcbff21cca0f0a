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
export interface Installation {
  readonly redis: RedisServer;
  readonly nats: NatsServer;
  readonly env: Record<string, string>;
  /** Starts a server on the port of an earlier one, or on a free one. */
  server(port?: number): Promise<RunningScorewire>;
  broadcaster(): Promise<RunningScorewire>;
  /** A client of the SDK that reconnects quickly. */
  client(server: RunningScorewire): ScorewireClient;
  publish(server: RunningScorewire, events: readonly object[]): Promise<number>;
  stop(): Promise<void>;
}

export async function startInstallation(extra: Record<string, string> = {}): Promise<Installation> {
  const [redis, nats, token] = await Promise.all([
    startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] }),
    startNats(),
    adminToken(),
  ]);
  const env = { ...OPEN_TO_READERS, REDIS_URL: redis.url, NATS_URL: nats.url, ...extra };
  const processes: RunningScorewire[] = [];
  const clients: ScorewireClient[] = [];
  const launch = async (role: string, port: number): Promise<RunningScorewire> => {
    const started = await startScorewire({ ...env, ROLE: role, PORT: String(port) });
    processes.push(started);
    return started;
  };
  return {
    redis,
    nats,
    env,
    server: async (port) => launch('server', port ?? (await freePort())),
    broadcaster: () => launch('broadcaster', 0),
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
      await Promise.all([redis.stop(), nats.stop()]);
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
