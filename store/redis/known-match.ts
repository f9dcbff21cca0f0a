import { createHash } from 'node:crypto';
import type { MatchEvent } from '../../protocol/match-events.ts';
import type { Fixture } from '../../protocol/matches.ts';
import { assert } from '../../runtime/errors.ts';
import type { AnyMatchFold } from '../../scoring/sports.ts';
import { foldEvents, type MatchRules } from '../match-rules.ts';
import type { MatchRecord } from '../score-store.ts';

/** What tells the state of a match (see lua/include-match-labels.lua): which match with which fixture, and after which events. */
export interface MatchVersion {
  /** Empty where there is no such match. */
  readonly label: string;
  readonly events: number;
  /** The hash of the last event as it is stored, empty where there is none. */
  readonly last: string;
}

/** What read-matches.lua tells of one. */
export type MatchReply = readonly [stored: string, events: number, known: number, tail: readonly string[]];

const NO_MATCH: MatchVersion = { label: '', events: 0, last: '' };
/** From so many new events on, folding everything once is cheaper than taking them in one by one, of which some may be corrections. */
const MANY_EVENTS = 20;

/** A match as this engine has last seen it in Redis, folded when somebody asks for it. */
export class KnownMatch {
  readonly id: string;
  #version = NO_MATCH;
  #fixture: Fixture | undefined;
  #events: MatchEvent[] = [];
  #fold: AnyMatchFold | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** Another object with each change, and only then. */
  get version(): MatchVersion {
    return this.#version;
  }

  /** `undefined` where there is no such match. */
  get fixture(): Fixture | undefined {
    return this.#fixture;
  }

  get events(): readonly MatchEvent[] {
    return this.#events;
  }

  /** Takes in what has been read; false where there is more to be read. */
  receive([stored, count, known, tail]: MatchReply): boolean {
    if (stored === '') {
      this.#become(NO_MATCH, undefined);
      return true;
    }
    const { label, fixture } = parseStored(stored);
    const isSame = label === this.#version.label && known === this.#events.length && tail.length === 0;
    if (isSame) return known === count;
    if (known < this.#events.length || label !== this.#version.label) this.#fold = undefined;
    if (known < this.#events.length) this.#events.length = known;
    const events = tail.map((text) => parseEvent(text).event);
    this.#extendFold(events);
    for (const event of events) this.#events.push(event);
    const lastText = tail.at(-1);
    const last = lastText === undefined ? (known === 0 ? '' : this.#version.last) : hashOf(lastText);
    this.#version = { label, events: this.#events.length, last };
    if (fixture !== undefined) this.#fixture = fixture;
    return this.#events.length === count;
  }

  /** Of events that were added here: `last` is the last of them as it is stored. */
  extend(events: readonly MatchEvent[], last: string): void {
    for (const event of events) this.#events.push(event);
    this.#version = { label: this.#version.label, events: this.#events.length, last: hashOf(last) };
  }

  /** Of a match that is there; `undefined` where its rules fail. */
  fold(rules: MatchRules): AnyMatchFold | undefined {
    assert(this.#fixture, 'a match that is there is folded');
    this.#fold ??= foldEvents(this.id, this.#fixture, this.#events, rules);
    return this.#fold;
  }

  /** It is folded again from its events, unless one is given. */
  replaceFold(fold?: AnyMatchFold): void {
    this.#fold = fold;
  }

  #become(version: MatchVersion, fixture: Fixture | undefined): void {
    this.#version = version;
    this.#fixture = fixture;
    this.#events = [];
    this.#fold = undefined;
  }

  #extendFold(events: readonly MatchEvent[]): void {
    const fold = this.#fold;
    if (fold === undefined) return;
    try {
      // What was taken once is taken again, else these are other rules.
      const isTaken = (event: MatchEvent) => !('refused' in fold.append(event));
      if (events.length < MANY_EVENTS && events.every(isTaken)) return;
    } catch {
      // Folded again from the start, the failure is told where somebody asks for it.
    }
    this.#fold = undefined;
  }
}

export function hashOf(event: string): string {
  return createHash('sha1').update(event).digest('hex');
}

/** As a match's list has it. */
export function storedEvent(acceptedAt: number, eventJson: string): string {
  return `{"at":${acceptedAt},"event":${eventJson}}`;
}

export function parseEvent(text: string): Omit<MatchRecord, 'n'> {
  return parseJson(text) as Omit<MatchRecord, 'n'>;
}

/** The fixture is not there where only the label was asked for. */
export function parseStored(stored: string): { readonly label: string; readonly fixture?: Fixture } {
  const space = stored.indexOf(' ', stored.indexOf(' ') + 1);
  if (space < 0) return { label: stored };
  return { label: stored.slice(0, space), fixture: parseJson(stored.slice(space + 1)) as Fixture };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Error('defect: what is stored of a match is no JSON', { cause });
  }
}
