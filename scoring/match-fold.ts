import { FEED_ROWS } from '../protocol/feed-rows.ts';
import type { MatchEvent, PlayEvent } from '../protocol/match-events.ts';
import type { Fixture, MatchDocument, MatchSummary } from '../protocol/matches.ts';
import { type Refused, refuse, type Sport } from './sport.ts';

/**
 * A match as the list of its numbered events. The first one is number 1, corrections have numbers too, and none ever changes. `undo`
 * takes back the last event that stands, be it play or an amendment; `amend` replaces event n where it happened. Both fold again what
 * stands; everything else costs the same at the end of a match as at its start.
 */
export interface FeedRow {
  readonly n: number;
  readonly text: string;
  readonly event: PlayEvent;
}

/** An event of play under the number that it has had from the first. */
export interface Played {
  readonly n: number;
  readonly event: PlayEvent;
}

/** An event that stands: play, or an amendment of play. */
interface Standing {
  readonly n: number;
  readonly event: PlayEvent;
  /** The number of the event that it replaces. */
  readonly amends?: number;
}

export interface Accepted<Change> {
  /** The number of the event. */
  readonly n: number;
  /** What it did; a correction has none. */
  readonly change?: Change;
  readonly text: string;
}

interface Folded<State> {
  readonly state: State;
  readonly feed: FeedRow[];
}

export class MatchFold<State, Change, Document extends MatchDocument> {
  readonly #sport: Sport<State, Change, Document>;
  readonly #begin: () => State;
  #standing: Standing[] = [];
  #folded: Folded<State>;
  #count = 0;

  constructor(sport: Sport<State, Change, Document>, match: string, fixture: Fixture) {
    this.#sport = sport;
    this.#begin = () => sport.begin(match, fixture);
    this.#folded = { state: this.#begin(), feed: [] };
  }

  /** Events so far, refused ones not counted: the number of the last. */
  get count(): number {
    return this.#count;
  }

  /** Only to be read. */
  get state(): State {
    return this.#folded.state;
  }

  document(): Document {
    // The compiler does not see that a type without one of its keys, and this key, are the type again.
    return { ...this.#sport.document(this.state), events: this.#count } as Document;
  }

  summary(): MatchSummary {
    return this.#sport.summary(this.state);
  }

  /** The last events that stand, oldest first. */
  feed(): readonly FeedRow[] {
    return this.#folded.feed;
  }

  /** The play that stands, in the order in which it happened, each event as it was amended last. */
  play(): readonly Played[] {
    return resolve(this.#standing);
  }

  /** A refused event changes nothing and has no number. */
  append(event: MatchEvent): Accepted<Change> | Refused {
    const { expected } = event;
    if (expected !== undefined && expected !== this.#count) {
      return refuse('conflict', `The match has had ${this.#count} events, not ${expected}`);
    }
    if (isUndo(event)) return this.#correct(this.#standing.slice(0, -1), 'The last event was taken back');
    if (isAmend(event)) {
      const amendment = this.#amendment(event);
      if ('refused' in amendment) return amendment;
      return this.#correct([...this.#standing, amendment], `Event ${event.n} was corrected`);
    }
    const applied = this.#sport.apply(this.state, event);
    if ('refused' in applied) return applied;
    this.#count += 1;
    this.#standing.push({ n: this.#count, event });
    const text = this.#sport.describe(this.state, event, applied.change);
    const { feed } = this.#folded;
    feed.push({ n: this.#count, text, event });
    if (feed.length > FEED_ROWS) feed.shift();
    return { n: this.#count, change: applied.change, text };
  }

  /** Takes in a list of events that were all accepted once, in one go. Throws where one of them is refused now. */
  restore(events: readonly MatchEvent[]): void {
    const standing = [...this.#standing];
    stand(standing, events, this.#count);
    const folded = this.#fold(standing);
    if ('refused' in folded) throw new Error(`the match does not fold: ${folded.refused.message}`);
    this.#standing = standing;
    this.#folded = folded;
    this.#count += events.length;
  }

  #amendment({ n, event }: AmendOf): Standing | Refused {
    const exists = this.#standing.some((each) => each.n === n && each.amends === undefined);
    if (!exists) return refuse('not_found', `There is no event ${n} that could be corrected`);
    return { n: this.#count + 1, event, amends: n };
  }

  #correct(standing: Standing[], text: string): Accepted<Change> | Refused {
    if (this.#standing.length === 0) return refuse('conflict', 'There is nothing to take back');
    const folded = this.#fold(standing);
    if ('refused' in folded) return folded;
    this.#standing = standing;
    this.#folded = folded;
    this.#count += 1;
    return { n: this.#count, text };
  }

  #fold(standing: readonly Standing[]): Folded<State> | Refused {
    const sport = this.#sport;
    const state = this.#begin();
    const feed: FeedRow[] = [];
    const play = resolve(standing);
    for (const [index, { n, event }] of play.entries()) {
      const applied = sport.apply(state, event);
      if ('refused' in applied) {
        const { code, message } = applied.refused;
        return refuse(code, `Event ${n} would not be possible any more: ${message}`);
      }
      if (index < play.length - FEED_ROWS) continue;
      feed.push({ n, text: sport.describe(state, event, applied.change), event });
    }
    return { state, feed };
  }
}

type AmendOf = Extract<MatchEvent, { action: 'amend' }>;
type UndoOf = Extract<MatchEvent, { action: 'undo' }>;

function isUndo(event: MatchEvent): event is UndoOf {
  return event.type === 'match' && event.action === 'undo';
}

function isAmend(event: MatchEvent): event is AmendOf {
  return event.type === 'match' && event.action === 'amend';
}

/** Adds events that were all accepted once, after so many, to those that stand. */
function stand(standing: Standing[], events: readonly MatchEvent[], before: number): void {
  let count = before;
  for (const event of events) {
    count += 1;
    if (isUndo(event)) standing.pop();
    else if (isAmend(event)) standing.push({ n: count, event: event.event, amends: event.n });
    else standing.push({ n: count, event });
  }
}

/** The play that stands of a list of events that were all accepted once, whatever sport it is. */
export function playOf(events: readonly MatchEvent[]): readonly Played[] {
  const standing: Standing[] = [];
  stand(standing, events, 0);
  return resolve(standing);
}

/** The play that stands, each event as it was amended last. */
function resolve(standing: readonly Standing[]): Played[] {
  const amended = new Map<number, PlayEvent>();
  for (const { amends, event } of standing) if (amends !== undefined) amended.set(amends, event);
  return standing.flatMap(({ n, event, amends }) =>
    amends === undefined ? [{ n, event: amended.get(n) ?? event }] : [],
  );
}

/** The fold of a whole list. */
export function foldMatch<State, Change, Document extends MatchDocument>(
  sport: Sport<State, Change, Document>,
  match: string,
  fixture: Fixture,
  events: readonly MatchEvent[],
): MatchFold<State, Change, Document> {
  const fold = new MatchFold(sport, match, fixture);
  fold.restore(events);
  return fold;
}
