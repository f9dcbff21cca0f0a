/** What is needed to write handlers and sports of one's own: `import type { ... } from 'scorewire/handlers'`. See docs/handlers.md and docs/matches.md. */
export type { ActionEvent, PlayEvent } from '../protocol/match-events.ts';
export type { Fixture, MatchDocument, MatchSummary } from '../protocol/matches.ts';
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
export type { Applied, Printed, Refusal, Refused, Sport } from './sport.ts';
export type { Counters, StatsHandler, StatsRefusal } from './stats-handler.ts';
