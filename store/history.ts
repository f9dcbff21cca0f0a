/** What was done to a partition, and how its boards stand, for comparing the one with the other. */
import type { BoardConfig } from '../protocol/boards.ts';
import type { Fixture } from '../protocol/matches.ts';
import type { ProductConfig } from '../protocol/products.ts';
import type { TournamentSettings } from '../protocol/tournaments.ts';
import type { TeamChange } from './contest-views.ts';
import type { AppliedOperation } from './operations.ts';

/**
 * One step of a partition's history. Positions (`from`, `to`] are its own: a batch has one for each of its operations, which are
 * those that were applied, in order, without duplicates, rejects and refused ones; every other step has one.
 */
export type LogEntry = {
  readonly from: number;
  readonly to: number;
  readonly at: number;
} & (
  | {
      readonly kind: 'batch';
      readonly operations: readonly AppliedOperation[];
      /** By board: the windows (`daily.2026-11-21`) that its operations changed too. Absent: none. */
      readonly windows?: ReadonlyMap<string, readonly string[]>;
    }
  | { readonly kind: 'configure'; readonly board: string; readonly config: BoardConfig }
  /** `board` may be a window (`x@daily.2026-11-21`): its time was over. */
  | { readonly kind: 'remove-board'; readonly board: string }
  | { readonly kind: 'remove-member'; readonly board: string; readonly member: string }
  | { readonly kind: 'configure-product'; readonly product: string; readonly config: ProductConfig }
  /** A match was created, or got another fixture. */
  | { readonly kind: 'configure-match'; readonly match: string; readonly fixture: Fixture }
  /** With its events. */
  | { readonly kind: 'remove-match'; readonly match: string }
  /** A tournament was created, or got other settings. */
  | {
      readonly kind: 'configure-tournament';
      readonly tournament: string;
      readonly settings: TournamentSettings;
    }
  /** So many; they themselves are kept as they came, and never change after the start. */
  | { readonly kind: 'add-teams'; readonly tournament: string; readonly teams: number }
  | { readonly kind: 'start-tournament'; readonly tournament: string }
  /** With its teams, and the points of its players. */
  | { readonly kind: 'remove-tournament'; readonly tournament: string }
  /** A team came or changed after the start. */
  | { readonly kind: 'put-team'; readonly tournament: string; readonly change: TeamChange }
  /** Of users who logged in long ago and never out. */
  | {
      readonly kind: 'expire-sessions';
      readonly sessions: readonly { readonly area: string; readonly user: string }[];
    }
  /** Scores that were found to differ from what the log gives, and were set right; replaying it changes nothing. */
  | { readonly kind: 'repair'; readonly board: string; readonly members: readonly string[] }
);

export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** The position before the oldest entry that is still kept: 0 while nothing has been trimmed. */
  readonly trimmedTo: number;
  /** The partition's position when the page was read. */
  readonly position: number;
}

/** How a member stands, for comparing: `arrival` is the position at which the score last changed, on boards with ties `first`. */
export interface MemberRecord {
  readonly score: number;
  readonly arrival?: number;
}

export interface BoardRecords {
  /** The partition's position at which all of this was read, atomically. */
  readonly position: number;
  /** Whether there was such a board. */
  readonly exists: boolean;
  readonly total: number;
  /** In step with the asked members; `undefined` for one that is not on the board. */
  readonly records: readonly (MemberRecord | undefined)[];
}

export interface Repair {
  readonly member: string;
  /** What was read; the repair is left out where this is no longer so. `undefined`: not on the board. */
  readonly found: MemberRecord | undefined;
  /** What the log gives. `undefined`: not on the board. */
  readonly right: MemberRecord | undefined;
}

export interface ScanPage {
  readonly members: readonly string[];
  readonly strays: readonly Stray[];
  /** Where to go on; absent at the end. */
  readonly next?: string;
}

/** What stands in a ranking and is nobody's: damage only, in engines that keep a member in two places. */
export interface Stray {
  /** What the engine knows it by. */
  readonly element: string;
  /** What readers take it for. */
  readonly member: string;
  readonly score: number;
}

/** What a board was at a position of its partition, from which its log can be replayed; to the store these are just texts. */
export interface Checkpoint {
  readonly position: number;
  /** Each of at most `MAX_CHECKPOINT_TEXT_BYTES`. None: at that position the board did not exist. */
  readonly texts: readonly string[];
}

/** A board to which nothing has happened since its checkpoint `from`: a later position has the same one. */
export interface CheckpointMove {
  readonly board: string;
  readonly from: number;
}

export const MAX_CHECKPOINT_TEXT_BYTES = 64 * 1024;
