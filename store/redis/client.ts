import { Cluster, Redis } from 'ioredis';
import type { RedisAddress } from './redis-url.ts';
import type { RunScript, ScriptArgument, ScriptName } from './scripts.ts';

/** The one place that knows the client library: a single server, whichever Sentinels call the master, or a Cluster where several addresses are given. */
export interface RedisClient {
  /** Resolves after the first attempt, however it went; from then on it reconnects for ever. */
  connect(): Promise<void>;
  /** Sends at once or rejects at once: nothing waits for a connection. Rejects with the library's errors. */
  readonly run: RunScript;
  /** Leaves the connection, and makes another as after a loss. */
  reconnect(): void;
  /** Waits for the answers under way, but not long. */
  close(): Promise<void>;
}

export interface RedisClientOptions {
  readonly addresses: readonly RedisAddress[];
  /** Where there are any, they know where the server is, by the name that its address has for a host. */
  readonly sentinels: readonly RedisAddress[];
  readonly scripts: ReadonlyMap<ScriptName, string>;
  /** Without any data for this long while an answer is awaited, the connection counts as dead and is made anew. */
  readonly commandTimeoutMs: number;
  /** A connection was lost; what was under way on it is rejected. */
  readonly onLost: () => void;
  readonly onError: (error: Error) => void;
}

const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 1000;
const CLOSE_TIMEOUT_MS = 1000;

export function createRedisClient(options: RedisClientOptions): RedisClient {
  const library = options.addresses.length > 1 ? createCluster(options) : createSingle(options);
  const gather = library instanceof Redis ? gatherWrites(library) : (): void => undefined;
  library.on('error', options.onError);
  const commands = new Map<string, ScriptCommand>();
  for (const [name, lua] of options.scripts) {
    // The library sends EVAL first on each connection and EVALSHA from then on, and heals NOSCRIPT by itself. Each
    // command has a twin that gives `Buffer`s.
    library.defineCommand(name, { lua });
    const defined = library as unknown as Record<string, ScriptCommand>;
    for (const each of [name, `${name}Buffer`]) {
      const command = defined[each];
      if (command !== undefined) commands.set(each, command.bind(library));
    }
  }
  return {
    connect: () => library.connect().catch(() => undefined),
    run: (script, keys, args, result) => {
      const command = commands.get(result === 'bytes' ? `${script}Buffer` : script);
      if (command === undefined) return Promise.reject(new Error(`defect: no script ${script}`));
      gather();
      return command(keys.length, ...keys, ...args);
    },
    reconnect: () => library.disconnect(true),
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      });
      const quit = library.status === 'ready' ? library.quit().catch(() => undefined) : undefined;
      await Promise.race([quit, late]);
      clearTimeout(timer);
      library.disconnect();
    },
  };
}

/** What is sent in one go, such as a script for each partition, leaves with one call of the system instead of one for each command. */
function gatherWrites(library: Redis): () => void {
  let isGathering = false;
  return () => {
    const { stream } = library;
    if (isGathering || library.status !== 'ready') return;
    isGathering = true;
    stream.cork();
    process.nextTick(() => {
      isGathering = false;
      stream.uncork();
    });
  };
}

type ScriptCommand = (...args: (ScriptArgument | number)[]) => Promise<unknown>;

function createSingle(options: RedisClientOptions): Redis {
  const [address] = options.addresses;
  if (address === undefined) throw new Error('defect: no address of Redis');
  const redis = new Redis({
    ...connectionOptions(address, options),
    ...whereabouts(address, options),
    db: address.db,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
    // A master that was demoted: the next connection may lead to the new one.
    reconnectOnError: (error) => error.message.includes('READONLY'),
  });
  redis.on('close', options.onLost);
  return redis;
}

function whereabouts({ host, port, tls }: RedisAddress, options: RedisClientOptions) {
  const [first] = options.sentinels;
  if (first === undefined) return { host, port };
  return {
    sentinels: options.sentinels.map((sentinel) => ({ host: sentinel.host, port: sentinel.port })),
    name: host,
    ...(first.username === undefined ? {} : { sentinelUsername: first.username }),
    ...(first.password === undefined ? {} : { sentinelPassword: first.password }),
    ...(first.tls ? { sentinelTLS: {} } : {}),
    enableTLSForSentinelMode: tls,
    sentinelCommandTimeout: options.commandTimeoutMs,
    sentinelRetryStrategy: reconnectDelayMs,
    sentinelReconnectStrategy: reconnectDelayMs,
    // An old master that can still be reached would be believed until it learns of the new one.
    failoverDetector: true,
  } as const;
}

function createCluster(options: RedisClientOptions): Cluster {
  const [first] = options.addresses;
  if (first === undefined) throw new Error('defect: no address of Redis');
  const cluster = new Cluster(
    options.addresses.map(({ host, port }) => ({ host, port })),
    {
      redisOptions: connectionOptions(first, options),
      lazyConnect: true,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      clusterRetryStrategy: reconnectDelayMs,
      // A command whose connection broke may have been executed: to send it again is for the caller to decide.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      slotsRefreshTimeout: options.commandTimeoutMs,
    },
  );
  cluster.on('close', options.onLost);
  cluster.on('-node', options.onLost);
  cluster.on('node error', options.onError);
  return cluster;
}

function connectionOptions(address: RedisAddress, options: RedisClientOptions) {
  return {
    ...(address.username === undefined ? {} : { username: address.username }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.tls ? { tls: {} } : {}),
    connectionName: 'scorewire',
    disableClientInfo: true,
    protocol: 2,
    connectTimeout: options.commandTimeoutMs,
    socketTimeout: options.commandTimeoutMs,
    // Rejects what was under way as soon as the connection breaks, instead of sending it again.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableReadyCheck: false,
  } as const;
}

function reconnectDelayMs(attempt: number): number {
  const ceiling = Math.min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + Math.random() * (ceiling / 2);
}
