/** Where values are in a chart, and which of them are named at its edge. */
export interface Scale {
  /** From 0 to 1. */
  place(value: number): number;
  readonly ticks: readonly Tick[];
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

const ABOUT_TICKS = 4;

/** From 0 to a round number. */
export function linearScale(most: number): Scale {
  const step = roundStep(Math.max(most, Number.MIN_VALUE) / ABOUT_TICKS);
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  const end = count * step;
  return {
    place: (value) => value / end,
    ticks: Array.from({ length: count + 1 }, (_, index) => tickOf(index * step)),
  };
}

/** From 0 to just there, named at round numbers. */
export function spanScale(end: number): Scale {
  const { ticks } = linearScale(end);
  return { place: (value) => value / end, ticks: ticks.filter(({ value }) => value <= end) };
}

/** Powers of ten around the values; what is below the least is put there. */
export function logScale(least: number, most: number): Scale {
  const first = Math.floor(Math.log10(least));
  const last = Math.max(first + 1, Math.ceil(Math.log10(most) - 1e-9));
  return {
    place: (value) => Math.max(0, Math.log10(Math.max(value, least)) - first) / (last - first),
    ticks: Array.from({ length: last - first + 1 }, (_, index) => tickOf(10 ** (first + index))),
  };
}

/** Percentiles, as far as one more nine is as much as the one before. */
export function percentileScale(most: number): Scale {
  const ninesOf = (percentile: number): number => -Math.log10(1 - percentile / 100);
  const end = Math.max(1, ninesOf(most));
  const labelled = [0, 50, 90, 99, 99.9, 99.99, 99.999].filter((each) => ninesOf(each) <= end + 1e-6);
  return {
    place: (value) => ninesOf(value) / end,
    ticks: labelled.map((value) => ({ value, label: `${value}%` })),
  };
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about));
  const factor = [1, 2, 5, 10].find((each) => each * power >= about * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function tickOf(value: number): Tick {
  return { value, label: shortNumber(value) };
}

/** Such as `0.5`, `20`, `1.5k`, `2M`. */
export function shortNumber(value: number): string {
  if (value >= 1e6) return `${trim(value / 1e6)}M`;
  return value >= 1e4 ? `${trim(value / 1e3)}k` : trim(value);
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}
