import type { AdditiveHandler } from '../leaderboard-handler.ts';

/** The winner has one more; a draw changes nothing. */
export const wins: AdditiveHandler = {
  kind: 'additive',
  add: ({ draw }) => (draw ? {} : { winner: 1 }),
};
