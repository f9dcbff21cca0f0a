import { isText } from '../protocol/names.ts';
import { checkedObject } from './checked-object.ts';
import type { GameResult } from './leaderboard-handler.ts';
import type { Scoring } from './scoring.ts';
import type { StatsHandler } from './stats-handler.ts';

/** What is added to a counter of a player: a valid name, and a finite number without -0. */
export type Count = readonly [counter: string, by: number];

export interface CountRefusal {
  readonly refused: string;
}

/** More counters of one player from one event are refused, since all of them must fit into one batch. */
export const MAX_COUNTERS_PER_EVENT = 64;

const MAX_REFUSAL_LENGTH = 256;

const HANDLER = 'a stats handler';

type StatsScoring = Pick<Scoring, 'stats' | 'failed'>;

/** The counters of the two players of a game, or why there are none. Never throws, as `rateResult` does not. */
export function countResult(
  scoring: StatsScoring,
  name: string,
  { winner, loser, draw }: GameResult,
): { readonly winner: readonly Count[]; readonly loser: readonly Count[] } | CountRefusal {
  return attempt(scoring, name, (handler) => {
    const counted = checkedObject(handler.result(Object.freeze({ winner, loser, draw })), HANDLER);
    if (typeof counted.refuse === 'string') return refusal(counted.refuse);
    const other = Object.keys(counted).find((key) => key !== 'winner' && key !== 'loser');
    if (other !== undefined)
      throw new TypeError(`a stats handler gave ${JSON.stringify(other)} for a result`);
    return { winner: checkedCounters(counted.winner ?? {}), loser: checkedCounters(counted.loser ?? {}) };
  });
}

/** The counters of a player who did something, or why there are none. Never throws. */
export function countTrack(
  scoring: StatsScoring,
  name: string,
  { player, event, data }: { readonly player: string; readonly event: string; readonly data?: unknown },
): readonly Count[] | CountRefusal {
  return attempt(scoring, name, (handler) => {
    const counted = checkedObject(handler.track(Object.freeze({ player, event, data })), HANDLER);
    return typeof counted.refuse === 'string' ? refusal(counted.refuse) : checkedCounters(counted);
  });
}

function attempt<T>(
  scoring: StatsScoring,
  name: string,
  call: (handler: StatsHandler) => T,
): T | CountRefusal {
  const handler = scoring.stats(name);
  if (handler === undefined) return { refused: `this node has no stats handler "${name}"` };
  try {
    return call(handler);
  } catch (error) {
    scoring.failed(`stats.${name}`, error);
    return { refused: `the handler "${name}" failed` };
  }
}

function refusal(words: string): CountRefusal {
  return { refused: words.slice(0, MAX_REFUSAL_LENGTH) };
}

function checkedCounters(counters: unknown): readonly Count[] {
  const checked = checkedObject(counters, HANDLER);
  const names = Object.keys(checked);
  if (names.length > MAX_COUNTERS_PER_EVENT) {
    throw new TypeError(`a stats handler gave more than ${MAX_COUNTERS_PER_EVENT} counters of a player`);
  }
  return names.map((counter) => {
    const by = checked[counter];
    if (!isText(counter)) throw new TypeError(`a stats handler gave the counter ${JSON.stringify(counter)}`);
    if (typeof by !== 'number' || !Number.isFinite(by)) {
      throw new TypeError(`a stats handler gave what is not a finite number for the counter "${counter}"`);
    }
    return [counter, by + 0];
  });
}
