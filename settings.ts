import { DEFAULT_TIMING, type Timing, timingOf } from './bus/timing.ts';
import { type DemoSettings, readDemo } from './demo-settings.ts';
import { isSplit, ROLES, type Role, servesClients } from './roles.ts';
import { EnvReader } from './runtime/env-reader.ts';
import { StartError } from './runtime/errors.ts';
import { LOG_LEVELS, type LogLevel } from './runtime/logger.ts';
import { isOrigin } from './server/auth/origin.ts';
import { mayMatchChannels } from './server/auth/patterns.ts';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from './server/limits.ts';
import { DEFAULT_STORE_OPTIONS, type StoreOptions } from './store/score-store.ts';

export interface TraceSettings {
  /** Where OTLP is spoken over HTTP. */
  readonly endpoint: string;
  /** 0 to 1: which part of the changes is recorded. */
  readonly ratio: number;
  readonly serviceName: string;
}

/** Everything that can be set from outside: read once, validated, frozen, passed down. docs/limits.md and the README list it. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Of `/metrics` and `/healthz` alone, in any role; none: they are only where a server listens. */
  readonly metricsPort: number | undefined;
  readonly role: Role;
  /** Processes that share the port. */
  readonly workers: number;
  /** Which of them this is, as its parent tells it; none for the parent and for who is alone. */
  readonly worker: number | undefined;
  /** None: scores live in memory. Several: a Redis Cluster. */
  readonly redisUrls: readonly string[];
  /** Where there are any, they tell where the Redis is whose name is the host of the one URL. */
  readonly redisSentinels: readonly string[];
  /** None: the bus is inside the process. */
  readonly natsUrls: readonly string[];
  /** Where the history goes, of an archiver or a process of all; none: nowhere. It may hold a password. */
  readonly databaseUrl: string | undefined;
  /** The module with the operator's own handlers. */
  readonly handlers: string | undefined;
  readonly authSecret: string | undefined;
  readonly authJwks: string | undefined;
  readonly anonymousSubscribe: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly logLevel: LogLevel;
  readonly demo: DemoSettings | undefined;
  readonly timing: Timing;
  readonly store: StoreOptions;
  readonly limits: ServerLimits;
  /** Milliseconds between two looks at whether checkpoints are due; 0: none are taken but by recomputing. */
  readonly checkpointIntervalMs: number;
  /** None: no traces are recorded. */
  readonly traces: TraceSettings | undefined;
  /** Milliseconds within which a stop ends, whatever is still open. */
  readonly stopDeadlineMs: number;
  /** Milliseconds over which a stop says bye to the connections; what is left of the deadline is for settling and answering. */
  readonly drainMs: number;
}

/** RFC 7518 asks for a key of at least the hash's size for HS256. */
const SECRET_WISE_BYTES = 32;

const MAX_WORKERS = 256;

const PORTS = { min: 0, max: 65_535 };

const MEMORY_LOG_OPERATIONS = 25_000;

const DRAIN_MS = 5000;

/** Ten years. */
const LONGEST_MS = 3650 * 24 * 3_600_000;

/** The environment name of each limit. */
export const LIMIT_NAMES = {
  frameBytes: 'MAX_FRAME_BYTES',
  subscriptionsPerConnection: 'MAX_SUBSCRIPTIONS_PER_CONNECTION',
  backpressureBytes: 'MAX_BACKPRESSURE_BYTES',
  eventsPerPublish: 'MAX_EVENTS_PER_PUBLISH',
  unackedEventsPerConnection: 'MAX_UNACKED_EVENTS_PER_CONNECTION',
  producersPerConnection: 'MAX_PRODUCERS_PER_CONNECTION',
  publishesPerSecond: 'MAX_PUBLISHES_PER_SECOND',
  connections: 'MAX_CONNECTIONS',
  connectionsPerAddress: 'MAX_CONNECTIONS_PER_ADDRESS',
  bodyBytes: 'MAX_BODY_BYTES',
  pendingEvents: 'MAX_PENDING_EVENTS',
  replyQueueBytes: 'MAX_REPLY_QUEUE_BYTES',
  channels: 'MAX_CHANNELS',
} as const satisfies Record<keyof ServerLimits, string>;

const MIB = 1024 * 1024;

