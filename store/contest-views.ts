/**
 * Tournaments as a store keeps them: what was set about them, the teams that were registered as packed pieces, the latest points of players, and
 * one record of each team that came or changed after the start. What follows from these is computed by the owner of the partition (`contest/`).
 *
 * A team scores its base and the sum over its cards of bonus × points. Points and bonuses are whole thousandths here, scores and bases whole
 * millionths.
 */
import type { TournamentSettings, TournamentStatus } from '../protocol/tournaments.ts';

/** Lines that were registered, those that came again included. As many teams as one contest can hold. */
export const MAX_REGISTERED_TEAMS = 20_000_000;
/** On cards, named in the settings, or with points. */
export const MAX_TOURNAMENT_PLAYERS = 65_536;
/** Of one piece of registered teams. */
export const MAX_TEAM_CHUNK_BYTES = 256 * 1024;
/** Of pieces that are read at once: when there is as much, no other one is added. */
export const TEAM_CHUNKS_READ_BYTES = 1024 * 1024;
/** Changes (of points or of teams after the start) that are read at once. */
export const MAX_CONTEST_CHANGES = 1000;

export interface Tournament {
  readonly settings: TournamentSettings;
  readonly status: TournamentStatus;
  /** Lines of teams so far, those that came again included: progress of an upload, not a number of teams. */
  readonly registered: number;
}

export interface TournamentListing extends Tournament {
  readonly id: string;
}

export type TournamentVerdict =
  | { readonly ok: true; readonly created: boolean }
  /** With teams or points, `players` can only get more, or be left out. */
  | { readonly ok: false; readonly code: 'conflict'; readonly message: string };

export type StartVerdict =
  /** `started` false: it had started before. */
  { readonly ok: true; readonly started: boolean } | { readonly ok: false; readonly code: 'not_found' };

/** A piece of an upload: teams as `contest/chunk-format.ts` has them. Of a team that comes again the latest counts. */
export interface TeamChunk {
  /** At most `MAX_TEAM_CHUNK_BYTES`. */
  readonly bytes: Uint8Array;
  /** How many, at least one. */
  readonly teams: number;
  /** The greatest sum of bonuses of one of them, in thousandths. */
  readonly heaviest: number;
  /** Who is on their cards, each once. */
  readonly players: readonly string[];
}

/** `conflict`: it has started. `not_found`: there is no such tournament, or no such player in it. */
export type TeamsVerdict =
  | { readonly ok: true; readonly registered: number }
  | {
      readonly ok: false;
      readonly code: 'conflict' | 'not_found' | 'too_large';
      readonly message: string;
    };

/** `bonus` in thousandths. */
export interface StoredCard {
  readonly player: string;
  readonly bonus: number;
}

/** A team that comes or changes after the start. What it has scored so far stays; its new cards count for points that change from now on. */
export interface TeamChange {
  readonly team: string;
  readonly cards: readonly StoredCard[];
  /** Without that of all. */
  readonly leagues: readonly string[];
  /** Its cards as registered before the start; absent where it was not. Used only while it has no record of its own. */
  readonly registered?: readonly StoredCard[];
}

/** `unchanged`: the team had just this record. `too_large`: a score could come over 2^53 millionths, or there would be too many players or teams. */
export type TeamVerdict =
  | { readonly ok: true; readonly outcome: 'added' | 'replaced' | 'unchanged' }
  | {
      readonly ok: false;
      readonly code: 'conflict' | 'not_found' | 'too_large';
      readonly message: string;
    };

/** The record of a team that came or changed after the start. */
export interface LateTeam {
  readonly team: string;
  readonly cards: readonly StoredCard[];
  readonly leagues: readonly string[];
  /** What makes its score go on from what it was, in millionths. */
  readonly base: number;
  /** The number of the change by which it came: the order of newcomers. 0: it was registered before the start. */
  readonly joined: number;
}

/** Some pieces of the registered teams, in order. */
export interface TeamChunks {
  readonly chunks: readonly Uint8Array[];
  /** Where to go on; absent at the end. */
  readonly next?: number;
}

/** What has changed in a tournament after a change that is known. */
export interface ContestTail extends Tournament {
  /** Of this tournament with these data: another one after a loss of the store's data. */
  readonly mark: string;
  /** Pieces of registered teams; they stay as they are from the start on. */
  readonly chunks: number;
  /** The number of the last change. */
  readonly changes: number;
  /** All up to this one are here, or were before: where to go on. What is read in turns is complete when it is `changes`. */
  readonly reached: number;
  /** The latest points of players who got others, in thousandths. */
  readonly points: readonly (readonly [player: string, points: number])[];
  readonly teams: readonly LateTeam[];
}

/** What a score store does with tournaments; the points of players come with batches. */
export interface TournamentStore {
  /** Creates the tournament or replaces its settings; a step where that is a change. */
  configureTournament(
    id: string,
    settings: TournamentSettings,
    acceptedAt: number,
  ): Promise<TournamentVerdict>;
  /** Before the start. Adding the same again changes nothing but the count, so a part of an upload can be sent again. A step, without the teams themselves. */
  addTeams(tournament: string, chunk: TeamChunk, acceptedAt: number): Promise<TeamsVerdict>;
  /** From now on the registered teams stay as they are; a step where it had not started. */
  startTournament(id: string, acceptedAt: number): Promise<StartVerdict>;
  /** After the start; a step where that is a change. */
  putTeam(tournament: string, change: TeamChange, acceptedAt: number): Promise<TeamVerdict>;
  /** With its teams and points; a step where there was one. */
  removeTournament(id: string, acceptedAt: number): Promise<boolean>;
  /** `undefined` for a tournament that does not exist. */
  readTournaments(ids: readonly string[]): Promise<readonly (Tournament | undefined)[]>;
  /** Tournaments in byte order of their ids, beginning after `after`. */
  listTournaments(page: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly TournamentListing[]>;
  /** Registered teams, beginning with piece `from` (0 is the first): at least one piece, and more until they have `TEAM_CHUNKS_READ_BYTES`. */
  readTeamChunks(tournament: string, from: number): Promise<TeamChunks>;
  /** What changed after change `after` (0: all), at most `MAX_CONTEST_CHANGES` of it, atomically; `undefined` for one that does not exist. */
  readContestTail(tournament: string, after: number): Promise<ContestTail | undefined>;
}
