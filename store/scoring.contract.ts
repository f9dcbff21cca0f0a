import type { LeaderboardHandler } from '../scoring/leaderboard-handler.ts';
import type { Scoring } from '../scoring/scoring.ts';

/** Handlers that show what an engine makes of whatever a handler gives; every store under test knows them. */
const HANDLERS: Readonly<Record<string, LeaderboardHandler>> = {
  /** The loser pays a tenth of what he has; a draw makes both equal. Who has nothing yet begins with `start`, or 100. */
  transfer: {
    kind: 'rating',
    rate: ({ draw }, current, { start = 100 }) => {
      const [won, lost] = [current.winner ?? Number(start), current.loser ?? Number(start)];
      if (draw) return { winner: (won + lost) / 2, loser: (won + lost) / 2 };
      return { winner: won + lost * 0.1, loser: lost - lost * 0.1 };
    },
  },
  'winner-only': { kind: 'rating', rate: (_, { winner }) => ({ winner: (winner ?? 0) + 1 }) },
  nobody: { kind: 'rating', rate: () => ({}) },
  given: {
    kind: 'rating',
    rate: (_, __, { winner, loser }) => ({
      winner: winner === undefined ? undefined : Number(winner),
      loser: loser === undefined ? undefined : Number(loser),
    }),
  },
  /** Not finite from the second time on. */
  doubling: {
    kind: 'rating',
    rate: (_, { winner }) => ({ winner: (winner ?? Number.MAX_VALUE / 2) * 2, loser: 1 }),
  },
  /** Refuses who has more than 100. */
  picky: {
    kind: 'rating',
    rate: (_, { winner }) => {
      if (winner !== null && winner > 100) throw new Error('too good');
      return { winner: (winner ?? 0) + 60 };
    },
  },
  additive: { kind: 'additive', add: () => ({ winner: 1 }) },
};

export const contractScoring: Scoring = {
  leaderboard: (name) => (Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined),
  stats: () => undefined,
  leaderboardNames: Object.keys(HANDLERS),
  statsNames: [],
  failed: () => undefined,
};
