/** Boards, players and areas as a store gives them, and what is asked of it. */
import type { BoardConfig } from '../protocol/boards.ts';

/** `limit: 'top'` means the board's own `top`. */
export interface PageQuery {
  readonly board: string;
  readonly offset: number;
  readonly limit: number | 'top';
}

export interface RankedRow {
  readonly rank: number;
  readonly member: string;
  readonly score: number;
  readonly name?: string;
}

/** A board that does not exist reads as `exists: false` with no rows. */
export interface BoardPage {
  readonly exists: boolean;
  readonly total: number;
  readonly rows: readonly RankedRow[];
}

export interface StandingsQuery {
  readonly board: string;
  readonly members: readonly string[];
}

/** In the order of the query's members; `undefined` for a member that is not on the board. */
export interface Standings {
  readonly total: number;
  readonly standings: readonly (Standing | undefined)[];
}

export interface Standing {
  readonly rank: number;
  readonly score: number;
}

/** A member among its neighbours: the window holds `2 × around + 1` rows and shifts at an edge to stay full. */
export interface Neighbourhood {
  readonly total: number;
  readonly member: RankedRow;
  readonly around: readonly RankedRow[];
}

export interface BoardSummary {
  readonly id: string;
  readonly total: number;
  readonly config: BoardConfig;
}

export interface PlayerQuery {
  readonly product: string;
  readonly player: string;
}

export interface AreaQuery {
  readonly area: string;
  readonly limit: number;
}

export interface ModeCount {
  readonly mode: string;
  /** At least 1. */
  readonly count: number;
}
