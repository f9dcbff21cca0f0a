import type { HistogramMetric, MetricGroup, NumberMetric } from '../runtime/metrics.ts';
import type { Gateway, GatewayStats } from './connection-gateway.ts';

type Found = GatewayStats & { readonly stalePartitions: number; readonly probeAgeMs: number };

const counter = (help: string, value: (found: Found) => number): NumberMetric<Found> => ({
  kind: 'counter',
  help,
  value,
});
const gauge = (help: string, value: (found: Found) => number): NumberMetric<Found> => ({
  kind: 'gauge',
  help,
  value,
});
const histogram = (help: string, value: HistogramMetric<Found>['value']): HistogramMetric<Found> => ({
  kind: 'histogram',
  help,
  value,
});

export function gatewayMetrics(
  gateway: Pick<Gateway, 'stats' | 'stalePartitions' | 'probeAgeMs'>,
): MetricGroup<Found> {
  return {
    read: () => ({
      ...gateway.stats(),
      stalePartitions: gateway.stalePartitions(),
      probeAgeMs: gateway.probeAgeMs(),
    }),
    metrics: {
      scorewire_connections: gauge('Open WebSockets and streams of events', ({ connections }) => connections),
      scorewire_connections_opened_total: counter(
        'Connections that were let in',
        ({ openedConnections }) => openedConnections,
      ),
      scorewire_connections_closed_total: {
        kind: 'counter',
        help: 'Connections that ended, by why this node ended them; client: it did not',
        labels: ['reason'],
        value: ({ closedConnections }) =>
          [...closedConnections].map(([reason, count]) => [{ reason }, count] as const),
      },
      scorewire_connections_refused_total: counter(
        'Connections that were refused, since there were too many',
        ({ refusedConnections }) => refusedConnections,
      ),
      scorewire_reconnects_total: counter(
        'Connections of clients that had been connected before: their first subscription had a position',
        ({ counts }) => counts.reconnects,
      ),
      scorewire_subscriptions: gauge(
        'Subscriptions of all connections',
        ({ subscriptions }) => subscriptions,
      ),
      scorewire_subscribes_total: counter(
        'Subscriptions that were answered',
        ({ counts }) => counts.subscribes,
      ),
      scorewire_recoveries_total: {
        kind: 'counter',
        help: 'Subscriptions with a position, by what they were told: nothing new, the patches missed, or a snapshot',
        labels: ['kind'],
        value: ({ counts }) =>
          Object.entries(counts.recoveries).map(([kind, count]) => [{ kind }, count] as const),
      },
      scorewire_channels: gauge(
        'Channels that this node watches for its subscribers',
        ({ channels }) => channels,
      ),
      scorewire_stale_channels: gauge(
        'Channels among them whose source cannot be reached',
        ({ staleChannels }) => staleChannels,
      ),
      scorewire_stale_partitions: gauge(
        'Partitions that subscribers of this node get no fresh states of',
        ({ stalePartitions }) => stalePartitions,
      ),
      scorewire_probe_age_seconds: gauge(
        'For how long nothing that was written into the score store has come back to this node, in the worst partition',
        ({ probeAgeMs }) => probeAgeMs / 1000,
      ),
      scorewire_updates_total: counter(
        'Updates of channels, each counted once whatever the number of subscribers',
        ({ counts }) => counts.updates,
      ),
      scorewire_update_bytes: histogram(
        'Bytes of an update, once for each encoding that it was sent in',
        ({ counts }) => counts.updateBytes,
      ),
      scorewire_deliveries_total: counter(
        'Updates, counted for each subscriber that was sent them',
        ({ counts }) => counts.deliveries,
      ),
      scorewire_delivered_bytes_total: counter(
        'Bytes of updates, counted for each subscriber that was sent them',
        ({ counts }) => counts.deliveredBytes,
      ),
      scorewire_delivery_latency_seconds: histogram(
        'From the acceptance of the oldest change in an update until it was sent, counted for each subscriber',
        ({ counts }) => counts.latencySeconds,
      ),
      scorewire_withheld_updates_total: counter(
        'Updates that were not sent to a slow connection',
        ({ counts }) => counts.withheldUpdates,
      ),
      scorewire_conflated_snapshots_total: counter(
        'Snapshots that slow connections were sent in place of what had been withheld',
        ({ counts }) => counts.conflatedSnapshots,
      ),
      scorewire_recent_patch_bytes: gauge(
        'Bytes of recent patches that are kept for clients that come back',
        ({ recentPatchBytes }) => recentPatchBytes,
      ),
    },
  };
}
