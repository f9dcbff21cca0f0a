import type { MessageBus } from '../bus/message-bus.ts';
import type { Timing } from '../bus/timing.ts';
import type { ServerReport } from '../protocol/node-reports.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Service, startAll } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Traces } from '../runtime/traces.ts';
import type { Scoring } from '../scoring/scoring.ts';
import { readStates } from '../store/channel-states.ts';
import type { ScoreStore } from '../store/score-store.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { hostAllowed, originAllowed } from './auth/origin.ts';
import { createGateway, type Gateway } from './connection-gateway.ts';
import { createContestAsker } from './contests/contest-asker.ts';
import { createDemo, type DemoOptions } from './demo/demo.ts';
import { countedIngest, EventCounts, eventMetrics } from './event-counts.ts';
import { gatewayMetrics } from './gateway-metrics.ts';
import { createHealth } from './health.ts';
import type { AdminNodes } from './http/admin-routes.ts';
import type { Health } from './http/health-routes.ts';
import { createRoutes } from './http/routes.ts';
import { createIngest } from './ingest/ingest.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import type { ServerLimits } from './limits.ts';
import { createServerReport } from './server-report.ts';
import { StoreCheck } from './store-check.ts';
import { createTransport } from './transport/transport.ts';

export interface EdgeDeps {
  readonly store: ScoreStore;
  readonly bus: MessageBus;
  /** The same as the store's: what is checked here is asked there. */
  readonly scoring: Scoring;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly traces?: Traces | undefined;
  /** All processes of the installation. */
  readonly nodes: AdminNodes;
}

export interface EdgeOptions {
  /** The node's name. */
  readonly node: string;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Other processes listen on the port too. */
  readonly isPortShared: boolean;
  readonly auth: {
    readonly secret: string | undefined;
    readonly jwks: string | undefined;
    readonly anonymousSubscribe: readonly string[];
  };
  readonly allowedOrigins: readonly string[];
  readonly limits: ServerLimits;
  readonly timing: Timing;
  /** Milliseconds over which a stop says bye to the connections. */
  readonly drainMs: number;
  /** The built pages. */
  readonly staticDir: string;
  readonly demo: DemoOptions | undefined;
}

/** What faces the network: events in, updates out, pages. */
export interface Edge extends Service {
  /** Such as `http://127.0.0.1:8080`, once started. */
  readonly address: string | undefined;
  readonly adminToken: string | undefined;
  readonly report: () => ServerReport;
  readonly health: Health;
  readonly gateway: Pick<Gateway, 'connections' | 'busiestChannels' | 'disconnect' | 'drain' | 'isDraining'>;
}

/** The gateway closes silent clients with 4003 before; this is for what it cannot reach. The library rounds by some seconds. */
const IDLE_TIMEOUT_SECONDS = 90;

/** Once the sockets are gone, HTTP requests are waited for so long; with the time for sockets it is within the deadline of a stop. */
const HTTP_DRAIN_DEADLINE_MS = 2000;

export function createEdge(deps: EdgeDeps, options: EdgeOptions): Edge {
  const { store, bus, scoring, clock, logger, metrics } = deps;
  const { host, limits, timing, demo } = options;
  const { secret, jwks, anonymousSubscribe } = options.auth;
  const open = secret === undefined && jwks === undefined;
  const authenticator = createAuthenticator(
    {
      ...(secret === undefined ? {} : { secret }),
      ...(jwks === undefined ? {} : { jwks }),
      anonymousSubscribe,
      open,
    },
    { clock },
  );
  const accepting = createIngest({ ...deps, defer: (action) => void setImmediate(action) }, limits);
  const counts = new EventCounts();
  const ingest = countedIngest(accepting, counts);
  const gateway = createGateway(
    {
      ...{ bus, clock, logger, ingest, traces: deps.traces },
      authenticator,
      reader: { readStates: (channels) => readStates(store, channels, clock.now()) },
      // The gateway publishes through the transport, which hands its sockets to the gateway: one of them comes second.
      publisher: {
        publish: (topic, wire, head) => transport.publisher.publish(topic, wire, head),
        subscribers: (topic) => transport.publisher.subscribers(topic),
      },
    },
    {
      node: options.node,
      partitions: store.partitions,
      limits,
      timing,
      tuning: { drainMs: options.drainMs },
    },
  );
  const storeCheck = new StoreCheck(
    { store, clock, logger, shown: gateway.shownProbes },
    { periodMs: timing.probeMs === 0 ? 0 : timing.probeTimeoutMs / 2 },
  );
  const health = createHealth({ store, bus, gateway, storeCheck });
  const contests = createContestAsker(deps, { asker: options.node, partitions: store.partitions });
  metrics.add(gatewayMetrics(gateway));
  metrics.add(eventMetrics(counts));
  metrics.add(ingestMetrics(accepting));
  const feed = demo && createDemo({ store, ingest, clock, logger, random: Math.random }, demo);
  const transport = createTransport(
    { logger },
    {
      host,
      port: options.port,
      isPortShared: options.isPortShared,
      frameBytes: limits.frameBytes,
      backpressureBytes: limits.backpressureBytes,
      idleTimeoutSeconds: IDLE_TIMEOUT_SECONDS,
      acceptor: gateway.acceptor,
      hostAllowed: (name) => hostAllowed(name, { open }),
      originAllowed: (origin, name) => originAllowed(origin, name, options.allowedOrigins),
      routes: createRoutes(
        {
          store,
          ingest,
          scoring,
          contests,
          authenticator,
          clock,
          logger,
          health,
          admin: { nodes: deps.nodes, partitions: store.partitions },
          metrics,
          streams: gateway.streams,
          staticDir: options.staticDir,
          ...(demo === undefined ? {} : { demo: { ...demo, random: Math.random } }),
        },
        { limits },
      ),
    },
  );

  let adminToken: string | undefined;
  let starting: Promise<Service> | undefined;
  let started: Service | undefined;
  const start = async (): Promise<Service> => {
    adminToken = await authenticator.issueToken?.();
    return startAll([gateway, storeCheck, contests, transport, ...(feed === undefined ? [] : [feed])]);
  };
  return {
    report: createServerReport({ gateway, ingest: accepting, counts }),
    health,
    gateway,
    get address() {
      return started === undefined
        ? undefined
        : `http://${host.includes(':') ? `[${host}]` : host}:${transport.port}`;
    },
    get adminToken() {
      return adminToken;
    },
    start: async () => {
      starting ??= start();
      started = await starting;
    },
    stop: async () => {
      await starting?.catch(() => undefined);
      transport.stopListening();
      await feed?.stop();
      // What was accepted is settled and answered before anybody is sent away.
      await gateway.drain();
      await accepting.settle();
      await transport.drained(HTTP_DRAIN_DEADLINE_MS);
      await (await starting?.catch(() => undefined))?.stop();
    },
  };
}
