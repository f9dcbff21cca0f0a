import { defaultStats } from './built-in/default-stats.ts';
import { elo } from './built-in/elo.ts';
import { exrps } from './built-in/exrps.ts';
import { points } from './built-in/points.ts';
import { wins } from './built-in/wins.ts';
import type { LeaderboardHandler } from './leaderboard-handler.ts';
import type { Scoring } from './scoring.ts';
import type { StatsHandler } from './stats-handler.ts';

/** Handlers by the names that products call them by. */
export interface Handlers {
  readonly leaderboards?: Readonly<Record<string, LeaderboardHandler>>;
  readonly stats?: Readonly<Record<string, StatsHandler>>;
}

export const BUILT_IN_HANDLERS = {
  leaderboards: { wins, points, elo },
  stats: { default: defaultStats, exrps },
} as const satisfies Handlers;

/** The handlers that come with scorewire, and own ones beside them, which must have other names. */
export function createScoring(
  own: Handlers = {},
  { onFailure = () => undefined }: { onFailure?: Scoring['failed'] } = {},
): Scoring {
  const leaderboards = merged<LeaderboardHandler>(BUILT_IN_HANDLERS.leaderboards, own.leaderboards);
  const stats = merged<StatsHandler>(BUILT_IN_HANDLERS.stats, own.stats);
  return {
    leaderboard: (name) => leaderboards.get(name),
    stats: (name) => stats.get(name),
    leaderboardNames: [...leaderboards.keys()],
    statsNames: [...stats.keys()],
    failed: onFailure,
  };
}

/** Scoring of who has no handlers of their own. */
export const BUILT_IN_SCORING: Scoring = createScoring();

/** A built-in handler is what its name says everywhere: were it replaced, the log would be replayed to other scores. */
function merged<T>(
  builtIn: Readonly<Record<string, T>>,
  own: Readonly<Record<string, T>> = {},
): ReadonlyMap<string, T> {
  const handlers = new Map(Object.entries(builtIn));
  for (const [name, handler] of Object.entries(own)) {
    if (handlers.has(name)) throw new Error(`"${name}" is a handler that comes with scorewire`);
    handlers.set(name, handler);
  }
  return handlers;
}
