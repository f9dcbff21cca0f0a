import type { Histogram } from '../runtime/histogram.ts';
import type { HistogramMetric, MetricGroup, NumberMetric } from '../runtime/metrics.ts';
import type { Broadcaster, BroadcasterStats } from './broadcaster-types.ts';

const counter = (
  help: string,
  value: (stats: BroadcasterStats) => number,
): NumberMetric<BroadcasterStats> => ({
  kind: 'counter',
  help,
  value,
});
const gauge = (help: string, value: (stats: BroadcasterStats) => number): NumberMetric<BroadcasterStats> => ({
  kind: 'gauge',
  help,
  value,
});
const histogram = (
  help: string,
  value: (stats: BroadcasterStats) => Histogram,
): HistogramMetric<BroadcasterStats> => ({ kind: 'histogram', help, value });

export function broadcasterMetrics(broadcaster: Pick<Broadcaster, 'stats'>): MetricGroup<BroadcasterStats> {
  return {
    read: () => broadcaster.stats(),
    metrics: {
      scorewire_broadcaster_partitions: gauge(
        'Partitions that this process owns',
        ({ partitions }) => partitions.length,
      ),
      scorewire_broadcaster_fresh: gauge(
        '1 while the owner has read the store lately and its leases are confirmed',
        (stats) => Number(stats.fresh),
      ),
      scorewire_broadcaster_terms_total: counter('Terms of ownership', ({ terms }) => terms),
      scorewire_broadcaster_watched_channels: gauge(
        'Channels that gateways watch',
        ({ watchedChannels }) => watchedChannels,
      ),
      scorewire_broadcaster_contests: gauge(
        'Fantasy contests that are held in memory, or being loaded',
        ({ contests }) => contests,
      ),
      scorewire_broadcaster_tick_seconds: histogram('What a tick took', ({ tickSeconds }) => tickSeconds),
      scorewire_broadcaster_tick_lag_seconds: histogram(
        'How long after its due time a tick began',
        ({ tickLagSeconds }) => tickLagSeconds,
      ),
      scorewire_broadcaster_missed_ticks_total: counter(
        'Ticks that were due while an earlier one was still running',
        ({ missedTicks }) => missedTicks,
      ),
      scorewire_broadcaster_failed_reads_total: counter(
        'Calls of the store that failed, in ticks and first reads',
        ({ failedReads }) => failedReads,
      ),
      scorewire_broadcaster_channels_read_total: counter(
        'States of channels that were read',
        ({ channelsRead }) => channelsRead,
      ),
      scorewire_broadcaster_patch_bytes: histogram(
        'Bytes of a patch that was published, as it travels over the bus',
        ({ patchBytes }) => patchBytes,
      ),
      scorewire_broadcaster_views_total: counter('Views that were created', ({ views }) => views),
      scorewire_broadcaster_refusals_total: counter(
        'Channels that were refused to gateways',
        ({ refusals }) => refusals,
      ),
      scorewire_broadcaster_swept_sessions_total: counter(
        'Sessions that were ended because nobody had renewed them',
        ({ sweptSessions }) => sweptSessions,
      ),
      scorewire_broadcaster_swept_windows_total: counter(
        'Windows of boards that were removed, since their time was over',
        ({ sweptWindows }) => sweptWindows,
      ),
      scorewire_broadcaster_failed_sweeps_total: counter(
        'Calls of the store that failed while sweeping',
        ({ failedSweeps }) => failedSweeps,
      ),
    },
  };
}
