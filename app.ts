/**
 * The composition root: the only file that knows every part. It picks the engines by the settings (memory or Redis,
 * in-process or NATS) and hands each part what it needs; nothing else in the program knows which engine it runs on.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { addSharedMetrics, Outages } from './app-metrics.ts';
import { type Archiver, createArchiver } from './archiver/archiver.ts';
import { archiverMetrics } from './archiver/archiver-metrics.ts';
import { DEFAULT_ARCHIVER_OPTIONS } from './archiver/archiver-options.ts';
import { createPostgresArchive, DEFAULT_POSTGRES_OPTIONS } from './archiver/postgres/postgres-archive.ts';
import { createBroadcaster } from './broadcaster/broadcaster.ts';
import { broadcasterMetrics } from './broadcaster/broadcaster-metrics.ts';
import {
  type Broadcaster,
  type BroadcasterLimits,
  DEFAULT_BROADCASTER_LIMITS,
} from './broadcaster/broadcaster-types.ts';
import { createMatchFeeder } from './broadcaster/contests/match-feeder.ts';
import { BusCounts, countedBus } from './bus/counted-bus.ts';
import { createInProcessBus } from './bus/in-process-bus.ts';
import type { MessageBus } from './bus/message-bus.ts';
import { createNatsBus } from './bus/nats-bus.ts';
import { Nodes } from './bus/nodes.ts';
import { loadPlayedMatch } from './demo-match.ts';
import type { OwnHandlers } from './handlers-module.ts';
import { createNodeAnswer, createNodeReport, type ReportedParts } from './node-report.ts';
import type { NodeReport } from './protocol/node-reports.ts';
import { archives, servesClients } from './roles.ts';
import { type Clock, systemClock } from './runtime/clock.ts';
import { assert } from './runtime/errors.ts';
import { type Service, startAll } from './runtime/lifecycle.ts';
import type { Logger } from './runtime/logger.ts';
import { loopLag } from './runtime/loop-lag.ts';
import { createMetrics, type Metrics } from './runtime/metrics.ts';
import { createMetricsServer, type MetricsServer } from './runtime/metrics-server.ts';
import { createOtlpTraces } from './runtime/otlp-traces.ts';
import type { Traces } from './runtime/traces.ts';
import { HandlerFailures } from './scoring/handler-failures.ts';
import { createScoring } from './scoring/registry.ts';
import type { Scoring } from './scoring/scoring.ts';
import { createSports, type Sports } from './scoring/sports.ts';
import { hostAllowed } from './server/auth/origin.ts';
import type { DemoOptions } from './server/demo/demo.ts';
import { createEdge, type Edge } from './server/edge.ts';
import { isLoopback, type Settings } from './settings.ts';
import { createMemoryStore } from './store/memory/memory-store.ts';
import { createCheckpointKeeper } from './store/recompute/checkpoint-keeper.ts';
import { createRedisStore } from './store/redis/redis-store.ts';
import { ScriptTimes } from './store/redis/script-times.ts';
import type { ScoreStore } from './store/score-store.ts';

export interface App extends Service {
  /** Such as `http://127.0.0.1:8080`, once started; a broadcaster or an archiver has none. */
  readonly address: string | undefined;
  /** Of the port for metrics alone, once started, where there is one. */
  readonly metricsAddress: string | undefined;
  /** The one-off token of a server that runs without a key. */
  readonly adminToken: string | undefined;
}

interface Parts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly store: ScoreStore;
  readonly bus: MessageBus;
  /** One for all: what ingest checks is what the store asks. */
  readonly scoring: Scoring;
  readonly metrics: Metrics;
  /** Only where they are on. */
  readonly traces: Traces | undefined;
  /** Unique among the processes of an installation. */
  readonly name: string;
}

