import type { ServerReport } from '../protocol/node-reports.ts';
import { RecentQuantiles } from '../runtime/histogram.ts';
import type { Gateway } from './connection-gateway.ts';
import type { EventCounts } from './event-counts.ts';
import type { RunningIngest } from './ingest/ingest.ts';

interface Parts {
  readonly gateway: Pick<Gateway, 'stats'>;
  readonly ingest: Pick<RunningIngest, 'pendingEvents'>;
  readonly counts: EventCounts;
}

/** Tells what the edge of this process does; its quantiles are of the time since it was last asked. */
export function createServerReport({ gateway, ingest, counts }: Parts): () => ServerReport {
  const delivery = new RecentQuantiles(gateway.stats().counts.latencySeconds);
  const publish = new RecentQuantiles(counts.seconds);
  return () => {
    const { counts: told, connections, subscriptions, channels, staleChannels } = gateway.stats();
    const { updates, deliveries, deliveredBytes, withheldUpdates, reconnects } = told;
    return {
      ...{ connections, subscriptions, channels, staleChannels },
      pendingEvents: ingest.pendingEvents(),
      events: counts.published,
      ...{ updates, deliveries, deliveredBytes, withheldUpdates, reconnects },
      deliveryMs: delivery.take(),
      publishMs: publish.take(),
    };
  };
}
