import type { MatchResult } from '../../protocol/matches.ts';

/** The state of a match of which only the points count: plain data, changed in place. */
export interface GenericState {
  readonly match: string;
  readonly title: string;
  readonly teams: readonly [string, string];
  readonly squads: readonly [ReadonlySet<string> | undefined, ReadonlySet<string> | undefined];
  readonly points: [number, number];
  /** What each player made, by side. */
  readonly players: readonly [Map<string, number>, Map<string, number>];
  started: boolean;
  /** Play is interrupted. */
  paused: boolean;
  period: string | undefined;
  clock: { readonly seconds: number; readonly running: boolean } | undefined;
  result: MatchResult | undefined;
  abandoned: boolean;
}
