/** The edge of the live side: connections in front, channels behind, without any library underneath. */
import { randomUUID } from 'node:crypto';
import type { Service } from '../runtime/lifecycle.ts';
import type { ConnectionDeps } from './connection.ts';
import { ConnectionTable } from './connection-table.ts';
import { ChannelHub, type ChannelHubDeps } from './gateway/channel-hub.ts';
import {
  DEFAULT_GATEWAY_TUNING,
  type GatewayOptions,
  type GatewayTuning,
} from './gateway/gateway-options.ts';
import { type StreamAcceptor, StreamOpener } from './stream-opener.ts';
import type { SocketAcceptor } from './transport/socket-types.ts';

export type GatewayDeps = Omit<ChannelHubDeps & ConnectionDeps, 'hub' | 'defer' | 'randomId'> &
  Partial<Pick<ChannelHubDeps, 'defer' | 'randomId'> & { readonly random: () => number }>;

export type CreateGatewayOptions = Omit<GatewayOptions, 'tuning'> & {
  readonly tuning?: Partial<GatewayTuning>;
};

export interface Gateway extends Service {
  readonly acceptor: SocketAcceptor;
  readonly streams: StreamAcceptor;
  /**
   * Says bye to everybody, one after the other, once their publishes are answered or the deadline has passed, and closes with 4001. New
   * connections are refused from now on. Comes before `stop`.
   */
  drain(reconnectAfterMs?: number): Promise<void>;
  readonly isDraining: boolean;
  stats(): GatewayStats;
  /** Partitions that clients of this node get no fresh states of; cheap at any load. */
  stalePartitions(): number;
}

export interface GatewayStats {
  readonly connections: number;
  readonly refusedConnections: number;
  readonly subscriptions: number;
  readonly channels: number;
  readonly staleChannels: number;
  /** Updates told since the start, each counted once whatever the number of subscribers. */
  readonly updates: number;
  readonly recentPatchBytes: number;
}

export function createGateway(given: GatewayDeps, options: CreateGatewayOptions): Gateway {
  const deps = {
    defer: (action: () => void): void => void setImmediate(action),
    randomId: (): string => randomUUID(),
    random: Math.random,
    ...given,
  };
  const complete: GatewayOptions = { ...options, tuning: { ...DEFAULT_GATEWAY_TUNING, ...options.tuning } };
  const hub = new ChannelHub(deps, complete);
  const table = new ConnectionTable({ ...deps, hub }, complete);
  let state: 'new' | 'started' | 'stopped' = 'new';
  return {
    acceptor: table,
    streams: new StreamOpener({ ...deps, hub, table }, complete),
    start: async () => {
      if (state !== 'new') return;
      state = 'started';
      await hub.start();
      table.start();
    },
    stop: async () => {
      if (state === 'stopped') return;
      state = 'stopped';
      table.stop();
      await hub.stop();
    },
    drain: (reconnectAfterMs = complete.tuning.retryAfterMs) => table.drain(reconnectAfterMs),
    get isDraining() {
      return table.isDraining;
    },
    stalePartitions: () => hub.stalePartitions,
    stats: () => ({ ...table.stats(), ...hub.stats() }),
  };
}
