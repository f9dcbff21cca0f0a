import { type HandlerOptions, MAX_HANDLER_OPTIONS_BYTES } from '../protocol/products.ts';
import { utf8Length } from '../protocol/utf8.ts';
import { checkedObject, keyBesidePlayers } from './checked-object.ts';
import { deeplyFrozen } from './deeply-frozen.ts';
import type { CurrentScores, GameResult, LeaderboardHandler, ScorePair } from './leaderboard-handler.ts';
import type { StatsHandler } from './stats-handler.ts';

/** Handlers by name: those that come with scorewire, and those of the operator. */
export interface Scoring {
  leaderboard(name: string): LeaderboardHandler | undefined;
  stats(name: string): StatsHandler | undefined;
  readonly leaderboardNames: readonly string[];
  readonly statsNames: readonly string[];
  /** Told of every handler that threw or gave what is none of its business, such as `leaderboards.myrating`. */
  failed(handler: string, error: unknown): void;
}

/** A result on one board, for the handler that scores it. */
export interface RatedResult extends GameResult {
  readonly handler: string;
  readonly options: HandlerOptions;
}

export interface RatingRefusal {
  readonly refused: string;
}

type LeaderboardScoring = Pick<Scoring, 'leaderboard' | 'failed'>;

/**
 * The new scores of the two, finite and without -0; or why there are none. Never throws: a handler is somebody else's code, and one bad
 * result must not take the others of its batch with it.
 */
export function rateResult(
  scoring: LeaderboardScoring,
  { handler: name, options, winner, loser, draw }: RatedResult,
  current: CurrentScores,
): ScorePair | RatingRefusal {
  const handler = scoring.leaderboard(name);
  if (handler?.kind !== 'rating') return { refused: `this node has no rating handler "${name}"` };
  const game = Object.freeze({ winner, loser, draw });
  try {
    return checkedPair(handler.rate(game, Object.freeze(current), deeplyFrozen(options)));
  } catch (error) {
    return failure(scoring, name, error);
  }
}

/** What is added to the scores of the two, for an `additive` handler; like `rateResult`. */
export function addResult(
  scoring: LeaderboardScoring,
  { handler: name, options, winner, loser, draw }: RatedResult,
): ScorePair | RatingRefusal {
  const handler = scoring.leaderboard(name);
  if (handler?.kind !== 'additive') return { refused: `this node has no additive handler "${name}"` };
  const game = Object.freeze({ winner, loser, draw });
  try {
    return checkedPair(handler.add(game, deeplyFrozen(options)));
  } catch (error) {
    return failure(scoring, name, error);
  }
}

/** Says in one line why a product cannot have this handler with these options, if so. Never throws. */
export function explainHandler(
  scoring: Pick<Scoring, 'leaderboard' | 'leaderboardNames' | 'failed'>,
  name: string,
  options: HandlerOptions = {},
): string | undefined {
  const handler = scoring.leaderboard(name);
  if (handler === undefined) {
    return `there is no leaderboard handler "${name}", there are: ${scoring.leaderboardNames.join(', ')}`;
  }
  if (utf8Length(JSON.stringify(options)) > MAX_HANDLER_OPTIONS_BYTES) {
    return `${name}: its options have more than ${MAX_HANDLER_OPTIONS_BYTES} bytes as JSON`;
  }
  if (handler.checkOptions === undefined) {
    return Object.keys(options).length === 0 ? undefined : `${name}: takes no options`;
  }
  try {
    const problem: unknown = handler.checkOptions(deeplyFrozen(options));
    if (problem === undefined) return undefined;
    if (typeof problem !== 'string') throw new TypeError('checkOptions gave neither a text nor undefined');
    return `${name}: ${problem}`;
  } catch (error) {
    scoring.failed(`leaderboards.${name}`, error);
    return `${name}: the handler failed to check its options`;
  }
}

function failure(scoring: LeaderboardScoring, name: string, error: unknown): RatingRefusal {
  scoring.failed(`leaderboards.${name}`, error);
  return { refused: `the handler "${name}" failed` };
}

/** A name with a typing error would else pass for a game that changes nothing. */
function checkedPair(pair: unknown): ScorePair {
  const checked = checkedObject(pair, 'a leaderboard handler');
  const { winner, loser } = checked;
  const other = keyBesidePlayers(checked);
  if (other !== undefined) throw new TypeError(`a leaderboard handler gave ${JSON.stringify(other)}`);
  return { winner: checkedScore(winner), loser: checkedScore(loser) };
}

function checkedScore(score: unknown): number | undefined {
  if (score === undefined) return undefined;
  if (typeof score !== 'number' || !Number.isFinite(score)) {
    throw new TypeError('a leaderboard handler gave a score that is not a finite number');
  }
  return score + 0;
}
