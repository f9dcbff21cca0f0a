import type { PlayEvent } from '../../protocol/match-events.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type Simulation, simulateMatch } from '../../scoring/cricket/simulator.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { Ingest } from '../ingest/ingest-types.ts';
import { createDemoLoop, DEMO_IDENTITY } from './demo-loop.ts';

export const DEMO_MATCH = 'demo';

/** How long the result of a match stands before the next one. */
const AFTER_END_MS = 20_000;
/** Somebody else who plays it is gone after so many balls in which nothing has happened. */
const SILENT_BALLS = 10;

export interface DemoCricketDeps {
  readonly store: Pick<ScoreStore, 'configureMatch' | 'removeMatch' | 'readMatches'>;
  readonly ingest: Pick<Ingest, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

type Store = Pick<ScoreStore, 'configureMatch' | 'removeMatch'>;

/** Puts a match that nobody has played yet in the place of whatever has this name. */
export async function beginDemoMatch(
  store: Store,
  match: string,
  now: number,
  { fixture, events }: Simulation,
): Promise<Iterator<PlayEvent>> {
  await store.removeMatch(match, now);
  const verdict = await store.configureMatch(match, fixture, now);
  if (!verdict.ok) throw new Error(`defect: a demonstration match is refused: ${verdict.message}`);
  return events[Symbol.iterator]();
}

export function demoSeed(random: () => number): number {
  return Math.floor(random() * 2 ** 31);
}

export interface DemoCricketOptions {
  /** From one ball to the next. */
  readonly ballMs: number;
  /** Its name, and what is played; default: matches between sides that are others each time. */
  readonly game?: { readonly match: string; readonly simulate: () => Simulation };
}

/**
 * One match of cricket after the other, ball by ball, all under one name. Of several nodes one plays it: each event names the number of those
 * before it, so that the others find out, and wait until nobody does any more.
 */
export function createDemoCricket(deps: DemoCricketDeps, options: DemoCricketOptions): Service {
  const { store, ingest, clock, logger, random } = deps;
  const { ballMs } = options;
  const { match, simulate } = options.game ?? {
    match: DEMO_MATCH,
    simulate: () => simulateMatch(DEMO_MATCH, { seed: demoSeed(random) }),
  };
  let game: Iterator<PlayEvent> | undefined;
  let events = 0;
  let silentBalls = 0;

  const begin = async (): Promise<number> => {
    game = await beginDemoMatch(store, match, clock.now(), simulate());
    events = 0;
    return 0;
  };
  /** Whoever else plays it goes first. */
  const watch = async (): Promise<number> => {
    const [view] = await store.readMatches([match]);
    if (view === undefined) return begin();
    silentBalls = view.events === events ? silentBalls + 1 : 0;
    events = view.events;
    if (silentBalls < SILENT_BALLS) return ballMs;
    silentBalls = 0;
    return begin();
  };
  const play = async (playing: Iterator<PlayEvent>): Promise<number> => {
    const next = playing.next();
    if (next.done === true) {
      game = undefined;
      silentBalls = SILENT_BALLS;
      return AFTER_END_MS;
    }
    const verdict = await ingest.publish([{ ...next.value, expected: events }], DEMO_IDENTITY);
    if (verdict.ok && verdict.applied === 1) {
      events++;
      return next.value.type === 'delivery' ? ballMs : 0;
    }
    // Somebody else has begun one, or the store has failed: the next look tells.
    logger.debug({}, 'the demonstration match waits');
    game = undefined;
    return ballMs;
  };
  return createDemoLoop(deps, {
    step: () => (game === undefined ? watch() : play(game)),
    retryMs: ballMs,
  });
}
