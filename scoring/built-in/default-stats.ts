import { isText, TEXT_MAX_BYTES } from '../../protocol/names.ts';
import { deeplyFrozen } from '../deeply-frozen.ts';
import type { Counters, StatsHandler, StatsRefusal } from '../stats-handler.ts';

const SUFFIX = '_count';
const NAME_MAX_BYTES = TEXT_MAX_BYTES - SUFFIX.length;

const WIN = deeplyFrozen({ winner: { wins: 1 }, loser: { losses: 1 } });
const DRAW = deeplyFrozen({ winner: { draws: 1 }, loser: { draws: 1 } });

const MAX_KNOWN_EVENT_NAMES = 1000;
/** By the name of an event: the name of its counter need not be put together and checked each time. */
const known = new Map<string, Counters>();

/** Counts games by how they ended, and everything else by its name: `jump` in `jump_count`. */
export const defaultStats: StatsHandler = {
  result: ({ draw }) => (draw ? DRAW : WIN),
  track: ({ event }) => known.get(event) ?? countersOf(event),
};

function countersOf(event: string): Counters | StatsRefusal {
  const counter = `${event}${SUFFIX}`;
  if (!isText(counter)) return { refuse: `the name of an event has at most ${NAME_MAX_BYTES} bytes` };
  const counters = Object.freeze({ [counter]: 1 });
  if (known.size === MAX_KNOWN_EVENT_NAMES) known.clear();
  known.set(event, counters);
  return counters;
}
