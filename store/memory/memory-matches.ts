import type { Fixture, MatchSummary } from '../../protocol/matches.ts';
import { assert } from '../../runtime/errors.ts';
import type { AnyMatchFold } from '../../scoring/sports.ts';
import {
  appendEvent,
  foldEvents,
  judgeFixture,
  type MatchRules,
  noMatch,
  noRules,
  summaryOf,
  viewOf,
} from '../match-rules.ts';
import type {
  AppendOperation,
  FixtureVerdict,
  MatchHistory,
  MatchListing,
  MatchRecord,
  MatchView,
} from '../score-store.ts';
import type { Effect } from './effect.ts';
import type { IdList } from './id-list.ts';

interface MemoryMatch {
  fixture: Fixture;
  readonly records: MatchRecord[];
  /** `undefined` where it failed; it is then folded again from the records. */
  fold: AnyMatchFold | undefined;
  summary: MatchSummary;
}

/** The matches of one partition. */
export class MemoryMatches {
  readonly #matches = new Map<string, MemoryMatch>();
  /** Of all partitions. */
  readonly #ids: IdList;

  constructor(ids: IdList) {
    this.#ids = ids;
  }

  /** Whether that was a change, or why not. */
  configure(id: string, fixture: Fixture, rules: MatchRules): FixtureVerdict & { readonly changed: boolean } {
    const known = this.#matches.get(id);
    const judged = judgeFixture(
      known && { fixture: known.fixture, events: known.records.length },
      fixture,
      rules,
    );
    if (judged !== undefined) return { ...judged, changed: false };
    const records = known?.records ?? [];
    const fold = foldEvents(id, fixture, eventsOf(records), rules);
    const summary = fold && summaryOf(fold, fixture, rules);
    if (summary === undefined) return { ok: false, ...noRules(fixture), changed: false };
    if (known === undefined) this.#ids.add(id);
    this.#matches.set(id, { fixture, records, fold, summary });
    return { ok: true, created: known === undefined, changed: true };
  }

  remove(id: string): boolean {
    if (!this.#matches.delete(id)) return false;
    this.#ids.remove(id);
    return true;
  }

  append(operation: AppendOperation, at: number, rules: MatchRules): Effect {
    const { match: id, event } = operation;
    const match = this.#matches.get(id);
    if (match === undefined) return noMatch(id);
    const fold = foldOf(id, match, rules);
    if (fold === undefined) return noRules(match.fixture);
    const refusal = appendEvent(fold, event, match.fixture, rules);
    if (refusal === 'failed') {
      match.fold = undefined;
      return noRules(match.fixture);
    }
    if (refusal !== undefined) return refusal;
    match.records.push({ n: fold.count, at, event });
    match.summary = summaryOf(fold, match.fixture, rules) ?? match.summary;
    return 'changed';
  }

  view(id: string, rules: MatchRules): MatchView | undefined {
    const match = this.#matches.get(id);
    const fold = match && foldOf(id, match, rules);
    return fold && viewOf(fold, match.fixture, rules);
  }

  history(id: string, after: number, limit: number): MatchHistory | undefined {
    const records = this.#matches.get(id)?.records;
    return records && { events: records.length, records: records.slice(after, after + limit) };
  }

  listing(id: string): MatchListing {
    const match = this.#matches.get(id);
    assert(match, 'what is listed is there');
    return { id, fixture: match.fixture, summary: match.summary };
  }
}

function foldOf(id: string, match: MemoryMatch, rules: MatchRules): AnyMatchFold | undefined {
  match.fold ??= foldEvents(id, match.fixture, eventsOf(match.records), rules);
  return match.fold;
}

function eventsOf(records: readonly MatchRecord[]) {
  return records.map(({ event }) => event);
}
