import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** One value of a metric with labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

export interface Metric<T> {
  /** A counter only grows, and its name ends with `_total`. */
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  /** The names of the labels, where it has any; then `value` gives samples. */
  readonly labels?: readonly string[];
  readonly value: (found: T) => number | Iterable<Sample>;
}

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

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of COSTLY) registry.removeSingleMetric(name);
  const refreshes: (() => void)[] = [];
  return {
    contentType: registry.contentType,
    add: <T>({ read, metrics }: MetricGroup<T>) => {
      const setters = Object.entries(metrics).map(([name, metric]) => registered(registry, name, metric));
      refreshes.push(() => {
        const found = read();
        for (const set of setters) set(found);
      });
    },
    text: () => {
      for (const refresh of refreshes) refresh();
      return registry.metrics();
    },
  };
}

/** Registers a metric; what is returned brings it up to date. */
function registered<T>(
  registry: Registry,
  name: string,
  { kind, help, labels = [], value }: Metric<T>,
): (found: T) => void {
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
