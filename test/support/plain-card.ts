/**
 * The card of an innings summed up straight from a file of Cricsheet, one pass for each figure, with nothing shared with the fold that it
 * is held against.
 */
import type { InningsDocument } from '../../protocol/matches.ts';
import type { CricsheetDelivery, CricsheetInnings } from '../../scoring/cricket/cricsheet-format.ts';

export interface PlainCard {
  readonly runs: number;
  readonly wickets: number;
  readonly balls: number;
  readonly overs: string;
  readonly extras: Record<string, number>;
  readonly batting: Record<string, Record<string, unknown>>;
  readonly bowling: Record<string, Record<string, unknown>>;
  readonly fall: Record<string, unknown>;
}

/** What a plain card has of an innings in a document. */
export function cardOf(innings: InningsDocument | undefined): object {
  const { runs, wickets, balls, overs, extras, bowling, fall } = innings ?? {};
  const batting = Object.fromEntries(
    Object.entries(innings?.batting ?? {}).map(([name, { out, retired: _, ...figures }]) => {
      return [name, { ...figures, ...(out === undefined ? {} : { kind: out.kind }) }];
    }),
  );
  return { runs, wickets, balls, overs, extras, batting, bowling, fall };
}

type Ball = CricsheetDelivery & { over: number; legalBefore: number };
type Out = { player_out: string; kind: string };

const NOT_OUT = ['retired hurt', 'retired not out'];
const BOWLERS = ['bowled', 'caught', 'caught and bowled', 'lbw', 'stumped', 'hit wicket'];

const isWide = (ball: CricsheetDelivery): boolean => Boolean(ball.extras?.wides);
const isLegal = (ball: CricsheetDelivery): boolean => !isWide(ball) && !ball.extras?.noballs;
const sum = <T>(list: readonly T[], of: (each: T) => number): number =>
  list.reduce((total, each) => total + of(each), 0);
const countIf = <T>(list: readonly T[], test: (each: T) => boolean): number => list.filter(test).length;
const outsOf = (ball: CricsheetDelivery): Out[] =>
  (ball.wickets ?? []).filter(({ kind }) => !NOT_OUT.includes(kind));
const printed = (overs: number, balls: number): string => (balls > 0 ? `${overs}.${balls}` : `${overs}`);

export function plainCard(innings: CricsheetInnings, ballsPerOver: number): PlainCard {
  const overs = innings.overs ?? [];
  const balls: Ball[] = overs.flatMap(({ over, deliveries }) =>
    deliveries.map((ball, at) => ({ ...ball, over, legalBefore: countIf(deliveries.slice(0, at), isLegal) })),
  );
  const isComplete = (at: number): boolean => {
    const legal = countIf(overs[at]?.deliveries ?? [], isLegal);
    const miscounted = Number(innings.miscounted_overs?.[String(overs[at]?.over)]?.balls);
    return at < overs.length - 1 || legal >= ballsPerOver || miscounted === legal;
  };
  const unfinished = overs.length > 0 && !isComplete(overs.length - 1) ? overs.at(-1) : undefined;
  const extra = (account: 'wides' | 'noballs' | 'byes' | 'legbyes' | 'penalty'): number =>
    sum(balls, (ball) => ball.extras?.[account] ?? 0);
  const outs = balls.flatMap((ball) => outsOf(ball).map((out) => ({ ...out, ball })));
  const awarded = (innings.penalty_runs?.pre ?? 0) + (innings.penalty_runs?.post ?? 0);
  const runsUpTo = (ball: Ball): number =>
    (innings.penalty_runs?.pre ?? 0) + sum(balls.slice(0, balls.indexOf(ball) + 1), ({ runs }) => runs.total);
  return {
    runs: sum(balls, ({ runs }) => runs.total) + awarded,
    wickets: outs.length,
    balls: countIf(balls, isLegal),
    overs:
      unfinished === undefined
        ? `${overs.length}`
        : printed(overs.length - 1, countIf(unfinished.deliveries, isLegal)),
    extras: {
      wides: extra('wides'),
      noballs: extra('noballs'),
      byes: extra('byes'),
      legbyes: extra('legbyes'),
      penalty: extra('penalty') + awarded,
    },
    batting: Object.fromEntries(
      arrivals(balls).map((name, at) => [name, { order: at + 1, ...battingOf(name, balls) }]),
    ),
    bowling: Object.fromEntries(
      [...new Set(balls.map(({ bowler }) => bowler))].map((name, at) => {
        const mine = balls.filter(({ bowler }) => bowler === name);
        const conceded = (list: readonly CricsheetDelivery[]): number =>
          sum(list, ({ runs, extras }) => runs.batter + (extras?.wides ?? 0) + (extras?.noballs ?? 0));
        const whole = overs.filter(
          ({ deliveries }, index) => isComplete(index) && deliveries.every(({ bowler }) => bowler === name),
        );
        const loose = countIf(mine, isLegal) - sum(whole, ({ deliveries }) => countIf(deliveries, isLegal));
        return [
          name,
          {
            order: at + 1,
            balls: countIf(mine, isLegal),
            overs: printed(whole.length + Math.floor(loose / ballsPerOver), loose % ballsPerOver),
            maidens: countIf(whole, ({ deliveries }) => conceded(deliveries) === 0),
            runs: conceded(mine),
            wickets: sum(mine, (ball) => countIf(outsOf(ball), ({ kind }) => BOWLERS.includes(kind))),
            wides: countIf(mine, isWide),
            noballs: countIf(mine, (ball) => Boolean(ball.extras?.noballs)),
          },
        ];
      }),
    ),
    fall: Object.fromEntries(
      outs.map(({ player_out: player, ball }, at) => [
        String(at + 1),
        { runs: runsUpTo(ball), over: `${ball.over}.${ball.legalBefore + (isLegal(ball) ? 1 : 0)}`, player },
      ]),
    ),
  };
}

/** In the order in which they came in, or should have come in. */
function arrivals(balls: readonly Ball[]): string[] {
  return [
    ...new Set(
      balls.flatMap((ball) => [
        ball.batter,
        ball.non_striker,
        ...(ball.wickets ?? []).map(({ player_out }) => player_out),
      ]),
    ),
  ];
}

function battingOf(name: string, balls: readonly Ball[]): Record<string, unknown> {
  const faced = balls.filter(({ batter }) => batter === name);
  const made = (runs: number): number =>
    countIf(faced, (ball) => ball.runs.batter === runs && !ball.runs.non_boundary);
  // Out twice is not possible; where a file has it, the last word counts.
  const out = balls.flatMap(outsOf).findLast(({ player_out }) => player_out === name);
  return {
    runs: sum(faced, ({ runs }) => runs.batter),
    balls: countIf(faced, (ball) => !isWide(ball)),
    fours: made(4),
    sixes: made(6),
    ...(out === undefined ? {} : { kind: out.kind }),
  };
}
