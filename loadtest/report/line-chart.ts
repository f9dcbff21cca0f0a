import { escapeHtml } from './html.ts';
import type { Scale } from './scales.ts';

export interface Series {
  readonly name: string;
  /** Which colour of the page, from 0. */
  readonly colour: number;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Said beside the name. */
  readonly note?: string;
}

export interface LineChart {
  readonly title: string;
  /** What the numbers are. */
  readonly unit: string;
  readonly series: readonly Series[];
  readonly x: Scale;
  readonly y: Scale;
  readonly xUnit: string;
  /** As wide as the page, and not beside another one. */
  readonly isWide?: boolean;
}

/** Of the drawing, which is scaled to what the page has; texts are of the same size in both. */
const WIDTH = 500;
const WIDE = 1020;
const HEIGHT = 220;
const LEFT = 52;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 40;
const INNER_HEIGHT = HEIGHT - TOP - BOTTOM;

function widthOf({ isWide }: LineChart): number {
  return isWide ? WIDE : WIDTH;
}

/** A figure with its legend; the colours are those of the page, so that it is right in the light and in the dark. */
export function lineChart(chart: LineChart): string {
  const { title, unit, series } = chart;
  return `<figure>
<figcaption><b>${escapeHtml(title)}</b> <span>${escapeHtml(unit)}</span></figcaption>
<svg${chart.isWide ? ' class="wide"' : ''} viewBox="0 0 ${widthOf(chart)} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title}, ${unit}`)}">
${gridOf(chart)}
${series.map((each) => lineOf(each, chart)).join('\n')}
</svg>
<ul class="legend">${series.map(legendOf).join('')}</ul>
</figure>`;
}

function gridOf(chart: LineChart): string {
  const { x, y, xUnit } = chart;
  const end = widthOf(chart) - RIGHT;
  const rows = y.ticks.map(({ value, label }) => {
    const at = round(TOP + INNER_HEIGHT * (1 - y.place(value)));
    return `<line class="grid" x1="${LEFT}" x2="${end}" y1="${at}" y2="${at}"/><text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${label}</text>`;
  });
  const columns = x.ticks.map(({ value, label }) => {
    const at = round(LEFT + (end - LEFT) * x.place(value));
    return `<text x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${label}</text>`;
  });
  const name = `<text class="unit" x="${(LEFT + end) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${escapeHtml(xUnit)}</text>`;
  return [...rows, ...columns, name].join('\n');
}

function lineOf({ points, colour }: Series, chart: LineChart): string {
  const { x, y } = chart;
  const width = widthOf(chart) - LEFT - RIGHT;
  const places = points.map(
    ([px, py]) => `${round(LEFT + width * x.place(px))},${round(TOP + INNER_HEIGHT * (1 - y.place(py)))}`,
  );
  const [only] = places;
  if (places.length === 1 && only !== undefined) {
    const [cx, cy] = only.split(',');
    return `<circle class="c${colour}" cx="${cx}" cy="${cy}" r="3"/>`;
  }
  return `<polyline class="c${colour}" points="${places.join(' ')}"/>`;
}

function legendOf({ name, colour, note }: Series): string {
  const more = note === undefined ? '' : ` <span>${escapeHtml(note)}</span>`;
  return `<li><i class="c${colour}"></i>${escapeHtml(name)}${more}</li>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
