/**
 * Teams as bytes, in pieces that a store can keep. A chunk stands for itself:
 *
 *     version
 *     players:  count, then each: name
 *     cards:    count, then each: player (its place in the list above), bonus in thousandths
 *     leagues:  count, then each: name
 *     teams:    count, then each: name, twice the number of cards (and 1 more where there is a base), the places of the cards above,
 *               the number of leagues, their places above, the base as a double
 *
 * Numbers are of 7 bits a byte, lowest first, the eighth bit says that there are more; a name is its length and its UTF-8; a double has 8
 * bytes, lowest first. Chunks are read in the order in which they were written: a team that comes again is replaced and keeps its place.
 */
export const CHUNK_VERSION = 1;

/** Teams of a chunk, when all are written at once: some 350 kB with 11 cards each. */
export const TEAMS_PER_CHUNK = 10_000;
