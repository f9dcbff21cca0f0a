import uPlot from 'uplot';
import type { Aligned } from './chart-data.ts';

/** How the charts look: as little ink as will do. */

export interface ChartColours {
  readonly text: string;
  readonly line: string;
  readonly wicket: string;
  readonly ground: string;
  /** Of each side. */
  readonly sides: readonly [string, string];
}

export interface WormLine {
  readonly side: 0 | 1;
  /** The side has batted before. */
  readonly isLater: boolean;
  readonly wickets: readonly number[];
}

const FONT = '500 13px "Archivo Variable", system-ui, sans-serif';

/** Runs and overs come whole. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

function axesOf({ text, line }: ChartColours): uPlot.Axis[] {
  const common = { font: FONT, stroke: text, ticks: { show: false }, incrs: WHOLE_STEPS };
  const whole = (_chart: uPlot, splits: number[]): string[] =>
    splits.map((value) => (Number.isInteger(value) ? String(value) : ''));
  return [
    { ...common, grid: { show: false }, space: 44, size: 30, values: whole },
    { ...common, grid: { stroke: line, width: 1 }, space: 34, size: 42, values: whole },
  ];
}

function common(width: number, height: number, colours: ChartColours): Omit<uPlot.Options, 'series'> {
  return {
    width,
    height,
    pxAlign: false,
    padding: [14, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    axes: axesOf(colours),
  };
}

/** From nothing, with room above. */
const fromZero: uPlot.Scale.Range = (_chart, _min, max) => [0, Math.max(6, Math.ceil((max ?? 0) * 1.06))];

export function wormOptions(
  width: number,
  height: number,
  colours: ChartColours,
  lines: readonly WormLine[],
): uPlot.Options {
  return {
    ...common(width, height, colours),
    scales: {
      x: { time: false, range: (_chart, _min, max) => [0, Math.max(2, Math.ceil(max ?? 0))] },
      y: { range: fromZero },
    },
    series: [
      {},
      ...lines.map(({ side, isLater, wickets }) => ({
        stroke: colours.sides[side],
        width: 2.5,
        spanGaps: true,
        ...(isLater ? { dash: [7, 5] } : {}),
        points: {
          show: true,
          size: 9,
          width: 2,
          stroke: colours.ground,
          fill: colours.sides[side],
          filter: () => [...wickets],
        },
      })),
    ],
  };
}

export function manhattanOptions(
  width: number,
  height: number,
  colours: ChartColours,
  { side, overs }: { readonly side: 0 | 1; readonly overs: number },
): uPlot.Options {
  const bars = uPlot.paths.bars?.({ size: [0.72, 40], align: 0 });
  return {
    ...common(width, height, colours),
    scales: {
      x: { time: false, range: () => [0.4, Math.max(6, overs) + 0.6] },
      y: { range: fromZero },
    },
    series: [
      {},
      {
        fill: colours.sides[side],
        width: 0,
        points: { show: false },
        ...(bars === undefined ? {} : { paths: bars }),
      },
      {
        paths: () => null,
        points: { show: true, size: 11, width: 2, stroke: colours.ground, fill: colours.wicket },
      },
    ],
  };
}

export function draw(options: uPlot.Options, data: Aligned, target: HTMLElement): () => void {
  const chart = new uPlot(options, data as uPlot.AlignedData, target);
  return () => chart.destroy();
}
