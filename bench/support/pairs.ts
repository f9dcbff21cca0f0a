/** What one round of something measured, by name. */
export type Figures = Readonly<Record<string, number>>;

interface Pair {
  readonly ours: () => Promise<Figures>;
  readonly limit: () => Promise<Figures>;
}

/** Of one figure: medians of both sides, and the median of the quotients of the rounds. */
export interface Compared {
  readonly ours: number;
  readonly limit: number;
  readonly ratio: number;
}

const ROUNDS = 7;

/** The two sides take turns, each beginning every other round, since the machine is not the same at all times. The first round warms up. */
export async function compare({ ours, limit }: Pair, rounds = ROUNDS): Promise<(figure: string) => Compared> {
  const measured: { readonly ours: Figures; readonly limit: Figures }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const first = round % 2 === 0 ? await ours() : await limit();
    const second = round % 2 === 0 ? await limit() : await ours();
    if (round === 0) continue;
    measured.push(round % 2 === 0 ? { ours: first, limit: second } : { ours: second, limit: first });
  }
  return (figure) => ({
    ours: median(measured.map((round) => round.ours[figure] ?? Number.NaN)),
    limit: median(measured.map((round) => round.limit[figure] ?? Number.NaN)),
    ratio: median(measured.map((round) => (round.ours[figure] ?? Number.NaN) / (round.limit[figure] ?? 0))),
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** As a row of a table; `aim` is a sentence such as `at least 0.8`. */
export function rowOf({ ours, limit, ratio }: Compared, aim: string, digits = 0): object {
  const shown = (value: number) => value.toLocaleString('en', { maximumFractionDigits: digits });
  return {
    scorewire: shown(ours),
    limit: shown(limit),
    ratio: Number.isFinite(ratio) ? ratio.toFixed(2) : '',
    aim,
  };
}
