import type { ResultKind, WicketKind } from '../../protocol/match-events.ts';
import type { InningsDocument, Margin } from '../../protocol/matches.ts';

/** The state of a match of cricket: plain data, changed in place by the other files of this folder. */

export interface Batter {
  readonly name: string;
  readonly order: number;
  runs: number;
  balls: number;
  fours: number;
  sixes: number;
  out: { readonly kind: WicketKind; readonly bowler?: string; readonly fielders?: string[] } | undefined;
  /** Away without being out; may come back. */
  retired: WicketKind | undefined;
}

export interface Bowler {
  readonly name: string;
  readonly order: number;
  balls: number;
  /** Overs that were his alone and are complete, whatever the count of their balls. */
  wholeOvers: number;
  /** Legal balls of all other overs. */
  looseBalls: number;
  maidens: number;
  runs: number;
  wickets: number;
  wides: number;
  noballs: number;
}

/** The over that is bowled, or was bowled last. */
export interface Over {
  readonly number: number;
  legalBalls: number;
  /** In the order in which they came on; nearly always one. */
  readonly bowlers: string[];
  /** Conceded by its bowlers. */
  runs: number;
  /** All that the side scored in it. */
  total: number;
  wickets: number;
  complete: boolean;
}

export type InningsEnd = 'all out' | 'overs' | 'target' | 'declared' | 'forfeited' | 'closed';

export interface FallOfWicket {
  readonly runs: number;
  readonly over: string;
  readonly player: string;
}

export interface Innings {
  readonly number: number;
  /** 0 or 1: which of the two teams bats. */
  readonly side: number;
  readonly superOver: boolean;
  runs: number;
  wickets: number;
  legalBalls: number;
  /** Overs that are complete. */
  overs: number;
  readonly extras: { wides: number; noballs: number; byes: number; legbyes: number; penalty: number };
  readonly batters: Map<string, Batter>;
  readonly bowlers: Map<string, Bowler>;
  readonly fall: FallOfWicket[];
  readonly absent: readonly string[];
  striker: string | undefined;
  nonStriker: string | undefined;
  partnership: { runs: number; balls: number };
  /** The over that is bowled or was bowled last, and who bowled the one before it. */
  over: Over | undefined;
  /** Bowlers of the overs before, latest first, as many as may matter. */
  recentBowlers: string[][];
  /** Set by the umpires; else it follows from the scores. */
  revisedTarget: number | undefined;
  /** Whole overs and balls beyond them; undefined: no limit. */
  limit: { readonly overs: number; readonly balls: number } | undefined;
  end: InningsEnd | undefined;
  /** The document of this innings while nothing in it changes. */
  printed: InningsDocument | undefined;
}

export interface Outcome {
  readonly winner?: string;
  readonly by?: Margin;
  readonly kind?: ResultKind;
  readonly method?: string;
  readonly text: string;
  /** Follows from the scores; else it was told. */
  readonly derived: boolean;
}

export interface CricketState {
  readonly match: string;
  readonly title: string;
  readonly teams: readonly [string, string];
  /** The players of each side, where they are known; who comes in for another is added. */
  readonly squads: readonly [Set<string> | undefined, Set<string> | undefined];
  /** How many of each side may bat. */
  readonly players: readonly [number, number];
  readonly format: {
    readonly overs: number | undefined;
    readonly ballsPerOver: number;
    readonly inningsPerSide: 1 | 2;
    readonly consecutiveOvers: number;
  };
  started: boolean;
  /** Play is interrupted. */
  paused: boolean;
  toss: { readonly winner: string; readonly decision: 'bat' | 'field' } | undefined;
  /** Runs for a side that has not batted yet. */
  readonly penaltiesToCome: [number, number];
  readonly innings: Innings[];
  outcome: Outcome | undefined;
}

/** What one event did, beyond what the event itself says. */
export interface CricketChange {
  /** The innings in which it happened. */
  readonly innings?: Innings;
  /** Over and ball as scorers call it: the fourth ball of the first over is `0.4`. A wide has the number of the ball that it does not count as. */
  readonly ball?: string;
  /** Wickets that fell, each with the score of who is out. */
  readonly wickets?: readonly {
    readonly kind: WicketKind;
    readonly batter: Batter;
    readonly fall: FallOfWicket;
  }[];
  /** The over that ended with it. */
  readonly overEnded?: { readonly over: Over; readonly bowler: Bowler | undefined; readonly maiden: boolean };
  readonly inningsEnded?: InningsEnd;
  /** The result, where this event brought it. */
  readonly outcome?: Outcome;
}
