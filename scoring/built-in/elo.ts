/**
 * The rating of Arpad Elo (The Rating of Chessplayers, Past and Present, 1978), with the logistic curve and the factor of 400 that
 * chess federations compute with (FIDE Handbook, B.02): a player who is 400 points ahead is expected to score ten times as much.
 *
 *     expected = 1 / (1 + 10 ** ((other - own) / 400))
 *     own     += k * (scored - expected)          scored: 1 for a win, 0.5 for a draw, 0 for a loss
 *
 * Both new ratings follow from both ratings before the game. What the one gains the other loses, but for rounding in the last bits.
 *
 * A floor takes that away on purpose: the winner is paid in full even if the loser cannot pay any more, since otherwise nobody would
 * gain from a game against who stands on the floor. Such a board slowly gains points as a whole. Who was below the floor, by a score
 * that was set, stands on it after the next game at the latest.
 */
import type { RatingHandler } from '../leaderboard-handler.ts';
import { explainNumbers, readNumbers } from '../number-options.ts';

const DEFAULTS = { k: 20, start: 1500, floor: Number.NEGATIVE_INFINITY };

export const elo: RatingHandler = {
  kind: 'rating',
  rate: ({ draw }, current, options) => {
    const { k, start, floor } = readNumbers(options, DEFAULTS);
    const winner = current.winner ?? start;
    const loser = current.loser ?? start;
    return {
      winner: Math.max(floor, winner + k * ((draw ? 0.5 : 1) - expectedScore(winner, loser))),
      loser: Math.max(floor, loser + k * ((draw ? 0.5 : 0) - expectedScore(loser, winner))),
    };
  },
  checkOptions: (options) => {
    const problem = explainNumbers(options, Object.keys(DEFAULTS));
    if (problem !== undefined) return problem;
    const { k, start, floor } = readNumbers(options, DEFAULTS);
    if (k <= 0) return 'k must be greater than 0';
    return floor > start ? `floor must not be above start, which is ${start}` : undefined;
  },
};

function expectedScore(own: number, other: number): number {
  return 1 / (1 + 10 ** ((other - own) / 400));
}