export function createApp(
  settings: Settings,
  deps: { logger: Logger; clock?: Clock; handlers?: OwnHandlers },
): App {
  const { logger, clock = systemClock } = deps;
  const failures = new HandlerFailures(logger, namesOf(deps.handlers));
  const scoring = createScoring(deps.handlers, {
    onFailure: (handler, error) => failures.add(handler, error),
  });
  const busCounts = new BusCounts();
  const scriptTimes = new ScriptTimes();
  const [storeOutages, busOutages] = [new Outages(), new Outages()];
  const name = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const parts: Parts = {
    settings,
    logger,
    clock,
    store: createStore(settings, {
      ...{ logger, clock, scoring, scriptTimes },
      sports: createSports(deps.handlers?.sports),
    }),
    bus: countedBus(createBus(settings, { logger, clock, busCounts }), busCounts),
    scoring,
    metrics: createMetrics(),
    traces: settings.traces && createOtlpTraces({ logger }, { ...settings.traces, instance: name }),
    name,
  };
  storeOutages.watch(parts.store);
  busOutages.watch(parts.bus);
  const nodes = createNodes(parts, () => reported);
  parts.metrics.add(loopLag());
  addSharedMetrics(parts.metrics, { ...parts, failures, storeOutages, busOutages, busCounts, scriptTimes });
  const { role } = settings;
  const edge = servesClients(role) ? createEdgeOf({ ...parts, nodes }) : undefined;
  const broadcaster = role === 'all' || role === 'broadcaster' ? createBroadcasterOf(parts) : undefined;
  const archiver = archives(settings) ? createArchiverOf(parts) : undefined;
  const reported: ReportedParts = { ...parts, role, edge, broadcaster };
  const ownPort = createMetricsServerOf(parts);
  const services = [ownPort, parts.traces, parts.store, parts.bus, nodes, archiver, broadcaster, edge].filter(
    (part) => part !== undefined,
  );
  const abort = new AbortController();
  let starting: Promise<Service> | undefined;
  return {
    get address() {
      return edge?.address;
    },
    get metricsAddress() {
      return ownPort?.address;
    },
    get adminToken() {
      return edge?.adminToken;
    },
    start: async () => {
      starting ??= startAll(services, abort.signal);
      await starting;
    },
    stop: async () => {
      // A start can take as long as a store or a bus is away; a stop does not wait for that.
      abort.abort();
      const started = await starting?.catch(() => undefined);
      await started?.stop();
    },
  };
}

/** Such as `leaderboards.coins`. */
function namesOf(handlers: OwnHandlers = {}): readonly string[] {
  return Object.entries(handlers).flatMap(([group, ofGroup]) =>
    Object.keys(ofGroup ?? {}).map((name) => `${group}.${name}`),
  );
}

function createStore(
  settings: Settings,
  {
    logger,
    clock,
    scoring,
    sports,
    scriptTimes,
  }: Pick<Parts, 'logger' | 'clock' | 'scoring'> & {
    readonly sports: Sports;
    readonly scriptTimes: ScriptTimes;
  },
): ScoreStore {
  if (settings.redisUrls.length === 0) return createMemoryStore(settings.store, { clock, scoring, sports });
  return createRedisStore({
    ...settings.store,
    ...redisAt(settings),
    ...{ logger, scoring, sports, times: scriptTimes },
  });
}

function redisAt({ redisUrls, redisSentinels }: Settings) {
  return { url: redisUrls, sentinels: redisSentinels };
}

function createBus(
  settings: Settings,
  { logger, clock, busCounts }: Pick<Parts, 'logger' | 'clock'> & { readonly busCounts: BusCounts },
): MessageBus {
  // History goes on where the bus is away: an archiver has nobody to talk to.
  if (settings.natsUrls.length === 0 || settings.role === 'archiver')
    return createInProcessBus({ clock, logger });
  const onDropped = (): void => {
    busCounts.dropped++;
  };
  return createNatsBus({ url: settings.natsUrls, logger, name: 'scorewire', onDropped });
}

/** It tells of parts that are made after it, and are there by the time it is started. */
function createNodes(parts: Parts, reported: () => ReportedParts): Nodes {
  let report: (() => NodeReport) | undefined;
  return new Nodes(parts.name, {
    ...parts,
    randomId: randomUUID,
    report: () => {
      report ??= createNodeReport(reported());
      return report();
    },
    answer: (question) => createNodeAnswer(reported())(question),
  });
}

