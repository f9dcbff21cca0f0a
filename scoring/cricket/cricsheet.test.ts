import { describe, expect, it } from 'vitest';
import { DeliveryEventSchema, MatchEventSchema, type PlayEvent } from '../../protocol/match-events.ts';
import { CricketDocumentSchema, fixtureChecker } from '../../protocol/matches.ts';
import { checker } from '../../protocol/schema.ts';
import { cardOf, plainCard } from '../../test/support/plain-card.ts';
import { hasTestData, LEFT_OUT, readTestData } from '../../test/support/test-data.ts';
import { foldMatch } from '../match-fold.ts';
import { cricket } from './cricket.ts';
import { importCricsheet } from './cricsheet.ts';
import type { CricsheetMatch } from './cricsheet-format.ts';

const MATCHES = [
  '1068348',
  '1075995',
  '1136561',
  '1136562',
  '1136563',
  '1144530',
  '1150537',
  '1166970',
  '1168829',
  '1187667',
  '1216493',
  '1247031',
  '1252684',
  '1267676',
  '1297839',
  '1298135',
  '1298150',
  '1298172',
  '1384429',
  '336015',
];

/** What had to be taken against the laws, and why. */
const OVERRIDDEN: Readonly<Record<string, readonly string[]>> = {
  1075995: ['The innings of Islamabad United is not over'],
  1298172: ['Over 4 has had 5 of its 6 balls'],
  336015: ['Over 15 has had 5 of its 6 balls'],
};

interface Card {
  readonly cricsheet_id: string;
  readonly winner: string;
  readonly margin: string;
  readonly batting: readonly {
    readonly team: string;
    readonly runs: number;
    readonly balls: number;
    readonly fours: number;
    readonly sixes: number;
    readonly out: boolean;
  }[];
  readonly bowling: readonly {
    readonly team: string;
    readonly overs: string;
    readonly maidens: number;
    readonly runs: number;
    readonly wickets: number;
    readonly wide_balls: number;
    readonly no_balls: number;
  }[];
}

const documentChecker = checker(CricketDocumentSchema);
const eventCheckers = { delivery: checker(DeliveryEventSchema), match: checker(MatchEventSchema) };

const read = (id: string): CricsheetMatch => readTestData<CricsheetMatch>(`cricket/${id}.json`);

function foldOf(id: string) {
  const file = read(id);
  const { fixture, events } = importCricsheet(id, file);
  return { file, fixture, events, document: foldMatch(cricket, id, fixture, events).document() };
}

