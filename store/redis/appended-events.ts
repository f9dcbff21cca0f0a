import type { MatchEvent } from '../../protocol/match-events.ts';
import { assert } from '../../runtime/errors.ts';
import type { AnyMatchFold } from '../../scoring/sports.ts';
import {
  appendEvent,
  eventText,
  foldEvents,
  type MatchRules,
  noMatch,
  noRules,
  summaryOf,
} from '../match-rules.ts';
import type { AppendOperation, Refused } from '../score-store.ts';
import { type KnownMatch, storedEvent } from './known-match.ts';
import { packLongTexts } from './packing.ts';

/** A match in one attempt to apply a batch. */
interface Attempted {
  readonly match: KnownMatch;
  readonly added: MatchEvent[];
  lastText: string;
  /** With what was added; `undefined` where it is to be folded. */
  fold: AnyMatchFold | undefined;
}

/**
 * The events of one attempt to apply a batch, taken or refused by the rules of their matches, as these are known. To be settled in the end: where nothing
 * came of the attempt, what has been folded is thrown away.
 */
export class AppendedEvents {
  readonly #matches: ReadonlyMap<string, Attempted>;
  readonly #acceptedAt: number;
  readonly #rules: MatchRules;
  /** By place of the event in the batch, from 1. */
  readonly #texts = new Map<number, string>();

  constructor(matches: readonly KnownMatch[], acceptedAt: number, rules: MatchRules) {
    this.#matches = new Map(
      matches.map((match) => {
        const fold = match.fixture && match.fold(rules);
        match.replaceFold();
        return [match.id, { match, added: [], lastText: '', fold }];
      }),
    );
    this.#acceptedAt = acceptedAt;
    this.#rules = rules;
  }

  /** Why it is refused, if so. `place` is that of the event in the batch. */
  append(operation: AppendOperation, place: number): Omit<Refused, 'index'> | undefined {
    const { match: id, event } = operation;
    // Before the fold has it.
    const text = eventText(operation);
    const attempted = this.#matches.get(id);
    assert(attempted, 'each match of a batch is known');
    const { match, added } = attempted;
    const { fixture } = match;
    if (fixture === undefined) return noMatch(id);
    attempted.fold ??= foldEvents(id, fixture, [...match.events, ...added], this.#rules);
    if (attempted.fold === undefined) return noRules(fixture);
    const refusal = appendEvent(attempted.fold, event, fixture, this.#rules);
    if (refusal === 'failed') {
      attempted.fold = undefined;
      return noRules(fixture);
    }
    if (refusal !== undefined) return refusal;
    this.#texts.set(place, text);
    added.push(event);
    attempted.lastText = storedEvent(this.#acceptedAt, text);
    return undefined;
  }

  /** For apply.lua: as many as the batch has; what is not to be added is empty. */
  packEvents(count: number): Buffer {
    return packLongTexts(Array.from({ length: count }, (_, index) => this.#texts.get(index + 1) ?? ''));
  }

  /** In step with the matches; empty where nothing was added, or the sport can't tell. */
  packSummaries(): Buffer {
    const summaries = Array.from(this.#matches.values(), ({ match: { fixture }, added, fold }) => {
      if (added.length === 0 || fixture === undefined || fold === undefined) return '';
      const summary = summaryOf(fold, fixture, this.#rules);
      return summary === undefined ? '' : JSON.stringify(summary);
    });
    return packLongTexts(summaries);
  }

  settle(isCommitted: boolean): void {
    for (const { match, added, lastText, fold } of this.#matches.values()) {
      if (added.length === 0) match.replaceFold(fold);
      else if (isCommitted) {
        match.extend(added, lastText);
        match.replaceFold(fold);
      }
    }
  }
}
