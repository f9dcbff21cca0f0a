/**
 * How a game's results become scores. A handler is a pure function: no clock, no I/O, no randomness, so that replaying the log through it
 * gives the same scores again, bit for bit. Code that gives other scores than before therefore gets a new name.
 */
import type { HandlerOptions } from '../protocol/products.ts';

/** A game is over. Of a draw, `winner` and `loser` are just the two players. */
export interface GameResult {
  readonly winner: string;
  readonly loser: string;
  readonly draw: boolean;
}

/** The scores of the two before the game, on the board (or in the window) that is being scored; `null` for who has none yet. */
export interface CurrentScores {
  readonly winner: number | null;
  readonly loser: number | null;
}

/** What is absent stays as it is. */
export interface ScorePair {
  readonly winner?: number | undefined;
  readonly loser?: number | undefined;
}

interface CommonHandler {
  /** Says in one line what is wrong with the options of a product, if anything; absent: the handler takes none. */
  readonly checkOptions?: (options: HandlerOptions) => string | undefined;
}

/** Adds to scores whatever they are: cheaper, since nobody has to look at them before. */
export interface AdditiveHandler extends CommonHandler {
  readonly kind: 'additive';
  readonly add: (result: GameResult, options: HandlerOptions) => ScorePair;
}

/** Computes new scores from the current ones. */
export interface RatingHandler extends CommonHandler {
  readonly kind: 'rating';
  readonly rate: (result: GameResult, current: CurrentScores, options: HandlerOptions) => ScorePair;
}

export type LeaderboardHandler = AdditiveHandler | RatingHandler;