describe.skipIf(!hasTestData)(`a real match${LEFT_OUT}`, () => {
  it.each(MATCHES)('%s agrees with sums that are made straight from its file', (id) => {
    const { file, document } = foldOf(id);
    const cards = (file.innings ?? []).map((innings) => plainCard(innings, file.info.balls_per_over ?? 6));
    expect(cards.length).toBeGreaterThan(0);
    expect(Object.values(document.innings).map(({ team }) => team)).toEqual(
      file.innings?.map(({ team }) => team),
    );
    for (const [index, card] of cards.entries()) {
      expect(cardOf(document.innings[String(index + 1)])).toEqual(card);
    }
  });

  it.each(MATCHES)('%s has innings that add up', (id) => {
    for (const { runs, extras, batting, bowling, wickets, fall, balls } of Object.values(
      foldOf(id).document.innings,
    )) {
      const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
      const scored = sum(Object.values(batting).map((batter) => batter.runs));
      expect(scored + sum(Object.values(extras))).toBe(runs);
      expect(sum(Object.values(bowling).map((bowler) => bowler.runs))).toBe(
        scored + extras.wides + extras.noballs,
      );
      expect(sum(Object.values(bowling).map((bowler) => bowler.balls))).toBe(balls);
      expect(Object.values(batting).filter(({ out }) => out !== undefined)).toHaveLength(wickets);
      expect(Object.keys(fall)).toHaveLength(wickets);
    }
  });

  it.each(MATCHES)('%s has the result that its file states', (id) => {
    const { file, document } = foldOf(id);
    const { winner, by, eliminator, result } = file.info.outcome ?? {};
    expect(document.status).toBe('complete');
    expect(document.result?.winner).toBe(winner ?? eliminator);
    expect(document.result?.by).toEqual(by);
    if (result === 'tie') expect(document.result?.text).toMatch(/^Match tied/);
    if (result === 'draw') expect(document.result?.text).toBe('Match drawn');
    if (result === 'no result') expect(document.result?.text).toBe('No result');
  });

  it.each(MATCHES)('%s is of the documented form, from its fixture to its document', (id) => {
    const { fixture, events, document } = foldOf(id);
    const faults = events.flatMap((event) => {
      const one = eventCheckers[event.type];
      return one.check(event) ? [] : [one.explain(event)];
    });
    expect(faults).toEqual([]);
    expect(fixtureChecker.check(fixture) || fixtureChecker.explain(fixture)).toBe(true);
    expect(documentChecker.check(document) || documentChecker.explain(document)).toBe(true);
    expect(JSON.stringify(document)).not.toMatch(/[:[,]null\b/);
  });

  it.each(MATCHES)(
    '%s is taken without an override, but for what its umpires or its file have against the laws',
    (id) => {
      const { fixture, events } = foldOf(id);
      const state = cricket.begin(id, fixture);
      const refusals = events.flatMap((event): string[] => {
        const { override, ...plain } = event as PlayEvent & { override?: boolean };
        const applied = cricket.apply(state, plain as PlayEvent);
        if (!('refused' in applied)) return [];
        expect(override).toBe(true);
        cricket.apply(state, event);
        return [applied.refused.message];
      });
      expect(refusals).toEqual(OVERRIDDEN[id] ?? []);
    },
  );

  it('agrees with the three published cards', () => {
    const { cards } = readTestData<{ cards: readonly Card[] }>('cricket/expected.json');
    expect(cards).toHaveLength(3);
    for (const card of cards) {
      const { document } = foldOf(card.cricsheet_id);
      expect(document.result?.text).toBe(`${card.winner} won by ${card.margin}`);
      for (const { team, batting, bowling } of Object.values(document.innings)) {
        // Cards write names in another way, but they are in the same order.
        expect(
          Object.values(batting).map(({ runs, balls, fours, sixes, out }) => ({
            runs,
            balls,
            fours,
            sixes,
            out: out !== undefined,
          })),
        ).toEqual(
          card.batting
            .filter((each) => each.team === team)
            .map(({ runs, balls, fours, sixes, out }) => ({ runs, balls, fours, sixes, out })),
        );
        expect(
          Object.values(bowling)
            .map(({ overs, maidens, runs, wickets, wides, noballs }) =>
              [overs, maidens, runs, wickets, wides, noballs].join(' '),
            )
            .sort(),
        ).toEqual(
          card.bowling
            .filter((each) => each.team !== team)
            .map((each) =>
              [each.overs, each.maidens, each.runs, each.wickets, each.wide_balls, each.no_balls].join(' '),
            )
            .sort(),
        );
      }
    }
  });

  it('agrees with the published fall of wickets of 1187667', () => {
    const { document } = foldOf('1187667');
    const falls = Object.values(document.innings).map(({ fall }) =>
      Object.entries(fall).map(([n, { runs, over, player }]) => `${n}-${runs} (${player}, ${over})`),
    );
    expect(falls[0]).toEqual([
      '1-40 (MJ Guptill, 3.5)',
      '2-42 (C Munro, 4.3)',
      '3-69 (TL Seifert, 7.5)',
      '4-135 (C de Grandhomme, 14.5)',
      '5-162 (LRPL Taylor, 17.4)',
      '6-171 (JDS Neesham, 18.6)',
      '7-180 (MJ Santner, 19.6)',
    ]);
    expect(falls[1]?.at(2)).toBe('3-139 (EJG Morgan, 14.6)');
  });
});
