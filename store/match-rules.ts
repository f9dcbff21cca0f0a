/** What a match takes, whichever engine keeps it. */
import { equalJson } from '../protocol/json-equality.ts';
import type { MatchEvent } from '../protocol/match-events.ts';
import type { Fixture, MatchSummary } from '../protocol/matches.ts';
import { utf8Length } from '../protocol/utf8.ts';
import { assert } from '../runtime/errors.ts';
import { foldMatch } from '../scoring/match-fold.ts';
import type { Scoring } from '../scoring/scoring.ts';
import { type AnyMatchFold, checkFixture, type Sports, sportOf } from '../scoring/sports.ts';
import {
  type AppendOperation,
  type FixtureVerdict,
  MAX_MATCH_EVENT_BYTES,
  MAX_MATCH_EVENTS,
  type MatchView,
  type Refused,
} from './score-store.ts';

/** The rules by which matches are folded, and who is told where they fail. */
export interface MatchRules {
  readonly sports: Sports;
  readonly failed: Scoring['failed'];
}

type AppendRefusal = Omit<Refused, 'index'>;

/** The event as JSON, as it is kept. */
export function eventText({ match, event }: AppendOperation): string {
  const text = JSON.stringify(event);
  assert(event.match === match, 'an event is appended to the match that it is about');
  assert(utf8Length(text) <= MAX_MATCH_EVENT_BYTES, 'an event of a match is not too long');
  return text;
}

/**
 * Why the event can't follow those that the fold has, if so; else the fold has it. A sport is somebody else's code: after `failed` the fold is
 * to be thrown away, as half of the event may be in it.
 */
export function appendEvent(
  fold: AnyMatchFold,
  event: MatchEvent,
  fixture: Fixture,
  rules: MatchRules,
): AppendRefusal | 'failed' | undefined {
  if (fold.count >= MAX_MATCH_EVENTS) {
    return { code: 'too_large', message: `A match can't have more than ${MAX_MATCH_EVENTS} events` };
  }
  try {
    const appended = fold.append(event);
    return 'refused' in appended ? appended.refused : undefined;
  } catch (error) {
    rules.failed(`sports.${fixture.sport}`, error);
    return 'failed';
  }
}

export function noMatch(match: string): AppendRefusal {
  return { code: 'not_found', message: `There is no match "${match}"` };
}

/** Of a match that this node can't fold: it lacks the sport, or its rules fail. */
export function noRules({ sport }: Fixture): { readonly code: 'malformed'; readonly message: string } {
  return { code: 'malformed', message: `The rules of "${sport}" failed on this node` };
}

/** `undefined` where this node lacks the sport, or its rules no longer take what they took. */
export function foldEvents(
  match: string,
  fixture: Fixture,
  events: readonly MatchEvent[],
  { sports, failed }: MatchRules,
): AnyMatchFold | undefined {
  try {
    const sport = sportOf(fixture, sports);
    if (sport === undefined) throw new Error(`this node has no sport "${fixture.sport}"`);
    return foldMatch(sport, match, fixture, events);
  } catch (error) {
    failed(`sports.${fixture.sport}`, error);
    return undefined;
  }
}

/** What becomes of a fixture where the match has this one and so many events: `undefined` where it is to be kept. */
export function judgeFixture(
  known: { readonly fixture: Fixture; readonly events: number } | undefined,
  fixture: Fixture,
  { sports, failed }: MatchRules,
): FixtureVerdict | undefined {
  if (known !== undefined) {
    if (equalJson(known.fixture, fixture)) return { ok: true, created: false };
    if (known.events > 0 && !equalJson(withoutTitle(known.fixture), withoutTitle(fixture))) {
      return { ok: false, code: 'conflict', message: 'The match has begun: only its title can change' };
    }
  }
  try {
    const problem = checkFixture(fixture, sports);
    if (problem === undefined) return undefined;
    const code = problem.code === 'conflict' ? 'conflict' : 'malformed';
    return { ok: false, code, message: problem.message };
  } catch (error) {
    failed(`sports.${fixture.sport}`, error);
    return { ok: false, ...noRules(fixture) };
  }
}

function withoutTitle({ title: _, ...rest }: Fixture): Omit<Fixture, 'title'> {
  return rest;
}

/** `undefined` where the sport can't print it. */
export function viewOf(fold: AnyMatchFold, fixture: Fixture, { failed }: MatchRules): MatchView | undefined {
  try {
    return { fixture, events: fold.count, document: fold.document(), feed: [...fold.feed()] };
  } catch (error) {
    failed(`sports.${fixture.sport}`, error);
    return undefined;
  }
}

export function summaryOf(
  fold: AnyMatchFold,
  fixture: Fixture,
  { failed }: MatchRules,
): MatchSummary | undefined {
  try {
    return fold.summary();
  } catch (error) {
    failed(`sports.${fixture.sport}`, error);
    return undefined;
  }
}
