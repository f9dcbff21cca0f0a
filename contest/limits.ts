/** What one contest may hold. Each is checked where the thing comes in, and refused with a code. */
import { MAX_INDEXED } from './hash-index.ts';

export { LEAGUE_OF_ALL, MAX_CARDS_PER_TEAM, MAX_LEAGUES_PER_TEAM } from '../protocol/tournaments.ts';

/** The names and the rows of all teams together stay within 32-bit places. */
export const MAX_TEAMS = 20_000_000;
/** As many as an index can number. Pieces of an upload are judged one by one, so only who loads them all meets it. */
export const MAX_LEAGUES = MAX_INDEXED;
export const MAX_PLAYERS = 65_536;
/** Different pairs of a player and a bonus in the whole contest; the same holds for them. */
export const MAX_CARD_KINDS = MAX_INDEXED;
/** Rows of a page, and of a league that is watched. */
export const MAX_PAGE_ROWS = 1000;
/** Bytes of a line of an upload: a team of the largest size, with names of the greatest length. */
export const MAX_LINE_BYTES = 65_536;
