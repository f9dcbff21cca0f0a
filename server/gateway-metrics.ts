import type { MetricGroup } from '../runtime/metrics.ts';
import type { Gateway, GatewayStats } from './connection-gateway.ts';

type Found = GatewayStats & { readonly stalePartitions: number };

export function gatewayMetrics(gateway: Pick<Gateway, 'stats' | 'stalePartitions'>): MetricGroup<Found> {
  return {
    read: () => ({ ...gateway.stats(), stalePartitions: gateway.stalePartitions() }),
    metrics: {
      scorewire_connections: {
        kind: 'gauge',
        help: 'Open WebSockets and streams of events',
        value: ({ connections }) => connections,
      },
      scorewire_connections_refused_total: {
        kind: 'counter',
        help: 'Connections that were refused, since there were too many',
        value: ({ refusedConnections }) => refusedConnections,
      },
      scorewire_subscriptions: {
        kind: 'gauge',
        help: 'Subscriptions of all connections',
        value: ({ subscriptions }) => subscriptions,
      },
      scorewire_channels: {
        kind: 'gauge',
        help: 'Channels that this node watches for its subscribers',
        value: ({ channels }) => channels,
      },
      scorewire_stale_channels: {
        kind: 'gauge',
        help: 'Channels among them whose source cannot be reached',
        value: ({ staleChannels }) => staleChannels,
      },
      scorewire_stale_partitions: {
        kind: 'gauge',
        help: 'Partitions that subscribers of this node get no fresh states of',
        value: ({ stalePartitions }) => stalePartitions,
      },
      scorewire_updates_total: {
        kind: 'counter',
        help: 'Updates of channels, each counted once whatever the number of subscribers',
        value: ({ updates }) => updates,
      },
      scorewire_recent_patch_bytes: {
        kind: 'gauge',
        help: 'Bytes of recent patches that are kept for clients that come back',
        value: ({ recentPatchBytes }) => recentPatchBytes,
      },
    },
  };
}
