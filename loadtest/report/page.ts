import type { LatencySummary } from '../latencies.ts';
import { PUBLISHED } from '../load/publisher.ts';
import { type Moment, type RunResult, usesOf } from '../result.ts';
import { RECEIVED } from '../viewers/latency-names.ts';
import { escapeHtml } from './html.ts';
import { lineChart, type Series } from './line-chart.ts';
import { linearScale, logScale, percentileScale, spanScale } from './scales.ts';
import { STYLE } from './style.ts';

/** The result as one page that needs nothing else: no script, no other file. */
export function pageOf(result: RunResult): string {
  const { scenario, about, ok, startedAt, options, machine } = result;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(scenario)}: load test of scorewire</title>
<style>${STYLE}</style>
<main>
<header>
<h1>${escapeHtml(scenario)}</h1>
<span class="verdict ${ok ? 'right">all right' : 'wrong">wrong'}</span>
<p>${escapeHtml(about)} · ${escapeHtml(startedAt.slice(0, 19).replace('T', ' '))} UTC</p>
</header>
${tilesOf(result)}
<h2>Checked</h2>
<div class="card">${checksOf(result)}</div>
<h2>Latency</h2>
<div class="charts">${latencyChart(result.latencies)}</div>
<div class="card">${latencyTable(result.latencies)}</div>
<h2>Over time</h2>
<div class="charts">${momentCharts(result.moments).join('\n')}</div>
<div class="sides">
<section><h2>Counted</h2><div class="card">${pairs(countsOf(result))}</div></section>
<section><h2>Run</h2><div class="card">${pairs(options)}</div></section>
<section><h2>Machine</h2><div class="card">${pairs(machine)}</div></section>
<section><h2>Processes</h2><div class="card">${processTable(result.moments)}</div></section>
</div>
</main>
</html>
`;
}

function tilesOf({ published, viewers, seconds, latencies }: RunResult): string {
  const p99 = (...names: readonly string[]): [string, string] => {
    const found = latencies.find((each) => names.includes(each.name));
    return found === undefined ? ['–', ''] : [milliseconds(found.p99), ' ms'];
  };
  const tiles: [string, string, string][] = [
    ['events acknowledged', whole(published.acknowledged / seconds), ' /s'],
    ['updates delivered', whole(viewers.updates / seconds), ' /s'],
    ['viewers', whole(viewers.count), ''],
    ['p99 due → acknowledged', ...p99(PUBLISHED.acknowledged.http, PUBLISHED.acknowledged.socket)],
    ['p99 accepted → received', ...p99(RECEIVED)],
  ];
  const cells = tiles.map(
    ([name, value, unit]) => `<div><dt>${name}</dt><dd>${value}<small>${unit}</small></dd></div>`,
  );
  return `<dl class="tiles">${cells.join('')}</dl>`;
}

function checksOf({ ok, checked, problems }: RunResult): string {
  const [name, sign, texts] = ok ? ['ok', '✓', checked] : ['no', '✗', problems];
  const items = texts.map((text) => `<li class="${name}"><b>${sign}</b>${escapeHtml(text)}</li>`);
  return `<ul class="checks">${items.join('')}</ul>`;
}

/** Below it a clock of milliseconds tells nothing. */
const LEAST_MS = 0.1;

function latencyChart(latencies: readonly LatencySummary[]): string {
  const points = latencies.flatMap(({ percentiles }) => percentiles);
  const most = Math.max(1, ...points.map(([, ms]) => ms));
  return lineChart({
    ...{ title: 'Latency by percentile', unit: 'milliseconds, by powers of ten', xUnit: 'percentile' },
    isWide: true,
    x: percentileScale(Math.max(90, ...points.map(([percentile]) => percentile))),
    y: logScale(LEAST_MS, most),
    series: latencies.map(({ name, count, percentiles }, index) => ({
      ...{ name, colour: index % COLOURS, points: percentiles, note: whole(count) },
    })),
  });
}

const COLOURS = 6;

function latencyTable(latencies: readonly LatencySummary[]): string {
  const rows = latencies.map(({ name, count, mean, p50, p90, p99, p999, max }) => [
    ...[escapeHtml(name), whole(count)],
    ...[mean, p50, p90, p99, p999, max].map(milliseconds),
  ]);
  return table(['milliseconds', 'count', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'max'], rows);
}

function momentCharts(moments: readonly Moment[]): string[] {
  const names = usesOf(moments).map(({ name }) => name);
  const ofProcesses = (field: 'cores' | 'megabytes'): Series[] =>
    names.map((name, index) => ({
      ...{ name, colour: index % COLOURS },
      points: moments.flatMap(({ seconds, processes }) =>
        processes.flatMap((use) => (use.name === name ? [[seconds, use[field]] as const] : [])),
      ),
    }));
  const ofRate = (name: string, field: 'acknowledged' | 'delivered', colour: number): Series[] => [
    { name, colour, points: moments.map((moment) => [moment.seconds, moment[field]]) },
  ];
  const machine: Series = {
    ...{ name: 'whole machine', colour: COLOURS - 1 },
    points: moments.flatMap(({ seconds, cores }) => (cores === undefined ? [] : [[seconds, cores] as const])),
  };
  const seconds = spanScale(Math.max(1, ...moments.map((moment) => moment.seconds)));
  const chart = (title: string, unit: string, series: readonly Series[]): string => {
    const most = Math.max(0, ...series.flatMap(({ points }) => points.map(([, value]) => value)));
    return lineChart({ title, unit, series, x: seconds, y: linearScale(most || 1), xUnit: 'seconds' });
  };
  return [
    chart('Events', 'acknowledged per second', ofRate('events', 'acknowledged', 0)),
    chart('Updates', 'delivered per second, to all viewers', ofRate('updates', 'delivered', 2)),
    chart('CPU', 'cores', [...ofProcesses('cores'), machine]),
    chart('Memory', 'megabytes, resident', ofProcesses('megabytes')),
  ];
}

function processTable(moments: readonly Moment[]): string {
  const rows = usesOf(moments).map(({ name, cores, megabytes }) => [
    ...[escapeHtml(name), cores.toFixed(2), whole(megabytes)],
  ]);
  return table(['', 'cores, mean', 'MB, most'], rows);
}

function countsOf({ published, viewers }: RunResult): Record<string, string> {
  return {
    'events sent': whole(published.sent),
    'events acknowledged': whole(published.acknowledged),
    'events that could not be sent in time': whole(published.missed),
    'publishes that had to wait': whole(published.postponed),
    'publishing connections lost': whole(published.lost),
    'viewers, channels': `${whole(viewers.count)}, ${whole(viewers.channels)}`,
    'updates delivered': whole(viewers.updates),
    'megabytes delivered': (viewers.bytes / 2 ** 20).toFixed(1),
    'snapshots; for slow viewers': `${whole(viewers.snapshots)}; ${whole(viewers.conflated)}`,
    'subscriptions recovered': whole(viewers.recovered),
    'viewers cut; lost': `${whole(viewers.cut)}; ${whole(viewers.lost)}`,
  };
}

function pairs(entries: Readonly<Record<string, string | number>>): string {
  const rows = Object.entries(entries).map(
    ([name, value]) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(String(value))}</td></tr>`,
  );
  return `<table class="pairs">${rows.join('')}</table>`;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = headings.map((text) => `<th>${text}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<table><tr>${head}</tr>${body.join('')}</table>`;
}

function whole(count: number): string {
  return Math.round(count).toLocaleString('en');
}

function milliseconds(ms: number): string {
  return ms >= 100 ? whole(ms) : ms.toFixed(1);
}
