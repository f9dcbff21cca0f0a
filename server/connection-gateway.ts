/** The edge of the live side: connections in front, channels behind, without any library underneath. */
import { randomUUID } from 'node:crypto';
import type { CloseReason } from '../protocol/codes.ts';
import type { ChannelInfo, ConnectionInfo } from '../protocol/node-reports.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { ConnectionDeps } from './connection.ts';
import { ConnectionTable } from './connection-table.ts';
import { ChannelHub, type ChannelHubDeps } from './gateway/channel-hub.ts';
import type { GatewayCounts } from './gateway/gateway-counts.ts';
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
  /** For operators: what is asked of the connections and channels of this node. */
  connections(search: string, limit: number): readonly ConnectionInfo[];
  busiestChannels(limit: number): readonly ChannelInfo[];
  /** False where there is no such connection. */
  disconnect(id: string): boolean;
  /** Partitions that clients of this node get no fresh states of; cheap at any load. */
  stalePartitions(): number;
  /** Those among them whose owner says that all is well, though what is written does not come back. */
  latePartitions(): number;
  /** For how long what is written into some partition has not come back. */
  probeAgeMs(): number;
  /** What the probe of each partition shows, as its owner told it. */
  shownProbes(): readonly (number | undefined)[];
}

export interface GatewayStats {
  readonly connections: number;
  readonly refusedConnections: number;
  readonly subscriptions: number;
  readonly channels: number;
  readonly staleChannels: number;
  readonly recentPatchBytes: number;
  readonly openedConnections: number;
  /** By why this node ended them; `client`: it did not, the client or the network did. */
  readonly closedConnections: ReadonlyMap<CloseReason | 'client', number>;
  readonly counts: GatewayCounts;
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
    latePartitions: () => hub.latePartitions,
    probeAgeMs: () => hub.probeAgeMs,
    shownProbes: () => hub.shownProbes,
    connections: (search, limit) => table.list(search, limit),
    busiestChannels: (limit) => hub.channels.busiest(limit),
    disconnect: (id) => table.disconnect(id),
    stats: () => ({ ...table.stats(), ...hub.stats(), counts: hub.counts }),
  };
}
