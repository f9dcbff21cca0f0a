import type { Document, Rows, State } from '../protocol/views.ts';

/** `[member, score]`, with the display name as third element where the member has a profile. Best first. */
export type BoardRow = readonly [member: string, score: number, name?: string];
/** `[mode, activeUsers]`, most played first. */
export type AreaRow = readonly [mode: string, activeUsers: number];
/** A member's place: neither `rank` nor `score` where the member is not on the board. */
export type RankDocument = {
  readonly member: string;
  readonly total: number;
  readonly rank?: number;
  readonly score?: number;
};
/** A product's counters of one player. */
export type PlayerDocument = { readonly [counter: string]: number };

/** What a channel holds, told by its name. */
export type StateOf<Channel extends string> = Channel extends `match:${string}:feed`
  ? Rows
  : Channel extends `match:${string}`
    ? Document
    : Channel extends `board:${string}` | `league:${string}`
      ? readonly BoardRow[]
      : Channel extends `area:${string}`
        ? readonly AreaRow[]
        : Channel extends `rank:${string}` | `team:${string}`
          ? RankDocument
          : Channel extends `player:${string}`
            ? PlayerDocument
            : State;
