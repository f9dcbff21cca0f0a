/** How what happens in a game becomes counters of its players. Pure, like the leaderboard handlers. */
import type { GameResult } from './leaderboard-handler.ts';

/** By name: what is added to each. */
export type Counters = Readonly<Record<string, number>>;

/** Why an event is not counted, in words for who sent it. */
export interface StatsRefusal {
  readonly refuse: string;
}

export interface StatsHandler {
  /** A game is over. */
  readonly result: (
    result: GameResult,
  ) => { readonly winner?: Counters; readonly loser?: Counters } | StatsRefusal;
  /** A player did something. `data` is whatever was sent, `undefined` where nothing was. */
  readonly track: (event: {
    readonly player: string;
    readonly event: string;
    readonly data: unknown;
  }) => Counters | StatsRefusal;
}
