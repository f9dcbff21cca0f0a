/** What a contest is asked, and what it answers. Points, bonuses and scores are decimal numbers here; inside they are whole. */

export interface ContestOptions {
  /** Who plays in the tournament. Default: whoever is on a card or gets points. */
  readonly players?: readonly string[];
}

/** What became of a team that was told. `unchanged`: it was known with just this content. */
export type TeamOutcome = 'added' | 'replaced' | 'unchanged';

export interface RankedTeam {
  readonly rank: number;
  readonly team: string;
  readonly score: number;
}

export interface LeaguePage {
  readonly league: string;
  readonly total: number;
  readonly rows: readonly RankedTeam[];
}

export interface TeamState {
  readonly team: string;
  readonly rank: number;
  readonly score: number;
  /** How many teams there are. */
  readonly total: number;
  /** `points` are those of the player. */
  readonly cards: readonly { readonly player: string; readonly bonus: number; readonly points: number }[];
  /** The rank in each league of the team, besides that of all. */
  readonly leagues: Readonly<Record<string, number>>;
  /**
   * Of a team that came or changed after the start: what its score is more than what its cards would have brought from the beginning, so that
   * the score is `carried` and the sum of bonus times points.
   */
  readonly carried?: number;
}

/** What is read with each tick, again and again. */
export interface Watched {
  readonly leagues: readonly { readonly league: string; readonly limit: number }[];
  readonly teams: readonly string[];
}

export interface TickResult {
  /** Stays the same while no score can have changed. */
  readonly version: number;
  readonly total: number;
  /** In step with what is watched; a league that nobody is in has no rows. */
  readonly leagues: readonly {
    readonly league: string;
    readonly rows: readonly (readonly [team: string, score: number])[];
  }[];
  /** In step with the watched teams; a team that is not there has rank 0. */
  readonly ranks: Uint32Array;
  readonly scores: Float64Array;
}

export interface Recomputation {
  readonly checked: number;
  readonly corrected: number;
  /** The first ones. */
  readonly differences: readonly { readonly team: string; readonly was: number; readonly is: number }[];
}

export interface ContestFigures {
  readonly isStarted: boolean;
  readonly teams: number;
  readonly players: number;
  readonly leagues: number;
  readonly cardKinds: number;
  /** The greatest points, signs aside, that one player may get: beyond, a score could be over 2^53 millionths. */
  readonly maxPoints: number;
  /** Of all columns; what sorting needs is shared with other contests and counted apart. */
  readonly memoryBytes: number;
}
