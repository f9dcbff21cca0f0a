/** Upper bounds of what is counted in seconds. */
export const SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;
/** Of bytes, by powers of four. */
export const BYTES = [64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576] as const;

/** How often values were seen up to each bound. Cheap enough for what happens all the time: no labels, no objects. */
export class Histogram {
  /** Ascending. */
  readonly bounds: readonly number[];
  /** Of the values above the bound before and up to this one; the last is for those above all. */
  readonly #counts: Float64Array;
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Of all values. */
  get sum(): number {
    return this.#sum;
  }

  /** How many values there were. */
  get count(): number {
    return this.#count;
  }

  observe(value: number, times = 1): void {
    const { bounds } = this;
    let place = 0;
    while (place < bounds.length && value > (bounds[place] as number)) place++;
    this.#counts[place] = (this.#counts[place] ?? 0) + times;
    this.#sum += value * times;
    this.#count += times;
  }

  /** How many values were at most each bound. */
  *cumulative(): Iterable<readonly [bound: number, count: number]> {
    let count = 0;
    for (const [place, bound] of this.bounds.entries()) {
      count += this.#counts[place] ?? 0;
      yield [bound, count];
    }
  }

  /**
   * About the value that this share (0 to 1) of all values is not above, as Prometheus takes it from the buckets; `undefined` where there
   * were none. What lies above the last bound counts as the last bound. With `since`, of the values that came after that copy.
   */
  quantile(share: number, since?: Histogram): number | undefined {
    const earlier = since === undefined ? [] : since.#counts;
    const counts = this.#counts.map((count, place) => count - (earlier[place] ?? 0));
    const wanted = share * counts.reduce((sum, each) => sum + each, 0);
    if (wanted === 0) return undefined;
    let below = 0;
    for (const [place, bound] of this.bounds.entries()) {
      const count = counts[place] ?? 0;
      if (below + count >= wanted) {
        const lower = place === 0 ? 0 : (this.bounds[place - 1] ?? 0);
        return count === 0 ? bound : lower + ((bound - lower) * (wanted - below)) / count;
      }
      below += count;
    }
    return this.bounds.at(-1);
  }

  copy(): Histogram {
    const copy = new Histogram(this.bounds);
    copy.#counts.set(this.#counts);
    copy.#sum = this.#sum;
    copy.#count = this.#count;
    return copy;
  }
}

/** Quantiles of what came since they were last asked for. */
export class RecentQuantiles {
  readonly #histogram: Histogram;
  #before: Histogram;

  constructor(histogram: Histogram) {
    this.#histogram = histogram;
    this.#before = histogram.copy();
  }

  /** In thousandths of what is counted; empty where nothing came. */
  take(): { readonly p50?: number; readonly p99?: number } {
    const [p50, p99] = [0.5, 0.99].map((share) => this.#histogram.quantile(share, this.#before));
    this.#before = this.#histogram.copy();
    return p50 === undefined || p99 === undefined ? {} : { p50: p50 * 1000, p99: p99 * 1000 };
  }
}
