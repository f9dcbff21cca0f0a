import type { ScorewireEvent } from '../../../client/index.ts';
import type { MatchEvent, PlayEvent } from '../../../protocol/match-events.ts';
import type { Fixture, MatchDocument } from '../../../protocol/matches.ts';
import type { Refusal } from '../../../scoring/sport.ts';
import type { AnyMatchFold } from '../../../scoring/sports.ts';
import { BUILT_IN_SPORTS } from '../../../scoring/sports.ts';
import type { Session } from '../connection/session.svelte.ts';
import { isClock } from '../match/documents.ts';
import { fetchFixture, fetchLog, type MatchLog } from '../match/match-log.ts';
import { ScoreBook } from './score-book.ts';
import { tell } from './tell.ts';
import { UnsentStore } from './unsent-store.ts';

const RETRY_MS = 3000;

/** Why nothing is sent until the scorer has decided. */
export interface Blocked {
  readonly message: string;
  /** What others have entered. */
  readonly theirs: readonly string[];
  /** What waits. */
  readonly own: readonly string[];
}

export type Loading = 'loading' | 'away' | 'unsupported' | 'ready';

/** Keeps the score of one match: shows what is entered at once, sends it in order, and sees what others enter. */
export class Scorer {
  readonly match: string;
  loading = $state.raw<Loading>('loading');
  fixture = $state.raw<Fixture | undefined>();
  document = $state.raw<MatchDocument | undefined>();
  /** Goes up with every change of the fold, whose state is changed in place. */
  version = $state.raw(0);
  /** Unix milliseconds at which the clock was told last. */
  clockAt = $state.raw<number | undefined>();
  unsent = $state.raw(0);
  blocked = $state.raw<Blocked | undefined>();
  /** The server does not let this token score the match. */
  forbidden = $state.raw<string | undefined>();
  readonly #session: Session;
  readonly #store: UnsentStore;
  #book: ScoreBook | undefined;
  #isSending = false;
  #isReading = false;
  /** What is on top of the unsent may have been sent before, by this page or an earlier one, without an answer. */
  #mayBeOwn = false;
  /** Nothing is sent before it is known what the server has. */
  #mustRead = false;
  /** Events that the match is said to have had. */
  #heard = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(session: Session, match: string) {
    this.#session = session;
    this.match = match;
    this.#store = new UnsentStore(match);
  }

  /** Only to be read, and anew after each `version`. */
  get fold(): AnyMatchFold | undefined {
    void this.version;
    return this.#book?.fold;
  }

  async load(): Promise<void> {
    await this.#store.claim();
    await this.#read();
  }

  /** The result of an effect. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#retry);
  }

  /** Enters an event. What is wrong with it, if the rules refuse it: then nothing has happened. */
  record(event: MatchEvent): Refusal | undefined {
    const refusal = this.#book?.record(event);
    if (refusal !== undefined) return refusal;
    if (isClock(event)) this.clockAt = Date.now();
    this.#changed();
    return undefined;
  }

  /** The match has had so many events, as its document tells. */
  heardOf(events: number): void {
    this.#heard = events;
    this.#listen();
  }

  /** There is a connection, maybe another one than before. */
  resume(): void {
    this.forbidden = undefined;
    if (this.#book === undefined) void this.#read();
    else this.#send();
  }

  /** Sends what is unsent after what others have entered. */
  insist(): Refusal | undefined {
    const refusal = this.#book?.insist();
    this.blocked = undefined;
    this.#changed();
    return refusal;
  }

  drop(): void {
    this.#book?.drop();
    this.blocked = undefined;
    this.#changed();
  }

  #changed(): void {
    const book = this.#book;
    if (book === undefined) return;
    this.#store.write(book.stored());
    this.version += 1;
    this.document = book.fold.document();
    this.unsent = book.unsent.length;
    if (book.foreign.length > 0) {
      const isSame = book.foreign.some((event) => tell(event) === tell(book.unsent[0] as PlayEvent));
      this.#block(
        isSame ? 'Somebody else has entered the same before you' : 'Somebody else has scored before you',
      );
    }
    this.#send();
  }

  #block(message: string): void {
    const { foreign = [], unsent = [] } = this.#book ?? {};
    this.blocked = { message, theirs: foreign.map(tell), own: unsent.map(tell) };
  }

  /** What is on its way would be taken for somebody else's, so one waits for the other. */
  #listen(): void {
    if (this.#book !== undefined && this.#heard > this.#book.confirmed) void this.#read();
  }

  #send(): void {
    const { client } = this.#session;
    const event = this.#book?.head();
    if (client === undefined || event === undefined || this.#ended) return;
    if (
      this.#isSending ||
      this.#isReading ||
      this.#mustRead ||
      this.blocked !== undefined ||
      this.forbidden !== undefined
    )
      return;
    this.#isSending = true;
    client.publish(event as ScorewireEvent).then(
      ({ rejected: [rejection] }) => {
        this.#isSending = false;
        if (rejection === undefined) {
          this.#book?.settled();
          this.#mayBeOwn = false;
          this.#changed();
          this.#listen();
        } else {
          void this.#refused(rejection);
        }
      },
      (error: Error & { code?: string; uncertain?: boolean }) => {
        this.#isSending = false;
        void this.#failed(error);
      },
    );
  }

  /** Either somebody was first, or the server holds for impossible what is possible here. */
  async #refused({ code, message }: { readonly code: string; readonly message: string }): Promise<void> {
    if (code === 'forbidden' || code === 'unauthorized') {
      this.forbidden = message;
      return;
    }
    this.#mustRead = true;
    const known = this.#book?.confirmed;
    const isRead = await this.#read();
    if (!isRead || this.#book?.confirmed !== known) return;
    this.#block(`The server refuses it: ${message}`);
  }

  async #failed(error: Error & { code?: string; uncertain?: boolean }): Promise<void> {
    if (error.uncertain) this.#mayBeOwn = true;
    if (error.code === 'unauthorized') {
      this.forbidden = error.message;
      return;
    }
    this.#mustRead = true;
    await this.#read();
  }

  /** Reads what the server has beyond what is known; false where it cannot be reached. */
  async #read(): Promise<boolean> {
    if (this.#isReading || this.#isSending || this.#ended) return false;
    clearTimeout(this.#retry);
    this.#isReading = true;
    const known = this.#book?.confirmed ?? 0;
    const fetchPage = (url: string, init: RequestInit) => fetch(url, init);
    const { token } = this.#session;
    this.fixture ??= await fetchFixture(fetchPage, this.match, token);
    const log = await fetchLog(fetchPage, this.match, known, token);
    this.#isReading = false;
    if (this.#ended) return false;
    if (log === undefined || this.fixture === undefined) {
      if (this.#book === undefined) this.loading = 'away';
      this.#retry = setTimeout(() => void this.#read(), RETRY_MS);
      this.#send();
      return false;
    }
    this.#mustRead = false;
    this.#learn(this.fixture, log, known);
    return true;
  }

  #learn(fixture: Fixture, log: MatchLog, known: number): void {
    this.clockAt = log.records.findLast(({ event }) => isClock(event))?.at ?? this.clockAt;
    if (this.#book === undefined) {
      this.#begin(fixture, log);
    } else if (log.total < known) {
      // The store was set back to an older state: what is unsent is judged by that.
      this.#store.write(this.#book.stored());
      this.#book = undefined;
      void this.#read();
      return;
    } else {
      this.#book.learn(eventsOf(log), { mayBeOwn: this.#mayBeOwn });
    }
    this.#changed();
  }

  #begin(fixture: Fixture, log: MatchLog): void {
    if (BUILT_IN_SPORTS.sport(fixture.sport) === undefined) {
      this.loading = 'unsupported';
      return;
    }
    this.#book = new ScoreBook(this.match, fixture, eventsOf(log));
    const stored = this.#store.read();
    if (stored !== undefined) {
      this.#book.takeUp(stored);
      this.#mayBeOwn = true;
    }
    this.loading = 'ready';
  }
}

function eventsOf({ records }: MatchLog): MatchEvent[] {
  return records.map(({ event }) => event);
}
