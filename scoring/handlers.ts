/** What is needed to write handlers of one's own: `import type { ... } from 'scorewire/handlers'`. See docs/handlers.md. */
export type { HandlerOptions } from '../protocol/products.ts';
export type {
  AdditiveHandler,
  CurrentScores,
  GameResult,
  LeaderboardHandler,
  RatingHandler,
  ScorePair,
} from './leaderboard-handler.ts';
export type { Handlers } from './registry.ts';
export type { Counters, StatsHandler, StatsRefusal } from './stats-handler.ts';
