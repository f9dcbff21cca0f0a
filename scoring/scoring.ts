import type { HandlerOptions } from '../protocol/products.ts';
import type { CurrentScores, GameResult, LeaderboardHandler, ScorePair } from './leaderboard-handler.ts';
import type { StatsHandler } from './stats-handler.ts';

/** Handlers by name: those that come with scorewire, and those of the operator. */
export interface Scoring {
  leaderboard(name: string): LeaderboardHandler | undefined;
  stats(name: string): StatsHandler | undefined;
  readonly leaderboardNames: readonly string[];
  readonly statsNames: readonly string[];
  /** Told of every handler that threw or gave what is no score. */
  failed(handler: string, error: unknown): void;
}

/** A result on one board, for a `rating` handler. */
export interface RatedResult extends GameResult {
  readonly handler: string;
  readonly options: HandlerOptions;
}

export interface RatingRefusal {
  readonly refused: string;
}

/**
 * The new scores of the two, finite and without -0; or why there are none. Never throws: a handler is somebody else's code, and one bad
 * result must not take the others of its batch with it.
 */
export function rateResult(
  scoring: Pick<Scoring, 'leaderboard' | 'failed'>,
  { handler: name, options, winner, loser, draw }: RatedResult,
  current: CurrentScores,
): ScorePair | RatingRefusal {
  const handler = scoring.leaderboard(name);
  if (handler?.kind !== 'rating') return { refused: `this node has no rating handler "${name}"` };
  try {
    const { winner: won, loser: lost } = handler.rate({ winner, loser, draw }, current, options);
    return { winner: checked(won), loser: checked(lost) };
  } catch (error) {
    scoring.failed(name, error);
    return { refused: `the handler "${name}" failed` };
  }
}

function checked(score: number | undefined): number | undefined {
  if (score === undefined) return undefined;
  if (!Number.isFinite(score)) throw new TypeError('a handler gave a score that is not a finite number');
  return score + 0;
}
