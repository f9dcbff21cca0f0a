import { equalJson } from '../../../protocol/json-equality.ts';
import type { MatchEvent } from '../../../protocol/match-events.ts';
import type { Fixture } from '../../../protocol/matches.ts';
import type { Refusal } from '../../../scoring/sport.ts';
import { type AnyMatchFold, beginMatch } from '../../../scoring/sports.ts';

/** What is kept beyond the life of a page. */
export interface StoredBook {
  /** Events that the server was known to have when these were entered. */
  readonly confirmed: number;
  readonly unsent: readonly MatchEvent[];
}

/**
 * A match as its scorer sees it: what the server has taken, and after it what was entered and has no answer yet. One event is on its way
 * at a time, and says how many there were before it: so where somebody else was first, nothing that builds on it slips in after.
 */
export class ScoreBook {
  readonly #match: string;
  readonly #fixture: Fixture;
  #confirmed: MatchEvent[];
  #unsent: MatchEvent[] = [];
  #fold: AnyMatchFold;
  /** Events of others that came before what is unsent. */
  #foreign: readonly MatchEvent[] = [];

  /** Throws where this page does not know the sport. */
  constructor(match: string, fixture: Fixture, confirmed: readonly MatchEvent[]) {
    this.#match = match;
    this.#fixture = fixture;
    this.#confirmed = [...confirmed];
    this.#fold = this.#folded();
  }

  /** With what is unsent, unless others were first: then without it. */
  get fold(): AnyMatchFold {
    return this.#fold;
  }

  get confirmed(): number {
    return this.#confirmed.length;
  }

  get unsent(): readonly MatchEvent[] {
    return this.#unsent;
  }

  /** What others have entered before what is unsent; nothing can be sent until the scorer has decided. */
  get foreign(): readonly MatchEvent[] {
    return this.#foreign;
  }

  /** The event that is sent next. */
  head(): MatchEvent | undefined {
    const [first] = this.#unsent;
    return first === undefined || this.#foreign.length > 0
      ? undefined
      : { ...first, expected: this.confirmed };
  }

  /** Enters an event; one that is refused changes nothing. */
  record(event: MatchEvent): Refusal | undefined {
    const taken = this.#fold.append(event);
    if ('refused' in taken) return taken.refused;
    this.#unsent.push(event);
    return undefined;
  }

  /** The server has taken the head. */
  settled(): void {
    const first = this.#unsent.shift();
    if (first !== undefined) this.#confirmed.push(first);
  }

  /**
   * What the server has after what is confirmed. With `mayBeOwn`, what is the same as the next unsent event is that event, sent before
   * without an answer.
   */
  learn(events: readonly MatchEvent[], { mayBeOwn }: { readonly mayBeOwn: boolean }): void {
    if (events.length === 0) return;
    const foreign: MatchEvent[] = [];
    for (const event of events) {
      const [first] = this.#unsent;
      this.#confirmed.push(event);
      if (mayBeOwn && foreign.length === 0 && first !== undefined && isSame(event, first))
        this.#unsent.shift();
      else foreign.push(event);
    }
    if (this.#unsent.length > 0) this.#foreign = [...this.#foreign, ...foreign];
    this.#fold = this.#folded();
    // Commentary of others is in nobody's way.
    if (this.#foreign.every(isNote)) this.insist();
  }

  /** Enters what is unsent after what others have entered. The first that is not possible any more, and why; it stays unsent, with what follows. */
  insist(): Refusal | undefined {
    const refusal = this.#foreign.length > 0 ? explainUndo(this.#unsent) : undefined;
    if (refusal !== undefined) return refusal;
    const before = this.#unsent;
    this.#unsent = this.#renumbered();
    this.#fold = this.#folded();
    const impossible = this.#replay();
    if (impossible === undefined) {
      this.#foreign = [];
    } else {
      this.#unsent = before;
      this.#fold = this.#folded();
    }
    return impossible;
  }

  /** Forgets what is unsent. */
  drop(): void {
    this.#unsent = [];
    this.#foreign = [];
    this.#fold = this.#folded();
  }

  stored(): StoredBook {
    return { confirmed: this.confirmed - this.#foreign.length, unsent: this.#unsent };
  }

  /** Takes up what an earlier page has left unsent. */
  takeUp({ confirmed, unsent }: StoredBook): void {
    const since = this.#confirmed.splice(confirmed);
    this.#unsent = [...unsent];
    this.#fold = this.#folded();
    if (since.length > 0) this.learn(since, { mayBeOwn: true });
    else this.#replay();
  }

  /** What is unsent and corrected by what is unsent too gets another number, after those of others. */
  #renumbered(): MatchEvent[] {
    const shift = this.#foreign.length;
    const known = this.confirmed - shift;
    return this.#unsent.map((event) =>
      event.type === 'match' && event.action === 'amend' && event.n > known
        ? { ...event, n: event.n + shift }
        : event,
    );
  }

  #replay(): Refusal | undefined {
    for (const event of this.#unsent) {
      const taken = this.#fold.append(event);
      if ('refused' in taken) return taken.refused;
    }
    return undefined;
  }

  #folded(): AnyMatchFold {
    const fold = beginMatch(this.#match, this.#fixture);
    fold.restore(this.#confirmed);
    return fold;
  }
}

function isNote(event: MatchEvent): boolean {
  return event.type === 'match' && event.action === 'note';
}

/** Why it cannot follow the entries of others, where it would take one of those back. */
function explainUndo(unsent: readonly MatchEvent[]): Refusal | undefined {
  let own = 0;
  for (const event of unsent) {
    own += event.type === 'match' && event.action === 'undo' ? -1 : 1;
    if (own < 0)
      return { code: 'conflict', message: 'Your undo would take back what somebody else has entered' };
  }
  return undefined;
}

/** What it says of the number of events before it is no part of what happened. */
function isSame(one: MatchEvent, other: MatchEvent): boolean {
  const { expected: _, ...own } = one;
  const { expected: __, ...theirs } = other;
  return equalJson(own as never, theirs as never);
}
