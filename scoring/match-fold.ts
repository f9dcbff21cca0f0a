import { FEED_ROWS } from '../protocol/feed-rows.ts';
import type { MatchEvent, PlayEvent } from '../protocol/match-events.ts';
import type { Fixture, MatchDocument, MatchSummary } from '../protocol/matches.ts';
import { copied, isDue, type Snapshots, withSnapshot } from './match-snapshots.ts';
import { type Refused, refuse, type Sport } from './sport.ts';

/**
 * A match as the list of its numbered events. The first one is number 1, corrections have numbers too, and none ever changes. `undo`
 * takes back the last event that stands, be it play or an amendment; `amend` replaces event n where it happened. Both fold again what
 * stands, from the snapshot before it; everything else costs the same at the end of a match as at its start.
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

/** An amendment of play, and what it has replaced. */
interface Amendment {
  /** The place of the event in play. */
  readonly index: number;
  readonly before: PlayEvent;
}

/** What an undo takes back: the last event of play, or an amendment. */
type Step = 'play' | Amendment;

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
  readonly snapshots: Snapshots<State>;
}

export class MatchFold<State, Change, Document extends MatchDocument> {
  readonly #sport: Sport<State, Change, Document>;
  readonly #begin: () => State;
  /** What stands, each event as it was amended last. */
  #play: Played[] = [];
  #steps: Step[] = [];
  #folded: Folded<State>;
  #count = 0;

  constructor(sport: Sport<State, Change, Document>, match: string, fixture: Fixture) {
    this.#sport = sport;
    this.#begin = () => sport.begin(match, fixture);
    this.#folded = { state: this.#begin(), feed: [], snapshots: [] };
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
    return [...this.#play];
  }

  /** A refused event changes nothing and has no number. */
  append(event: MatchEvent): Accepted<Change> | Refused {
    const { expected } = event;
    if (expected !== undefined && expected !== this.#count) {
      return refuse('conflict', `The match has had ${this.#count} events, not ${expected}`);
    }
    if (isUndo(event)) return this.#undo();
    if (isAmend(event)) return this.#amend(event);
    const applied = this.#sport.apply(this.state, event);
    if ('refused' in applied) return applied;
    this.#count += 1;
    this.#play.push({ n: this.#count, event });
    this.#steps.push('play');
    const text = this.#sport.describe(this.state, event, applied.change);
    const { state, feed, snapshots } = this.#folded;
    feed.push({ n: this.#count, text, event });
    if (feed.length > FEED_ROWS) feed.shift();
    const after = this.#play.length;
    if (isDue(after, after)) this.#folded = { state, feed, snapshots: withSnapshot(snapshots, after, state) };
    return { n: this.#count, change: applied.change, text };
  }

  /** Takes in a list of events that were all accepted once, in one go. Throws where one of them is refused now. */
  restore(events: readonly MatchEvent[]): void {
    const { play, steps } = stand(events, { play: [...this.#play], steps: [...this.#steps] }, this.#count);
    const folded = this.#fold(play, []);
    if ('refused' in folded) throw new Error(`the match does not fold: ${folded.refused.message}`);
    this.#play = play;
    this.#steps = steps;
    this.#folded = folded;
    this.#count += events.length;
  }

  #undo(): Accepted<Change> | Refused {
    const step = this.#steps.at(-1);
    if (step === undefined) return refuse('conflict', 'There is nothing to take back');
    const [play, index] =
      step === 'play'
        ? [this.#play.slice(0, -1), this.#play.length - 1]
        : [this.#play.with(step.index, replaced(this.#play, step.index, step.before)), step.index];
    return this.#correct(play, index, this.#steps.slice(0, -1), 'The last event was taken back');
  }

  #amend({ n, event }: AmendOf): Accepted<Change> | Refused {
    const index = placeOf(this.#play, n);
    const before = this.#play[index]?.event;
    if (before === undefined) return refuse('not_found', `There is no event ${n} that could be corrected`);
    const steps = [...this.#steps, { index, before }];
    return this.#correct(this.#play.with(index, { n, event }), index, steps, `Event ${n} was corrected`);
  }

  /** `index` is the first place in play that is not as it was. */
  #correct(play: Played[], index: number, steps: Step[], text: string): Accepted<Change> | Refused {
    const unchanged = this.#folded.snapshots.filter(({ after }) => after <= index);
    const folded = this.#fold(play, unchanged);
    if ('refused' in folded) return folded;
    this.#play = play;
    this.#steps = steps;
    this.#folded = folded;
    this.#count += 1;
    return { n: this.#count, text };
  }

  /** From the last snapshot that is before all of the feed, since that is put into words on the way. */
  #fold(play: readonly Played[], unchanged: Snapshots<State>): Folded<State> | Refused {
    const sport = this.#sport;
    const feedFrom = play.length - FEED_ROWS;
    const base = unchanged.findLast(({ after }) => after <= feedFrom);
    const state = base === undefined ? this.#begin() : copied(base.state);
    const feed: FeedRow[] = [];
    let snapshots = unchanged;
    for (let index = base?.after ?? 0; index < play.length; index += 1) {
      const { n, event } = play[index] as Played;
      const applied = sport.apply(state, event);
      if ('refused' in applied) {
        const { code, message } = applied.refused;
        return refuse(code, `Event ${n} would not be possible any more: ${message}`);
      }
      if (index >= feedFrom) feed.push({ n, text: sport.describe(state, event, applied.change), event });
      if (isDue(index + 1, play.length)) snapshots = withSnapshot(snapshots, index + 1, state);
    }
    return { state, feed, snapshots };
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

/** Where event n is in play; -1: nowhere. Most corrections are of what was lately. */
function placeOf(play: readonly Played[], n: number): number {
  return play.findLastIndex((played) => played.n === n);
}

function replaced(play: readonly Played[], index: number, event: PlayEvent): Played {
  return { n: (play[index] as Played).n, event };
}

interface Standing {
  readonly play: Played[];
  readonly steps: Step[];
}

/** Adds events that were all accepted once, after so many, to what stands, whatever sport it is. */
function stand(events: readonly MatchEvent[], standing: Standing, before: number): Standing {
  const { play, steps } = standing;
  let count = before;
  for (const event of events) {
    count += 1;
    if (isUndo(event)) {
      const step = steps.pop();
      if (step === 'play') play.pop();
      else if (step !== undefined) play[step.index] = replaced(play, step.index, step.before);
    } else if (isAmend(event)) {
      const index = placeOf(play, event.n);
      const before = play[index]?.event;
      if (before === undefined) throw new Error(`the match does not fold: there is no event ${event.n}`);
      steps.push({ index, before });
      play[index] = { n: event.n, event: event.event };
    } else {
      steps.push('play');
      play.push({ n: count, event });
    }
  }
  return standing;
}

/** The play that stands of a list of events that were all accepted once. */
export function playOf(events: readonly MatchEvent[]): readonly Played[] {
  return stand(events, { play: [], steps: [] }, 0).play;
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
