import {
  type ActionEvent,
  DeliveryEventSchema,
  type MatchAction,
  MatchEventSchema,
  type PlayEvent,
} from '../../protocol/match-events.ts';
import { type Fixture, fixtureChecker } from '../../protocol/matches.ts';
import { checker } from '../../protocol/schema.ts';
import { cricket } from './cricket.ts';
import { explainCricsheet, isCricsheet } from './cricsheet-check.ts';
import { deliveryOf } from './cricsheet-delivery.ts';
import { fixtureOf } from './cricsheet-fixture.ts';
import type { CricsheetInnings, CricsheetMatch, CricsheetOver } from './cricsheet-format.ts';
import { resultOf } from './cricsheet-result.ts';
import { kindOf } from './delivery.ts';

/** From a file of Cricsheet to the fixture and the events of a match, which fold to what the file says. */

export interface ImportedMatch {
  readonly fixture: Fixture;
  readonly events: readonly PlayEvent[];
}

const deliveryChecker = checker(DeliveryEventSchema);
const matchEventChecker = checker(MatchEventSchema);

/** Throws where the file is not of that form. What is against the laws in it is taken as it is. */
export function importCricsheet(match: string, file: unknown): ImportedMatch {
  if (!isCricsheet(file)) throw new Error(`not a match of Cricsheet: ${explainCricsheet(file)}`);
  const fixture = fixtureOf(file);
  if (!fixtureChecker.check(fixture)) throw new Error(`cannot be set up: ${fixtureChecker.explain(fixture)}`);
  return { fixture, events: overrideImpossible(match, fixture, eventsOf(match, file, fixture)) };
}

function eventsOf(match: string, file: CricsheetMatch, { format }: Fixture): PlayEvent[] {
  const { teams, toss, outcome } = file.info;
  const events: PlayEvent[] = [act(match, 'start', {})];
  if (toss?.winner !== undefined && teams.includes(toss.winner)) {
    const decision = toss.decision === 'bat' ? 'bat' : 'field';
    events.push(act(match, 'toss', { winner: toss.winner, decision }));
  }
  for (const [index, innings] of (file.innings ?? []).entries()) {
    events.push(...eventsOfInnings(match, index + 1, innings, format?.ballsPerOver ?? 0));
  }
  if (outcome !== undefined) {
    events.push(act(match, 'end', { result: resultOf(outcome, teams, file.innings ?? []) }));
  }
  return events;
}

function eventsOfInnings(
  match: string,
  number: number,
  innings: CricsheetInnings,
  ballsPerOver: number,
): PlayEvent[] {
  const { team, absent_hurt: absent = [], penalty_runs: penalty = {} } = innings;
  const overs = (innings.overs ?? []).filter(({ deliveries }) => deliveries.length > 0);
  const { pre = 0, post = 0 } = penalty;
  const target = targetOf(innings);
  const isSetLate = target !== undefined && wasPlayedOn(overs, target.runs - pre);
  const events: PlayEvent[] = [
    act(match, 'innings', {
      team,
      ...(innings.super_over ? { superOver: true } : {}),
      ...(target === undefined || isSetLate ? {} : { target }),
      ...(absent.length === 0 ? {} : { absent: [...absent] }),
    }),
  ];
  if (pre > 0) events.push(act(match, 'penalty', { team, runs: pre }));
  let overNumber = -1;
  for (const [index, over] of overs.entries()) {
    overNumber = Math.max(overNumber + 1, over.over);
    const deliveries = over.deliveries.map(deliveryOf);
    for (const delivery of deliveries) {
      events.push({ type: 'delivery', match, innings: number, over: overNumber, delivery });
    }
    const balls = deliveries.filter((delivery) => kindOf(delivery).isLegal).length;
    const isLast = index === overs.length - 1;
    if (balls < ballsPerOver && (!isLast || isMiscounted(innings, over, balls))) {
      events.push(act(match, 'over', {}));
    }
  }
  if (isSetLate) events.push(act(match, 'revise', target));
  if (post > 0) events.push(act(match, 'penalty', { team, runs: post }));
  if (innings.forfeited) events.push(act(match, 'declare', { forfeited: true }));
  else if (innings.declared) events.push(act(match, 'declare', {}));
  return events;
}

function targetOf({ target }: CricsheetInnings): { runs: number; overs?: number } | undefined {
  if (target?.runs === undefined) return undefined;
  return { runs: target.runs, ...(target.overs === undefined ? {} : { overs: target.overs }) };
}

/** The target was passed before the last ball, so it was set after it, as when rain ends a chase that is ahead. */
function wasPlayedOn(overs: readonly CricsheetOver[], target: number): boolean {
  const totals = overs.flatMap(({ deliveries }) => deliveries.map(({ runs }) => runs.total));
  return totals.slice(0, -1).reduce((sum, runs) => sum + runs, 0) >= target;
}

/** The umpire called the last over early, so that it is complete, and not just as far as the innings went. */
function isMiscounted(
  { miscounted_overs: overs }: CricsheetInnings,
  { over }: CricsheetOver,
  balls: number,
): boolean {
  return Number(overs?.[String(over)]?.balls) === balls;
}

type Fields<A extends MatchAction> = Omit<ActionEvent<A>, 'type' | 'match' | 'action'>;

function act<A extends MatchAction>(match: string, action: A, fields: Fields<A>): PlayEvent {
  return { type: 'match', match, action, ...fields } as unknown as PlayEvent;
}

/** What the umpires allowed against the laws, or what the file has wrong, stands: just those events override. */
function overrideImpossible(match: string, fixture: Fixture, events: readonly PlayEvent[]): PlayEvent[] {
  const problem = cricket.checkFixture(fixture);
  if (problem !== undefined) throw new Error(problem.message);
  const state = cricket.begin(match, fixture);
  return events.map((event) => {
    const form = event.type === 'delivery' ? deliveryChecker : matchEventChecker;
    if (!form.check(event)) throw new Error(`${placeOf(event)}: ${form.explain(event)}`);
    if (!('refused' in cricket.apply(state, event))) return event;
    const overridden: PlayEvent = { ...event, override: true };
    const applied = cricket.apply(state, overridden);
    if ('refused' in applied) throw new Error(`${placeOf(event)}: ${applied.refused.message}`);
    return overridden;
  });
}

function placeOf(event: PlayEvent): string {
  return event.type === 'delivery'
    ? `innings ${event.innings}, over ${event.over + 1}`
    : `the event "${event.action}"`;
}
