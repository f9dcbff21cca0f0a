import { Bench } from 'tinybench';
import type { PlayEvent } from '../protocol/match-events.ts';
import type { CricketDocument } from '../protocol/matches.ts';
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
  const corrections = new Bench({ name: `a correction after ${events.length} events` }).add(
    'undo the last one, and enter it again',
    () => {
      last.append({ ...correction, action: 'undo' });
      last.append(events.at(-1) as PlayEvent);
    },
  );
  for (const back of [1, 100, events.length - 4]) {
    const fold = foldMatch(cricket, MATCH, fixture, events);
    const n = events.length - back;
    const event = events[n - 1] as PlayEvent;
    corrections.add(`amend the one ${back} before it`, () => {
      fold.append({ ...correction, action: 'amend', n, event });
    });
  }
  corrections.add('512 undos in turn', () => {
    const fold = foldMatch(cricket, MATCH, fixture, events);
    for (let undos = 0; undos < 512; undos += 1) fold.append({ ...correction, action: 'undo' });
  });

  return [whole, corrections];
}

/** So many balls at a time, between which the match is folded anew: what a ball costs must not depend on how many were before it. */
const AT_A_TIME = 60;
const ROUNDS = 200;
const INTO_INNINGS = 60;

export async function* tables() {
  const { fixture, events } = longTest();
  const rows: Record<string, object> = {};
  const starts = events.flatMap((event, at) =>
    event.type === 'match' && event.action === 'innings' ? [at] : [],
  );
  // As far into each innings, since a card with more names on it takes longer to print; and at the end of all.
  const places = [...starts.map((at) => at + INTO_INNINGS), events.length - AT_A_TIME];
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
    const names = namesOn(foldMatch(cricket, MATCH, fixture, events.slice(0, place)).document());
    rows[`after ${place} events, ${names} names on the card`] = {
      fastest: at(0),
      median: at(0.5),
      p90: at(0.9),
    };
  }
  yield ['a live event, with its text and the document', rows] as const;
}

function namesOn({ innings }: CricketDocument): number {
  const { batting = {}, bowling = {} } = Object.values(innings).at(-1) ?? {};
  return Object.keys(batting).length + Object.keys(bowling).length;
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