function createBroadcasterOf({ settings, ...deps }: Parts): Broadcaster {
  const broadcaster = createBroadcaster(
    {
      ...deps,
      random: () => randomBytes(8).toString('hex'),
      sideline: (mayWorkOn) => createSideline({ settings, ...deps }, mayWorkOn),
    },
    {
      name: deps.name,
      timing: settings.timing,
      limits: ownerLimits(settings),
    },
  );
  deps.metrics.add(broadcasterMetrics(broadcaster));
  return broadcaster;
}

/** Beside a server and a broadcaster it only reads what they write. */
function createArchiverOf({ settings, store, clock, logger, metrics }: Parts): Archiver {
  const { databaseUrl } = settings;
  assert(databaseUrl !== undefined, 'who archives knows where to');
  const archive = createPostgresArchive({ logger }, { ...DEFAULT_POSTGRES_OPTIONS, url: databaseUrl });
  const archiver = createArchiver({ store, archive, clock, logger }, DEFAULT_ARCHIVER_OPTIONS);
  metrics.add(archiverMetrics(archiver));
  return archiver;
}

/** What a broadcaster does for its partitions besides: points of matches go to tournaments, checkpoints are taken. */
function createSideline({ settings, ...deps }: Parts, mayWorkOn: (partition: number) => boolean): Service {
  const feeder = createMatchFeeder({ ...deps, mayWorkOn }, { pauseMs: settings.timing.tickMs });
  if (settings.checkpointIntervalMs === 0) return feeder;
  const keeper = createCheckpointKeeper(
    { ...deps, mayWorkOn },
    { intervalMs: settings.checkpointIntervalMs, logOperations: settings.store.logOperations },
  );
  return {
    start: async () => void (await Promise.all([feeder.start(), keeper.start()])),
    stop: async () => void (await Promise.all([feeder.stop(), keeper.stop()])),
  };
}

/** Comes before what may be away, so that whoever looks after the process can tell waiting from dead. */
function createMetricsServerOf({ settings, metrics }: Parts): MetricsServer | undefined {
  const { metricsPort, host, authSecret, authJwks } = settings;
  if (metricsPort === undefined) return undefined;
  // Who listens for others without a key is a broadcaster or an archiver, which has nothing but this to protect.
  const open = authSecret === undefined && authJwks === undefined && isLoopback(host);
  return createMetricsServer(
    { metrics },
    { host, port: metricsPort, hostAllowed: (name) => hostAllowed(name, { open }) },
  );
}

/**
 * An owner watches for all gateways together, and for some time what they have just let go of. With no more room than one gateway
 * has, it would refuse what that gateway permits.
 */
const OWNER_HEADROOM = 2;

export function ownerLimits({ limits }: Pick<Settings, 'limits'>): BroadcasterLimits {
  return { ...DEFAULT_BROADCASTER_LIMITS, watchedChannels: limits.channels * OWNER_HEADROOM };
}

function demoOf({ demo }: Settings): DemoOptions | undefined {
  if (demo === undefined) return undefined;
  return { ...demo, played: demo.file === undefined ? undefined : loadPlayedMatch(demo.file) };
}

function createEdgeOf({ settings, name, ...deps }: Parts & { readonly nodes: Nodes }): Edge {
  // The same place from the sources and from the build: dist/web of the package.
  const root = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './dist/' : './', import.meta.url));
  return createEdge(deps, {
    node: name,
    host: settings.host,
    port: settings.port,
    isPortShared: settings.worker !== undefined,
    auth: {
      secret: settings.authSecret,
      jwks: settings.authJwks,
      anonymousSubscribe: settings.anonymousSubscribe,
    },
    allowedOrigins: settings.allowedOrigins,
    limits: settings.limits,
    timing: settings.timing,
    drainMs: settings.drainMs,
    staticDir: `${root}web`,
    demo: demoOf(settings),
  });
}
