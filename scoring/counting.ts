import { isText } from '../protocol/names.ts';
import { checkedObject, keyBesidePlayers } from './checked-object.ts';
import type { GameResult } from './leaderboard-handler.ts';
import type { Scoring } from './scoring.ts';

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

/** What is counted of the two players of a game. */
export interface ResultCounts {
  readonly winner: readonly Count[];
  readonly loser: readonly Count[];
}

/** By what handlers gave, where it can't change any more: one that gives the same again and again is checked once. */
const knownResults = new WeakMap<object, ResultCounts>();
const knownCounters = new WeakMap<object, readonly Count[]>();

/** The counters of the two players of a game, or why there are none. Never throws, as `rateResult` does not. */
export function countResult(
  scoring: StatsScoring,
  name: string,
  { winner, loser, draw }: GameResult,
): ResultCounts | CountRefusal {
  const handler = scoring.stats(name);
  if (handler === undefined) return unknownHandler(name);
  try {
    const given = handler.result(Object.freeze({ winner, loser, draw }));
    return knownResults.get(given) ?? checkedResult(given);
  } catch (error) {
    return failure(scoring, name, error);
  }
}

/** The counters of a player who did something, or why there are none. Never throws. */
export function countTrack(
  scoring: StatsScoring,
  name: string,
  { player, event, data }: { readonly player: string; readonly event: string; readonly data?: unknown },
): readonly Count[] | CountRefusal {
  const handler = scoring.stats(name);
  if (handler === undefined) return unknownHandler(name);
  try {
    const given = handler.track(Object.freeze({ player, event, data }));
    return knownCounters.get(given) ?? checkedTrack(given);
  } catch (error) {
    return failure(scoring, name, error);
  }
}

function unknownHandler(name: string): CountRefusal {
  return { refused: `this node has no stats handler "${name}"` };
}

function failure(scoring: StatsScoring, name: string, error: unknown): CountRefusal {
  scoring.failed(`stats.${name}`, error);
  return { refused: `the handler "${name}" failed` };
}

function checkedResult(given: unknown): ResultCounts | CountRefusal {
  const counted = checkedObject(given, HANDLER);
  if (typeof counted.refuse === 'string') return refusal(counted.refuse);
  const other = keyBesidePlayers(counted);
  if (other !== undefined) throw new TypeError(`a stats handler gave ${JSON.stringify(other)} for a result`);
  const { winner = {}, loser = {} } = counted;
  const counts = { winner: checkedCounters(winner), loser: checkedCounters(loser) };
  if (Object.isFrozen(counted) && Object.isFrozen(winner) && Object.isFrozen(loser))
    knownResults.set(counted, counts);
  return counts;
}

function checkedTrack(given: unknown): readonly Count[] | CountRefusal {
  const counted = checkedObject(given, HANDLER);
  if (typeof counted.refuse === 'string') return refusal(counted.refuse);
  const counts = checkedCounters(counted);
  if (Object.isFrozen(counted)) knownCounters.set(counted, counts);
  return counts;
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
