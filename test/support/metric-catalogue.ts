import { addSharedMetrics } from '../../app-metrics.ts';
import { archiverMetrics } from '../../archiver/archiver-metrics.ts';
import { broadcasterMetrics } from '../../broadcaster/broadcaster-metrics.ts';
import type { Metric, MetricGroup } from '../../runtime/metrics.ts';
import { EventCounts, eventMetrics } from '../../server/event-counts.ts';
import { gatewayMetrics } from '../../server/gateway-metrics.ts';
import { ingestMetrics } from '../../server/ingest-metrics.ts';

export interface MetricDescription {
  readonly kind: Metric<unknown>['kind'];
  readonly help: string;
  readonly labels: readonly string[];
}

/** All metrics of our own, by name: what any process may tell. */
export function metricCatalogue(): ReadonlyMap<string, MetricDescription> {
  const found = new Map<string, MetricDescription>();
  const add = <T>({ metrics }: MetricGroup<T>): void => {
    for (const [name, { kind, help, labels = [] }] of Object.entries(metrics)) {
      if (found.has(name)) throw new Error(`${name} is there twice`);
      found.set(name, { kind, help, labels });
    }
  };
  const unasked = {} as never;
  add(eventMetrics(new EventCounts()));
  add(ingestMetrics(unasked));
  add(gatewayMetrics(unasked));
  add(broadcasterMetrics(unasked));
  add(archiverMetrics(unasked));
  addSharedMetrics({ add }, unasked);
  return found;
}

/** The names under which Prometheus keeps what a metric tells. */
export function seriesOf(name: string, { kind }: Pick<MetricDescription, 'kind'>): readonly string[] {
  return kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
