import { Counter, collectDefaultMetrics, Gauge, type Metric as LibraryMetric, Registry } from 'prom-client';
import type { Histogram } from './histogram.ts';

/** One value of a metric with labels. */
export type Sample<Value = number> = readonly [labels: Readonly<Record<string, string>>, value: Value];

interface Described {
  readonly help: string;
  /** The names of the labels, where it has any; then `value` gives samples. */
  readonly labels?: readonly string[];
}

export interface NumberMetric<T> extends Described {
  /** A counter only grows, and its name ends with `_total`. */
  readonly kind: 'counter' | 'gauge';
  readonly value: (found: T) => number | Iterable<Sample>;
}

export interface HistogramMetric<T> extends Described {
  readonly kind: 'histogram';
  readonly value: (found: T) => Histogram | Iterable<Sample<Histogram>>;
}

export type Metric<T> = NumberMetric<T> | HistogramMetric<T>;

/** Metrics by name that are looked up together: parts keep plain counts of their own, and nothing is done until somebody asks. */
export interface MetricGroup<T> {
  readonly read: () => T;
  readonly metrics: Readonly<Record<string, Metric<T>>>;
}

/** Everything that one process tells of itself to Prometheus. */
export interface Metrics {
  readonly contentType: string;
  add<T>(group: MetricGroup<T>): void;
  /** In the text format. */
  text(): Promise<string>;
}

/** With a socket for each connection these look at each of them, in one turn of the loop. */
const COSTLY = [
  'process_open_fds',
  'nodejs_active_resources',
  'nodejs_active_resources_total',
  'nodejs_active_handles',
  'nodejs_active_handles_total',
  'nodejs_active_requests',
  'nodejs_active_requests_total',
];

/** The library's look at the lag of the event loop cannot be left out, but it can be made a rare one; `loop-lag.ts` has another. */
const NO_LAG = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (shown) => `nodejs_eventloop_lag_${shown}_seconds`,
);
const RARELY_MS = 3_600_000;

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: RARELY_MS });
  for (const name of [...COSTLY, ...NO_LAG]) registry.removeSingleMetric(name);
  const refreshes: (() => void)[] = [];
  const add = <T>({ read, metrics }: MetricGroup<T>): void => {
    const setters = Object.entries(metrics).map(([name, metric]) => registered(registry, name, metric));
    refreshes.push(() => {
      const found = read();
      for (const set of setters) set(found);
    });
  };
  return {
    contentType: registry.contentType,
    add,
    text: () => {
      for (const refresh of refreshes) refresh();
      return registry.metrics();
    },
  };
}

/** Registers a metric; what is returned brings it up to date. */
function registered<T>(registry: Registry, name: string, described: Metric<T>): (found: T) => void {
  if (described.kind === 'histogram') return registeredHistogram(registry, name, described);
  const { kind, help, labels = [], value } = described;
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  const metric = kind === 'counter' ? new Counter(options) : new Gauge(options);
  return (found) => {
    const given = value(found);
    const samples: Iterable<Sample> = typeof given === 'number' ? [[{}, given]] : given;
    // Counters are counted elsewhere, so what is here is replaced as a whole.
    metric.reset();
    for (const [labelled, count] of samples) metric.inc({ ...labelled }, count);
  };
}

/** The library's own histograms can only be told one value after the other; ours are counted elsewhere and shown as they are. */
function registeredHistogram<T>(
  registry: Registry,
  name: string,
  { help, value }: HistogramMetric<T>,
): (found: T) => void {
  let samples: Iterable<Sample<Histogram>> = [];
  const shown = {
    name,
    help,
    type: 'histogram',
    get: async () => ({ name, help, type: 'histogram', values: linesOf(name, samples) }),
  };
  registry.registerMetric(shown as unknown as LibraryMetric);
  return (found) => {
    const given = value(found);
    samples = 'bounds' in given ? [[{}, given]] : given;
  };
}

function* linesOf(name: string, samples: Iterable<Sample<Histogram>>) {
  for (const [labels, histogram] of samples) {
    const bucket = `${name}_bucket`;
    for (const [le, value] of histogram.cumulative())
      yield { metricName: bucket, labels: { ...labels, le }, value };
    yield { metricName: bucket, labels: { ...labels, le: '+Inf' }, value: histogram.count };
    yield { metricName: `${name}_sum`, labels, value: histogram.sum };
    yield { metricName: `${name}_count`, labels, value: histogram.count };
  }
}
