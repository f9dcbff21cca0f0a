/** Matches as a store gives them. */
import type { MatchEvent } from '../protocol/match-events.ts';
import type { Fixture, MatchDocument, MatchSummary } from '../protocol/matches.ts';
import type { FeedRow } from '../scoring/match-fold.ts';

/** Corrections too, beyond it they are refused. A five-day match of cricket has some 3000. */
export const MAX_MATCH_EVENTS = 20_000;
/** Of one event, as JSON. What is longer must not come to a store. */
export const MAX_MATCH_EVENT_BYTES = 16 * 1024;

/** How a match stands: its fixture, and its events folded by the rules of its sport. */
export interface MatchView {
  readonly fixture: Fixture;
  /** Events so far, corrections among them: the number of the last. */
  readonly events: number;
  /** What has not changed since another view may be the same objects: none may be changed. */
  readonly document: MatchDocument;
  /** The last events that stand, oldest first. */
  readonly feed: readonly FeedRow[];
}

/** What a list of matches tells of each, without folding it. */
export interface MatchListing {
  readonly id: string;
  readonly fixture: Fixture;
  readonly summary: MatchSummary;
}

/** One event as it was taken, corrections too. */
export interface MatchRecord {
  readonly n: number;
  /** Unix milliseconds of its acceptance. */
  readonly at: number;
  readonly event: MatchEvent;
}

export interface MatchHistory {
  /** Events so far. */
  readonly events: number;
  /** From the number that was asked for, ascending. */
  readonly records: readonly MatchRecord[];
}

export type FixtureVerdict =
  | { readonly ok: true; readonly created: boolean }
  /** It has begun, and then only its title can change; or the fixture is not one of its sport. */
  | { readonly ok: false; readonly code: 'conflict' | 'malformed'; readonly message: string };