/** The most that each limit can be set to. Bytes are numbers of 32 bits in the socket library, which would wrap in silence. */
export const LARGEST_LIMITS: ServerLimits = {
  frameBytes: 64 * MIB,
  subscriptionsPerConnection: 1_000_000,
  backpressureBytes: 1024 * MIB,
  eventsPerPublish: 1_000_000,
  unackedEventsPerConnection: 100_000_000,
  producersPerConnection: 1_000_000,
  publishesPerSecond: 1_000_000,
  connections: 10_000_000,
  connectionsPerAddress: 10_000_000,
  bodyBytes: 256 * MIB,
  pendingEvents: 100_000_000,
  replyQueueBytes: 1024 * MIB,
  channels: 100_000_000,
};

/** Limits for which zero means that there is none; for all others the least is 1. */
const ZERO_IS_UNLIMITED: ReadonlySet<keyof ServerLimits> = new Set([
  'publishesPerSecond',
  'connectionsPerAddress',
]);

export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const env = new EnvReader(environment);
  const stopDeadlineMs = env.integer('STOP_DEADLINE_MS', 10_000, { min: 100, max: 600_000 });
  const settings: Settings = {
    host: env.text('HOST') ?? '127.0.0.1',
    port: env.integer('PORT', 8080, PORTS),
    metricsPort: env.text('METRICS_PORT') === undefined ? undefined : env.integer('METRICS_PORT', 0, PORTS),
    role: env.choice('ROLE', 'all', ROLES),
    workers: env.integer('WORKERS', 1, { min: 1, max: MAX_WORKERS }),
    worker:
      env.text('WORKER') === undefined ? undefined : env.integer('WORKER', 0, { min: 0, max: MAX_WORKERS }),
    redisUrls: env.urls('REDIS_URL', ['redis:', 'rediss:']),
    redisSentinels: env.urls('REDIS_SENTINELS', ['redis:', 'rediss:']),
    natsUrls: env.urls('NATS_URL', ['nats:', 'tls:']),
    databaseUrl: env.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    handlers: env.text('HANDLERS'),
    authSecret: env.secret('AUTH_SECRET'),
    authJwks: env.text('AUTH_JWKS'),
    anonymousSubscribe: env.list(
      'ANONYMOUS_SUBSCRIBE',
      mayMatchChannels,
      'a pattern that can match a channel, such as board:* or rank:*',
    ),
    allowedOrigins: env.list('ALLOWED_ORIGINS', isOrigin, 'an origin such as https://example.com'),
    logLevel: env.choice('LOG_LEVEL', 'info', LOG_LEVELS),
    demo: readDemo(env),
    timing: timingOf(env.integer('TICK_MS', DEFAULT_TIMING.tickMs, { min: 10, max: 60_000 })),
    store: {
      ...DEFAULT_STORE_OPTIONS,
      partitions: env.integer('PARTITIONS', DEFAULT_STORE_OPTIONS.partitions, { min: 1, max: 1024 }),
      logOperations: env.integer('LOG_OPERATIONS', defaultLogOperations(env), {
        min: 1,
        max: 1_000_000_000,
      }),
      sessionTimeoutMs: env.integer('SESSION_TIMEOUT_MS', DEFAULT_STORE_OPTIONS.sessionTimeoutMs, {
        min: 1000,
        max: LONGEST_MS,
      }),
      windowRetentionMs: env.integer('WINDOW_RETENTION_MS', DEFAULT_STORE_OPTIONS.windowRetentionMs, {
        min: 0,
        max: LONGEST_MS,
      }),
    },
    limits: readLimits(env),
    checkpointIntervalMs: env.integer('CHECKPOINT_INTERVAL_MS', defaultCheckpointInterval(env), {
      min: 0,
      max: 3_600_000,
    }),
    traces: readTraces(env),
    stopDeadlineMs,
    drainMs: env.integer('DRAIN_MS', Math.min(DRAIN_MS, Math.floor(stopDeadlineMs / 2)), {
      min: 0,
      max: 600_000,
    }),
  };
  checkTogether(settings);
  return Object.freeze(settings);
}

/** An operation of the log costs about 30 bytes in Redis, and four times that in the memory of this process. */
function defaultLogOperations(env: EnvReader): number {
  return env.text('REDIS_URL') === undefined ? MEMORY_LOG_OPERATIONS : DEFAULT_STORE_OPTIONS.logOperations;
}

/** Scores in the memory of this process are gone at its end: proving them is left to who asks for it. */
function defaultCheckpointInterval(env: EnvReader): number {
  return env.text('REDIS_URL') === undefined ? 0 : 5000;
}

