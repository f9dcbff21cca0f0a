import { Bench } from 'tinybench';
import type { PlayEvent } from '../protocol/match-events.ts';
import { cricket } from '../scoring/cricket/cricket.ts';
import { simulateMatch } from '../scoring/cricket/simulator.ts';
import { foldMatch, MatchFold } from '../scoring/match-fold.ts';

const DELIVERIES = 3000;
/** Far more than a real Test lasts. */
const MATCH_OVERS = 1000;
const MATCH = 'test';

/** A Test match that lasts long, folded as a whole. */
export async function benches(): Promise<Bench[]> {
  const { fixture, events } = longTest();
  const fold = (count: number) => foldMatch(cricket, MATCH, fixture, events.slice(0, count));
  const correction = { type: 'match', match: MATCH } as const;

  const whole = new Bench({ name: `a Test of ${DELIVERIES} deliveries` })
    .add('fold it', () => fold(events.length))
    .add('fold it, and its document', () => fold(events.length).document())
    .add('accept its events one by one, with their texts', () => {
      const live = new MatchFold(cricket, MATCH, fixture);
      for (const event of events) live.append(event);
    });
  const last = fold(events.length);
  whole.add('undo its last ball, and put it back', () => {
    last.append({ ...correction, action: 'undo' });
    last.append(events.at(-1) as PlayEvent);
  });

  return [whole];
}

/** So many balls at a time, between which the match is folded anew: what a ball costs must not depend on how many were before it. */
const AT_A_TIME = 60;
const ROUNDS = 200;

export async function* tables() {
  const { fixture, events } = longTest();
  const rows: Record<string, object> = {};
  const places = [100, events.length / 2, events.length - AT_A_TIME].map(Math.floor);
  const took = new Map(places.map((place) => [place, [] as number[]]));
  // In turns, so that what the machine does meanwhile, and the compiler, meets all of them.
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    for (const [place, times] of took) {
      const fold = foldMatch(cricket, MATCH, fixture, events.slice(0, place));
      const from = performance.now();
      for (const event of events.slice(place, place + AT_A_TIME)) {
        fold.append(event);
        fold.document();
      }
      if (round >= ROUNDS) times.push((performance.now() - from) / AT_A_TIME);
    }
  }
  for (const [place, times] of took) {
    const sorted = times.toSorted((one, other) => one - other);
    const at = (share: number): string =>
      `${((sorted[Math.floor(share * sorted.length)] ?? 0) * 1000).toFixed(2)} µs`;
    rows[`after ${place} events`] = { median: at(0.5), p90: at(0.9) };
  }
  yield ['a live event, with its text and the document', rows] as const;
}

/** The first long match that a seed gives, cut after so many balls. */
function longTest() {
  for (let seed = 1; ; seed += 1) {
    const { fixture, events } = simulateMatch(MATCH, { seed, format: 'Test', matchOvers: MATCH_OVERS });
    const taken: PlayEvent[] = [];
    let balls = 0;
    for (const event of events) {
      taken.push(event);
      if (event.type === 'delivery') balls += 1;
      if (balls === DELIVERIES) return { fixture, events: taken };
    }
  }
}
