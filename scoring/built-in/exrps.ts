import type { Counters, StatsHandler } from '../stats-handler.ts';
import { defaultStats } from './default-stats.ts';

/** By what is sent: as a text, the number of the weapon, or `null` where the player chose none in time. */
const SELECTIONS: ReadonlyMap<unknown, Counters> = new Map([
  ['null', { botch_selection_count: 1 }],
  ['0', { rock_selection_count: 1 }],
  ['1', { paper_selection_count: 1 }],
  ['2', { scissors_selection_count: 1 }],
]);

/** Rock, paper, scissors: an example of a game whose events say more than their name. */
export const exrps: StatsHandler = {
  result: defaultStats.result,
  track: ({ event, data }) => {
    if (event !== 'select_weapon') return { refuse: 'the only event of this game is "select_weapon"' };
    return (
      SELECTIONS.get(data) ?? {
        refuse: 'the data of "select_weapon" must be "null", "0", "1" or "2", as texts',
      }
    );
  },
};
