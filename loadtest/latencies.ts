import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** Durations in microseconds, to three digits, by name. Those of several threads can be put together. */
export class Latencies {
  readonly #histograms = new Map<string, Histogram>();

  /** One that seems to end before it began, as clocks have it, took no time. */
  record(name: string, milliseconds: number): void {
    this.#of(name).recordValue(Math.max(0, Math.round(milliseconds * 1000)));
  }

  encode(): Record<string, string> {
    const entries = [...this.#histograms].map(([name, histogram]) => [
      name,
      encodeIntoCompressedBase64(histogram),
    ]);
    return Object.fromEntries(entries);
  }

  add(encoded: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(encoded)) this.#of(name).add(decodeFromCompressedBase64(text));
  }

  summaries(): LatencySummary[] {
    return [...this.#histograms].map(([name, histogram]) => summaryOf(name, histogram));
  }

  #of(name: string): Histogram {
    const found = this.#histograms.get(name);
    if (found !== undefined) return found;
    const made = build({ ...PRECISION, autoResize: true });
    this.#histograms.set(name, made);
    return made;
  }
}

const PRECISION = { numberOfSignificantValueDigits: 3, lowestDiscernibleValue: 1 } as const;

/** In milliseconds. */
export interface LatencySummary {
  readonly name: string;
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Of the whole distribution: `[percentile, milliseconds]`, closer together towards 100. */
  readonly percentiles: readonly (readonly [percentile: number, ms: number])[];
}

/** As many nines as a chart has room for: 90, 99, 99.9, ... */
const NINES = 5;
const STEPS_PER_NINE = 12;

function summaryOf(name: string, histogram: Histogram): LatencySummary {
  const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / 1000;
  // A percentile beyond what so few values can tell is left out.
  const nines = Math.min(NINES, Math.log10(Math.max(1, histogram.totalCount)));
  const percentiles = Array.from({ length: Math.floor(nines * STEPS_PER_NINE) + 1 }, (_, step) => {
    const percentile = 100 * (1 - 10 ** (-step / STEPS_PER_NINE));
    return [percentile, at(percentile)] as const;
  });
  return {
    ...{ name, count: histogram.totalCount, mean: histogram.mean / 1000 },
    ...{ p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: histogram.maxValue / 1000, percentiles },
  };
}
