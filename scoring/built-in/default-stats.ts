import { isText, TEXT_MAX_BYTES } from '../../protocol/names.ts';
import type { StatsHandler } from '../stats-handler.ts';

const SUFFIX = '_count';
const NAME_MAX_BYTES = TEXT_MAX_BYTES - SUFFIX.length;

/** Counts games by how they ended, and everything else by its name: `jump` in `jump_count`. */
export const defaultStats: StatsHandler = {
  result: ({ draw }) =>
    draw ? { winner: { draws: 1 }, loser: { draws: 1 } } : { winner: { wins: 1 }, loser: { losses: 1 } },
  track: ({ event }) => {
    const counter = `${event}${SUFFIX}`;
    if (!isText(counter)) return { refuse: `the name of an event has at most ${NAME_MAX_BYTES} bytes` };
    return { [counter]: 1 };
  },
};
