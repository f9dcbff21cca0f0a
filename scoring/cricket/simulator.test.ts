import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeliveryEventSchema, MatchEventSchema, type PlayEvent } from '../../protocol/match-events.ts';
import { CricketDocumentSchema, fixtureChecker } from '../../protocol/matches.ts';
import { checker } from '../../protocol/schema.ts';
import { foldMatch, MatchFold } from '../match-fold.ts';
import { cricket } from './cricket.ts';
import { SIMULATED_FORMATS, type SimulatedFormat } from './simulated-format.ts';
import { simulateMatch } from './simulator.ts';

const documentChecker = checker(CricketDocumentSchema);
const eventCheckers = { delivery: checker(DeliveryEventSchema), match: checker(MatchEventSchema) };
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const RUNS: Readonly<Record<SimulatedFormat, number>> = { T20: 60, Hundred: 60, ODI: 25, Test: 8 };

/** For matches of every format, fewer of the longer ones: after any number of events, and with one of those. */
function forAny(
  format: SimulatedFormat,
  holds: (played: ReturnType<typeof play>, at: number, before: number) => void,
): void {
  const anyShare = fc.integer({ min: 0, max: 9999 });
  fc.assert(
    fc.property(anySeed, anyShare, anyShare, (seed, share, earlier) => {
      const played = play(format, seed);
      const at = Math.floor((share / 10_000) * played.events.length);
      holds(played, at, Math.floor((earlier / 10_000) * (at + 1)));
    }),
    // The middle of one match at the least, whatever chance brings.
    { numRuns: RUNS[format], examples: [[1, 5000, 5000]] },
  );
}

function play(format: SimulatedFormat, seed: number) {
  const { fixture, events } = simulateMatch('m', { seed, format });
  return { fixture, events: [...events] };
}

function documentAfter({ fixture, events }: ReturnType<typeof play>, count: number) {
  return comparable(foldMatch(cricket, 'm', fixture, events.slice(0, count)).document());
}

/** Corrections count as events too. */
function comparable(document: object): object {
  const { events: _, ...others } = document as { events?: number };
  return others;
}

const correction = (fields: object) => ({ type: 'match', match: 'm', ...fields }) as never;

