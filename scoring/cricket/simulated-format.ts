import type { CricketFormat } from '../../protocol/matches.ts';

export const SIMULATED_FORMATS = ['T20', 'ODI', 'Test', 'Hundred'] as const;
export type SimulatedFormat = (typeof SIMULATED_FORMATS)[number];

/** How cricket of a kind is played: how often what happens to a good batter whom nothing presses. */
export interface Style {
  readonly format: CricketFormat;
  /** Runs off the bat, by how often they are made. */
  readonly runs: {
    readonly none: number;
    readonly one: number;
    readonly two: number;
    readonly three: number;
  };
  readonly four: number;
  readonly six: number;
  readonly wicket: number;
  readonly wide: number;
  readonly noBall: number;
  readonly bye: number;
  readonly legBye: number;
  /** What a side makes an over; asked for more, it takes more risk. */
  readonly par: number;
  /** Overs of the whole match, after which it is drawn. */
  readonly matchOvers?: number;
}

const EXTRAS = { noBall: 0.004, bye: 0.004, legBye: 0.01 };

const TWENTY_OVERS: Omit<Style, 'format'> = {
  runs: { none: 0.33, one: 0.39, two: 0.06, three: 0.004 },
  four: 0.125,
  six: 0.055,
  wicket: 0.047,
  wide: 0.035,
  ...EXTRAS,
  par: 8,
};

export const STYLES: Readonly<Record<SimulatedFormat, Style>> = {
  T20: { ...TWENTY_OVERS, format: { overs: 20, ballsPerOver: 6, inningsPerSide: 1 } },
  Hundred: {
    ...TWENTY_OVERS,
    format: { overs: 20, ballsPerOver: 5, inningsPerSide: 1, consecutiveOvers: 2 },
    par: 7,
  },
  ODI: {
    format: { overs: 50, ballsPerOver: 6, inningsPerSide: 1 },
    runs: { none: 0.5, one: 0.35, two: 0.05, three: 0.006 },
    four: 0.08,
    six: 0.016,
    wicket: 0.025,
    wide: 0.02,
    ...EXTRAS,
    par: 5.2,
  },
  Test: {
    format: { ballsPerOver: 6, inningsPerSide: 2 },
    runs: { none: 0.71, one: 0.17, two: 0.04, three: 0.009 },
    four: 0.06,
    six: 0.003,
    wicket: 0.0105,
    wide: 0.002,
    ...EXTRAS,
    par: 3.2,
    matchOvers: 440,
  },
};
