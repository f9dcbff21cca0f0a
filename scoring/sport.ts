import type { PlayEvent } from '../protocol/match-events.ts';
import type { Fixture, MatchDocument, MatchSummary } from '../protocol/matches.ts';

/** Why an event cannot be; in the words of a scorer. Nothing has changed. */
export interface Refusal {
  readonly code: 'malformed' | 'conflict' | 'not_found';
  readonly message: string;
}

export interface Refused {
  readonly refused: Refusal;
}

/** What an event has changed, for who tells it in words; each sport has its own. */
export interface Applied<Change> {
  readonly change: Change;
}

/** A document without the number of events, which is not the sport's to know. */
export type Printed<Document extends MatchDocument> = Omit<Document, 'events'>;

/**
 * The rules of a sport: a fold of events into a state. Pure, without clock and chance, so that the node that takes events in, the owner
 * that publishes, clients and tests come to the same state. Events have been checked against their schemas before.
 *
 * The state is changed in place, so that an event costs the same at the end of a match as at its start; it belongs to who began it.
 * It is plain data (objects, lists, maps), so `structuredClone` copies it.
 */
export interface Sport<State, Change, Document extends MatchDocument = MatchDocument> {
  readonly name: string;
  /** What is wrong with a fixture for this sport beyond its schema, if anything. */
  checkFixture(fixture: Fixture): Refusal | undefined;
  begin(match: string, fixture: Fixture): State;
  /** Checks the event against the state first; one that is refused changes nothing. */
  apply(state: State, event: PlayEvent): Applied<Change> | Refused;
  /** The whole live document. What has not changed since the last call may be the same objects, so none may be changed. */
  document(state: State): Printed<Document>;
  /** What a list of matches shows. */
  summary(state: State): MatchSummary;
  /** The event in a sentence, right after it was applied. */
  describe(state: State, event: PlayEvent, change: Change): string;
}

export function refuse(code: Refusal['code'], message: string): Refused {
  return { refused: { code, message } };
}
