import type { NodeReport, Quantiles } from '../../../protocol/node-reports.ts';

/** What `GET /v1/admin/nodes` answers. */
export interface Installation {
  readonly partitions: number;
  readonly nodes: readonly NodeReport[];
}

/** Of one moment, all nodes together. Rates are per second, and absent until there are two reports of a node. */
export interface Sample {
  readonly at: number;
  readonly events?: number;
  readonly deliveries?: number;
  readonly patches?: number;
  readonly withheld?: number;
  /** Of the slowest node. Milliseconds. */
  readonly delivery: Quantiles;
  readonly publish: Quantiles;
}

/** Samples that are kept: five minutes. */
export const KEPT_SAMPLES = 150;

export type Counter = (report: NodeReport) => number | undefined;

/** Growth per second of a counter from one report of a node to a later one; `undefined` where nothing can be said. */
export function rateOf(
  before: NodeReport | undefined,
  after: NodeReport,
  counter: Counter,
): number | undefined {
  const [was, is] = [before && counter(before), counter(after)];
  const seconds = (after.at - (before?.at ?? after.at)) / 1000;
  // A node that was started anew counts from zero.
  if (was === undefined || is === undefined || seconds <= 0 || is < was) return undefined;
  return (is - was) / seconds;
}

export const COUNTERS = {
  events: ({ server }: NodeReport) => server?.events,
  deliveries: ({ server }: NodeReport) => server?.deliveries,
  withheld: ({ server }: NodeReport) => server?.withheldUpdates,
  patches: ({ broadcaster }: NodeReport) => broadcaster?.patches,
} as const;

export function sampleOf(before: Installation | undefined, after: Installation, at: number): Sample {
  const earlier = new Map(before?.nodes.map((node) => [node.name, node]));
  const total = (counter: Counter): number | undefined => {
    const rates = after.nodes.map((node) => rateOf(earlier.get(node.name), node, counter));
    return rates.every((rate) => rate === undefined) ? undefined : sum(rates);
  };
  const rates = Object.entries(COUNTERS).map(([name, counter]) => [name, total(counter)] as const);
  return {
    at,
    ...Object.fromEntries(rates.filter(([, rate]) => rate !== undefined)),
    delivery: slowest(after.nodes.map(({ server }) => server?.deliveryMs)),
    publish: slowest(after.nodes.map(({ server }) => server?.publishMs)),
  };
}

function slowest(all: readonly (Quantiles | undefined)[]): Quantiles {
  const most = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  };
  const [p50, p99] = [most(all.map((each) => each?.p50)), most(all.map((each) => each?.p99))];
  return { ...(p50 === undefined ? {} : { p50 }), ...(p99 === undefined ? {} : { p99 }) };
}

/** Who owns each partition: names of nodes, more than one in the middle of a handover. */
export function ownersOf({ partitions, nodes }: Installation): readonly (readonly string[])[] {
  return Array.from({ length: partitions }, (_, partition) =>
    nodes.filter(({ broadcaster }) => broadcaster?.partitions.includes(partition)).map(({ name }) => name),
  );
}

export function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

/** The points of a line in a box of this size, oldest first; a gap where there is no value. */
export function linePoints(
  values: readonly (number | undefined)[],
  { width, height, most }: { readonly width: number; readonly height: number; readonly most: number },
): readonly string[] {
  const step = width / Math.max(1, values.length - 1);
  const lines: string[] = [];
  let line: string[] = [];
  for (const [i, value] of values.entries()) {
    if (value === undefined) {
      if (line.length > 0) lines.push(line.join(' '));
      line = [];
    } else {
      const y = height - (height * value) / Math.max(most, Number.MIN_VALUE);
      line.push(`${(i * step).toFixed(1)},${y.toFixed(1)}`);
    }
  }
  if (line.length > 0) lines.push(line.join(' '));
  return lines;
}

/** Such as `3.2 MB`; in thousands, as networks count. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Such as `4 min`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** With as many digits as matter. */
export function formatRate(value: number | undefined): string {
  if (value === undefined) return '–';
  if (value >= 1_000_000) return `${(value / 1_000_000).toFixed(1)} M`;
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} k`;
  return value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}
