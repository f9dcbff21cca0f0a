/** What one contest may hold. Each is checked where the thing comes in, and refused with a code. */

/** The names and the rows of all teams together stay within 32-bit places. */
export const MAX_TEAMS = 20_000_000;
export const MAX_CARDS_PER_TEAM = 50;
/** Besides the league of all. */
export const MAX_LEAGUES_PER_TEAM = 100;
export const MAX_LEAGUES = 10_000_000;
export const MAX_PLAYERS = 65_536;
/** Different pairs of a player and a bonus in the whole contest. */
export const MAX_CARD_KINDS = 1_048_576;
/** Rows of a page, and of a league that is watched. */
export const MAX_PAGE_ROWS = 1000;
/** The league that holds every team; nobody has to name it. */
export const LEAGUE_OF_ALL = 'all';
/** Bytes of a line of an upload: a team of the largest size, with names of the greatest length. */
export const MAX_LINE_BYTES = 65_536;
