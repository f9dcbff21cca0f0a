import type { AdditiveHandler } from '../leaderboard-handler.ts';
import { explainNumbers, readNumbers } from '../number-options.ts';

const DEFAULTS = { win: 3, draw: 1, loss: 0 };

/** A table as of a league. Who has only lost is in it too, with the points of a loss, which are 0 unless said otherwise. */
export const points: AdditiveHandler = {
  kind: 'additive',
  add: (result, options) => {
    const { win, draw, loss } = readNumbers(options, DEFAULTS);
    return result.draw ? { winner: draw, loser: draw } : { winner: win, loser: loss };
  },
  checkOptions: (options) => explainNumbers(options, Object.keys(DEFAULTS)),
};
