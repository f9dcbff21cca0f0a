import { cpus } from 'node:os';
import { type Moment, machineCores, type RunResult, usesOf } from './result.ts';

/** The result as lines for a terminal. */
export function tableOf(result: RunResult): string {
  const { published, viewers, seconds, latencies, moments } = result;
  const perSecond = (count: number): string => `${whole(count / seconds)}/s`;
  const figures: [string, string][] = [
    [
      'events acknowledged',
      `${whole(published.acknowledged)} of ${whole(published.sent)} sent, ${perSecond(published.acknowledged)}`,
    ],
    ...given('events that could not be sent in time', published.missed),
    ...given('publishes that had to wait', published.postponed),
    ...given('publishing connections lost', published.lost),
    ['viewers', `${whole(viewers.count)} of ${whole(viewers.channels)} channels`],
    ['updates delivered', `${whole(viewers.updates)}, ${perSecond(viewers.updates)}`],
    ['bytes delivered', `${(viewers.bytes / 2 ** 20).toFixed(1)} MiB`],
    ['snapshots', `${whole(viewers.snapshots)}, of which ${whole(viewers.conflated)} for slow viewers`],
    ...given('subscriptions that were recovered', viewers.recovered),
    ...given('viewers cut', viewers.cut),
    ...given('viewers lost', viewers.lost),
    ...usesOf(moments).map(({ name, cores, megabytes }): [string, string] => [
      name,
      `${cores.toFixed(2)} cores, ${whole(megabytes)} MB at most`,
    ]),
    ...wholeMachine(moments),
  ];
  const headings = ['milliseconds', 'count', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'max'];
  const times = latencies.map(({ name, count, mean, p50, p90, p99, p999, max }) => [
    ...[name, whole(count)],
    ...[mean, p50, p90, p99, p999, max].map((ms) => ms.toFixed(1)),
  ]);
  return [
    `${result.scenario}: ${result.about}`,
    '',
    ...columns(figures),
    '',
    ...columns([headings, ...times]),
    '',
    ...(result.ok
      ? result.checked.map((text) => `ok: ${text}`)
      : result.problems.map((text) => `WRONG: ${text}`)),
  ].join('\n');
}

function wholeMachine(moments: readonly Moment[]): [string, string][] {
  const cores = machineCores(moments);
  return cores === undefined ? [] : [['whole machine', `${cores.toFixed(2)} of ${cpus().length} cores`]];
}

/** Only where there is any. */
function given(name: string, count: number): [string, string][] {
  return count === 0 ? [] : [[name, whole(count)]];
}

function whole(count: number): string {
  return Math.round(count).toLocaleString('en');
}

/** The first column to the left; the others to the right, where there are several. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  const place = (cell: string, at: number): string =>
    at === 0 || count === 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  return rows.map((row) => `  ${row.map(place).join('  ')}`.trimEnd());
}
