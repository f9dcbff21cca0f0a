/** What the tests over real sockets share. */
import { createInProcessBus } from '../../bus/in-process-bus.ts';
import { DEFAULT_TIMING } from '../../bus/timing.ts';
import type { State } from '../../protocol/views.ts';
import { systemClock } from '../../runtime/clock.ts';
import { type Logger, silentLogger } from '../../runtime/logger.ts';
import { createGateway, type Gateway } from '../connection-gateway.ts';
import type { GatewayTuning } from '../gateway/gateway-options.ts';
import { FakeAuthenticator, FakeIngest, FakeOwner, PARTITIONS } from '../gateway/support.contract.ts';
import { sseRoute } from '../http/sse-route.ts';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../limits.ts';
import type { HttpRoute } from './http-types.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

/** Keeps what is logged as a warning or an error. */
export function recordingLogger(): { logger: Logger; messages: string[]; fields: object[] } {
  const messages: string[] = [];
  const fields: object[] = [];
  const record = (of: object, message: string): void => {
    fields.push(of);
    messages.push(message);
  };
  const logger: Logger = { ...silentLogger, warn: record, error: record, child: () => logger };
  return { logger, messages, fields };
}

export function createTestTransport(
  options: Partial<TransportOptions> & { routes?: readonly HttpRoute[] },
  logger: Logger = silentLogger,
): Transport {
  return createTransport(
    { logger },
    {
      host: '127.0.0.1',
      port: 0,
      isPortShared: false,
      frameBytes: DEFAULT_SERVER_LIMITS.frameBytes,
      backpressureBytes: DEFAULT_SERVER_LIMITS.backpressureBytes,
      idleTimeoutSeconds: 60,
      routes: [],
      acceptor: { open: () => ({ message() {}, dropped() {}, drained() {}, closed() {} }) },
      originAllowed: () => true,
      hostAllowed: () => true,
      ...options,
    },
  );
}

export interface ServedEdge {
  readonly transport: Transport;
  readonly gateway: Gateway;
  readonly owner: FakeOwner;
  readonly authenticator: FakeAuthenticator;
  readonly ingest: FakeIngest;
  readonly socketUrl: string;
  readonly httpUrl: string;
  /** Of the channels, as one stream of events. */
  streamUrl(...channels: string[]): string;
  stop(): Promise<void>;
}

/** The whole edge on a free port, with an owner that is told what to say. */
export async function serveEdge(
  options: {
    limits?: Partial<ServerLimits>;
    tuning?: Partial<GatewayTuning>;
    transport?: Partial<TransportOptions>;
    states?: Readonly<Record<string, State>>;
  } = {},
): Promise<ServedEdge> {
  const clock = systemClock;
  const bus = createInProcessBus({ clock });
  const owner = new FakeOwner(bus);
  for (const [channel, state] of Object.entries(options.states ?? {})) owner.change(channel, state);
  const authenticator = new FakeAuthenticator();
  const ingest = new FakeIngest();
  const limits = { ...DEFAULT_SERVER_LIMITS, ...options.limits };
  const gateway = createGateway(
    {
      bus,
      clock,
      ingest,
      authenticator,
      logger: silentLogger,
      reader: { readStates: async (channels) => channels.map(() => 'not_found' as const) },
      publisher: {
        publish: (topic, wire, head) => transport.publisher.publish(topic, wire, head),
        subscribers: (topic) => transport.publisher.subscribers(topic),
      },
    },
    {
      node: 'node-1',
      partitions: PARTITIONS,
      limits,
      timing: DEFAULT_TIMING,
      ...(options.tuning === undefined ? {} : { tuning: options.tuning }),
    },
  );
  const transport = createTestTransport({
    acceptor: gateway.acceptor,
    frameBytes: limits.frameBytes,
    backpressureBytes: limits.backpressureBytes,
    routes: [sseRoute({ streams: gateway.streams, authenticator })],
    ...options.transport,
  });
  await gateway.start();
  await transport.start();
  owner.keepBeating(clock);
  return {
    transport,
    gateway,
    owner,
    authenticator,
    ingest,
    socketUrl: `ws://127.0.0.1:${transport.port}/v1/ws`,
    httpUrl: `http://127.0.0.1:${transport.port}`,
    streamUrl: (...channels) => {
      const query = new URLSearchParams(channels.map((channel) => ['channel', channel]));
      return `http://127.0.0.1:${transport.port}/v1/sse?${query}`;
    },
    stop: async () => {
      owner.stop();
      await gateway.stop();
      await transport.stop();
    },
  };
}