/** By the names that OpenTelemetry has given them. */
function readTraces(env: EnvReader): TraceSettings | undefined {
  const [endpoint] = env.urls('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']);
  if (endpoint === undefined) return undefined;
  return {
    endpoint,
    ratio: env.share('OTEL_TRACES_SAMPLER_ARG', 0.01),
    serviceName: env.text('OTEL_SERVICE_NAME') ?? 'scorewire',
  };
}

function readLimits(env: EnvReader): ServerLimits {
  const limits: Record<string, number> = {};
  for (const [limit, name] of Object.entries(LIMIT_NAMES) as [keyof ServerLimits, string][]) {
    const min = ZERO_IS_UNLIMITED.has(limit) ? 0 : 1;
    limits[limit] = env.integer(name, DEFAULT_SERVER_LIMITS[limit], { min, max: LARGEST_LIMITS[limit] });
  }
  return limits as unknown as ServerLimits;
}

/** What is right alone but wrong together. */
function checkTogether(settings: Settings): void {
  const { role, host, authSecret, authJwks } = settings;
  if (authSecret !== undefined && authJwks !== undefined) {
    throw new StartError(
      'AUTH_SECRET and AUTH_JWKS are both set: choose one, since a key fixes the algorithm',
    );
  }
  const { drainMs, stopDeadlineMs } = settings;
  if (drainMs > stopDeadlineMs / 2) {
    throw new StartError(
      `DRAIN_MS=${drainMs}: is more than half of STOP_DEADLINE_MS=${stopDeadlineMs}; the other half is for what is still to be answered`,
    );
  }
  if (settings.workers > 1) checkWorkers(settings);
  if (settings.redisSentinels.length > 0 && settings.redisUrls.length !== 1) {
    throw new StartError(
      'REDIS_SENTINELS: needs one REDIS_URL, whose host is the name of the master, such as redis://mymaster',
    );
  }
  checkHistory(settings);
  if (isSplit(role) && (settings.redisUrls.length === 0 || settings.natsUrls.length === 0)) {
    throw new StartError(
      `ROLE=${role}: needs REDIS_URL and NATS_URL, since the parts of a split installation meet there`,
    );
  }
  if (servesClients(role) && authSecret === undefined && authJwks === undefined && !isLoopback(host)) {
    throw new StartError(
      `HOST=${host}: is not a loopback address; set AUTH_SECRET or AUTH_JWKS first, or anybody could publish`,
    );
  }
}

function checkHistory({ role, redisUrls, databaseUrl }: Settings): void {
  if (role === 'archiver' && (redisUrls.length === 0 || databaseUrl === undefined)) {
    throw new StartError(
      'ROLE=archiver: needs REDIS_URL, where the log is, and DATABASE_URL, where the history goes',
    );
  }
  if (role === 'all' && databaseUrl !== undefined && redisUrls.length === 0) {
    throw new StartError(
      'DATABASE_URL: needs REDIS_URL, since scores in the memory of one process begin anew with each start',
    );
  }
}

function checkWorkers({ workers, role, redisUrls, natsUrls, authSecret, authJwks, ...rest }: Settings): void {
  const { metricsPort = 0, worker } = rest;
  if (redisUrls.length === 0 || natsUrls.length === 0) {
    throw new StartError(
      `WORKERS=${workers}: needs REDIS_URL and NATS_URL, since processes that share a port meet there`,
    );
  }
  if (!servesClients(role)) {
    throw new StartError(
      `WORKERS=${workers}: a process of ROLE=${role} has no port to share; start several of them`,
    );
  }
  if (authSecret === undefined && authJwks === undefined) {
    throw new StartError(
      `WORKERS=${workers}: needs AUTH_SECRET or AUTH_JWKS, since a token of one process would be nothing to the others`,
    );
  }
  if (worker === undefined && metricsPort + workers - 1 > PORTS.max) {
    throw new StartError(`METRICS_PORT=${metricsPort}: ${workers} workers need as many ports from there on`);
  }
}

/** What works but is unwise; logged at start. */
export function settingWarnings({ authSecret }: Settings): readonly string[] {
  if (authSecret === undefined || new TextEncoder().encode(authSecret).length >= SECRET_WISE_BYTES) return [];
  return [
    `AUTH_SECRET has fewer than ${SECRET_WISE_BYTES} bytes and can be guessed from a token; for example: openssl rand -hex 32`,
  ];
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
