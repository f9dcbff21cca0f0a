/** What is shown and alarmed about is what exists: each query of the dashboard and of the alerts is parsed and held against the metrics. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loopLag } from '../runtime/loop-lag.ts';
import { createMetrics } from '../runtime/metrics.ts';
import { metricCatalogue, seriesOf } from './support/metric-catalogue.ts';
import { selectorsOf } from './support/promql.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string };
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const dashboard = JSON.parse(read('deploy/grafana/scorewire.json')) as Dashboard;
const { groups } = parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

/** Labels that Prometheus adds to whatever it scrapes. */
const SCRAPED = ['job', 'instance'];

/** Each series that a scrape brings, with its labels and whether it only grows. */
const series = new Map<string, { readonly labels: ReadonlySet<string>; readonly grows: boolean }>([
  ['up', { labels: new Set(SCRAPED), grows: false }],
]);
for (const [metric, description] of metricCatalogue()) {
  const { kind, labels } = description;
  for (const name of seriesOf(metric, description)) {
    const own = name.endsWith('_bucket') && kind === 'histogram' ? [...labels, 'le'] : labels;
    series.set(name, { labels: new Set([...SCRAPED, ...own]), grows: kind !== 'gauge' });
  }
}
const ofNode = createMetrics();
ofNode.add(loopLag());
for (const [, name = '', kind] of (await ofNode.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
  series.set(name, { labels: new Set(SCRAPED), grows: kind === 'counter' });
}

/** What is wrong with a query, in words. */
function faultsOf(query: string): string[] {
  return selectorsOf(query).flatMap(({ metric, labels, rangeFunction }) => {
    const found = series.get(metric);
    if (found === undefined) return [`there is no ${metric}`];
    const strange = [...labels].filter((label) => !found.labels.has(label));
    const isRate = rangeFunction === 'rate' || rangeFunction === 'increase';
    return [
      ...strange.map((label) => `${metric} has no label ${label}`),
      ...(found.grows && !isRate ? [`${metric} only grows: its rate tells something`] : []),
      ...(!found.grows && isRate ? [`${metric} goes up and down: it has no rate`] : []),
    ];
  });
}

describe('the check of a query', () => {
  it.each([
    ['sum(rate(scorewire_events_total[1m])', 'not PromQL'],
    ['', 'not PromQL'],
  ])('refuses what is no PromQL: %s', (query, message) => {
    expect(() => faultsOf(query)).toThrow(message);
  });

  it.each([
    ['scorewire_conections', ['there is no scorewire_conections']],
    ['sum by (kind) (scorewire_connections)', ['scorewire_connections has no label kind']],
    ['scorewire_connections{knid="a"} or up', ['scorewire_connections has no label knid']],
    ['sum(scorewire_updates_total)', ['scorewire_updates_total only grows: its rate tells something']],
    ['rate(scorewire_connections[1m])', ['scorewire_connections goes up and down: it has no rate']],
    ['histogram_quantile(0.9, sum by (le) (rate(scorewire_publish_seconds_bucket[1m])))', []],
    [
      'sum by (le) (rate(scorewire_publish_seconds_sum[1m]))',
      ['scorewire_publish_seconds_sum has no label le'],
    ],
  ])('finds what is wrong with %s', (query, faults) => {
    expect(faultsOf(query)).toEqual(faults);
  });
});

describe('the dashboard', () => {
  const targets = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
  );

  it.each(targets)('asks for what exists: $title, $expr', ({ expr, legendFormat }) => {
    expect(faultsOf(expr)).toEqual([]);
    const kept = selectorsOf(expr).map(({ labels }) => labels);
    const isWhole = !/^(sum|max|min|histogram_quantile)\b/.test(expr);
    for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
      expect(isWhole || kept.some((labels) => labels.has(label))).toBe(true);
    }
    expect(expr).toContain('instance=~"$instance"');
  });

  it('shows every metric of our own', () => {
    const shown = new Set(targets.flatMap(({ expr }) => selectorsOf(expr).map(({ metric }) => metric)));
    const missing = [...metricCatalogue()].filter(
      ([name, description]) => !seriesOf(name, description).some((each) => shown.has(each)),
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  it('has panels beside each other, each with an id of its own', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const [i, { gridPos: a, title }] of panels.entries()) {
      expect(a.x + a.w, title).toBeLessThanOrEqual(24);
      const overlapping = panels.slice(i + 1).filter(({ gridPos: b }) => {
        return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
      });
      expect(overlapping.map((each) => each.title)).toEqual([]);
    }
  });

  it('finds the processes to choose from by a metric that all of them have', () => {
    const definition = dashboard.templating.list.find(({ name }) => name === 'instance')?.definition ?? '';
    const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
    expect([series.has(metric), label]).toEqual([true, 'instance']);
  });
});

describe('the alerts', () => {
  it.each(rules)('$alert asks for what exists, says what is wrong, and is explained', (rule) => {
    expect(faultsOf(rule.expr)).toEqual([]);
    expect(['warning', 'critical']).toContain(rule.labels.severity);
    const known = new Set(
      selectorsOf(rule.expr).flatMap(({ metric }) => [...(series.get(metric)?.labels ?? [])]),
    );
    for (const [, label = ''] of rule.annotations.summary.matchAll(/\$labels\.(\w+)/g)) {
      expect(known).toContain(label);
    }
    expect(read('docs/operations.md')).toContain(`| \`${rule.alert}\` |`);
  });

  it('have names of their own, and none is explained that is gone', () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    const explained = [...read('docs/operations.md').matchAll(/^\| `(Scorewire\w+)` \|/gm)].map(
      ([, name]) => name,
    );
    expect(explained.toSorted()).toEqual(names.toSorted());
  });
});