describe.each(SIMULATED_FORMATS)('a simulated match (%s)', (format) => {
  it('is folded without a refusal and without an override, to a result', () => {
    forAny(format, ({ fixture, events }) => {
      expect(fixtureChecker.check(fixture)).toBe(true);
      expect(cricket.checkFixture(fixture)).toBeUndefined();
      const fold = new MatchFold(cricket, 'm', fixture);
      for (const event of events) {
        if (!eventCheckers[event.type].check(event)) {
          throw new Error(eventCheckers[event.type].explain(event));
        }
        expect(event.override).toBeUndefined();
        const accepted = fold.append(event);
        if ('refused' in accepted) throw new Error(accepted.refused.message);
        expect(accepted.text).not.toMatch(/undefined|NaN| {2}|^\s*$/);
      }
      const document = fold.document();
      expect(documentChecker.check(document) || documentChecker.explain(document)).toBe(true);
      expect(document.status).toBe('complete');
      expect(document.result?.winner === undefined).toBe(document.result?.text === 'Match drawn');
    });
  });

  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        expect(play(format, seed)).toEqual(play(format, seed));
      }),
      { numRuns: 5 },
    );
    expect(play(format, 1).fixture).not.toEqual(play(format, 2).fixture);
  });

  it('adds up', () => {
    forAny(format, (played, at) => {
      for (const count of [at, played.events.length]) {
        const { innings } = foldMatch(cricket, 'm', played.fixture, played.events.slice(0, count)).document();
        for (const { runs, extras, batting, bowling, wickets, balls, fall, partnership } of Object.values(
          innings,
        )) {
          const batters = Object.values(batting);
          const bowlers = Object.values(bowling);
          const made = sum(batters.map((batter) => batter.runs));
          expect(made + sum(Object.values(extras))).toBe(runs);
          expect(sum(bowlers.map((bowler) => bowler.runs))).toBe(made + extras.wides + extras.noballs);
          expect(sum(bowlers.map((bowler) => bowler.balls))).toBe(balls);
          expect(sum(batters.map((batter) => batter.balls))).toBe(
            balls + sum(bowlers.map((bowler) => bowler.noballs)),
          );
          expect(batters.filter(({ out }) => out !== undefined)).toHaveLength(wickets);
          expect(sum(bowlers.map((bowler) => bowler.wickets))).toBe(
            batters.filter(({ out }) => out?.bowler !== undefined).length,
          );
          expect(Object.keys(fall)).toHaveLength(wickets);
          const falls = Object.values(fall).map((each) => each.runs);
          expect(falls).toEqual(falls.toSorted((one, other) => one - other));
          expect(partnership.runs).toBeLessThanOrEqual(runs - (falls.at(-1) ?? 0));
        }
      }
    });
  });

  it('is, event by event, what it is folded from scratch', () => {
    forAny(format, (played, at) => {
      const fold = new MatchFold(cricket, 'm', played.fixture);
      // A document that is kept and updated may go wrong where one that is made once does not.
      for (const event of played.events.slice(0, at)) {
        fold.append(event);
        fold.document();
      }
      expect(comparable(fold.document())).toEqual(documentAfter(played, at));
      expect(fold.feed()).toEqual(foldMatch(cricket, 'm', played.fixture, played.events.slice(0, at)).feed());
    });
  });

  it('is after any undo what it was before', () => {
    forAny(format, (played, at) => {
      const fold = foldMatch(cricket, 'm', played.fixture, played.events.slice(0, at));
      const before = { document: comparable(structuredClone(fold.document())), feed: [...fold.feed()] };
      fold.append(played.events[at] as PlayEvent);
      expect(fold.append(correction({ action: 'undo' }))).not.toHaveProperty('refused');
      expect(comparable(fold.document())).toEqual(before.document);
      expect(fold.feed()).toEqual(before.feed);
      const { refused } = fold.append(correction({ action: 'undo' })) as { refused?: unknown };
      expect(refused === undefined).toBe(at > 0);
      if (at > 0) expect(comparable(fold.document())).toEqual(documentAfter(played, at - 1));
    });
  });

  it('is after an amendment there and back what it was before', () => {
    let amended = 0;
    forAny(format, (played, at, earlier) => {
      const fold = foldMatch(cricket, 'm', played.fixture, played.events.slice(0, at + 1));
      const before = comparable(structuredClone(fold.document()));
      const last = played.events
        .slice(0, earlier + 1)
        .findLastIndex((event) => event.type === 'delivery' && event.delivery.wickets === undefined);
      const event = played.events[last];
      if (event?.type !== 'delivery') return;
      const { delivery } = event;
      // Two runs more, and who is on strike stays the same.
      const runs = { batter: delivery.runs.batter + 2, extras: 0, total: delivery.runs.batter + 2 };
      const { extras: _, ...plain } = delivery;
      const other: PlayEvent = { ...event, override: true, delivery: { ...plain, runs } };
      const there = fold.append(correction({ action: 'amend', n: last + 1, event: other }));
      if ('refused' in there) {
        expect(comparable(fold.document())).toEqual(before);
        return;
      }
      amended += 1;
      expect(comparable(fold.document())).toEqual(
        comparable(
          foldMatch(cricket, 'm', played.fixture, [
            ...played.events.slice(0, last),
            other,
            ...played.events.slice(last + 1, at + 1),
          ]).document(),
        ),
      );
      expect(comparable(fold.document())).not.toEqual(before);
      fold.append(correction({ action: 'amend', n: last + 1, event }));
      expect(comparable(fold.document())).toEqual(before);
    });
    expect(amended).toBeGreaterThan(0);
  });
});

describe('simulated matches', () => {
  const documents = (format: SimulatedFormat, count: number) =>
    Array.from({ length: count }, (_, seed) => {
      const { fixture, events } = play(format, seed);
      return foldMatch(cricket, 'm', fixture, events).document();
    });

  it.each<[SimulatedFormat, count: number, runs: [number, number], wickets: [number, number]]>([
    ['T20', 100, [145, 185], [5, 8]],
    ['Hundred', 100, [125, 160], [4.5, 8]],
    ['ODI', 40, [205, 285], [6, 9.5]],
    ['Test', 15, [270, 450], [7.5, 10]],
  ])('of %s score as real ones do', (format, count, runs, wickets) => {
    const firsts = documents(format, count).flatMap(({ innings }) => innings['1'] ?? []);
    const mean = (numbers: number[]): number => sum(numbers) / numbers.length;
    const within = (value: number, [from, to]: [number, number]): void => {
      expect(value).toBeGreaterThan(from);
      expect(value).toBeLessThan(to);
    };
    within(mean(firsts.map((each) => each.runs)), runs);
    within(mean(firsts.map((each) => each.wickets)), wickets);
  });

  it('are won by runs and by wickets, and after a tie by super over', () => {
    const found = documents('T20', 150);
    const isWon = (by: string) => found.some(({ result }) => result?.by !== undefined && by in result.by);
    expect(isWon('runs')).toBe(true);
    expect(isWon('wickets')).toBe(true);
    const tied = found.filter(({ result }) => result?.text.startsWith('Match tied'));
    expect(tied.length).toBeGreaterThan(0);
    for (const { innings, result } of tied) {
      expect(result?.text).toMatch(/^Match tied \(.+ won the super over\)$/);
      expect(innings['3']?.superOver).toBe(true);
    }
  });

  it('have the teams that are asked for', () => {
    const { fixture } = simulateMatch('m', { seed: 1, teams: ['Asia', 'Europe'] });
    expect(fixture.teams).toEqual(['Asia', 'Europe']);
    expect(new Set(fixture.squads?.flat()).size).toBe(22);
  });
});
