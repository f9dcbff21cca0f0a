import type { Rows, ScorewireClient } from '../../../client/index.ts';
import type { PlayEvent } from '../../../protocol/match-events.ts';
import type { Fixture, MatchDocument } from '../../../protocol/matches.ts';
import { Followed } from '../connection/followed.svelte.ts';
import { isClock } from './documents.ts';
import { fetchFixture, fetchLog, type MatchLog } from './match-log.ts';
import { type InningsProgress, MatchTape } from './match-tape.ts';

/** A match as it is watched: its document and its last events by their channels, and how it went from its events. */

export interface FeedEntry {
  readonly n: number;
  readonly text: string;
  readonly event: PlayEvent;
}

interface Reading {
  readonly match: string;
  readonly token: string | undefined;
}

export class LiveMatch {
  readonly document = new Followed<`match:${string}`>();
  readonly #feed = new Followed<`match:${string}:feed`>();
  fixture = $state.raw<Fixture | undefined>();
  /** The innings of a match of cricket, over by over. */
  progress = $state.raw<readonly InningsProgress[]>([]);
  /** Unix milliseconds at which the clock was told last. */
  clockAt = $state.raw<number | undefined>();
  #tape: MatchTape | undefined;
  /** Events that were read. */
  #known = 0;
  #isReading = false;
  /** Whose events are read; another one after every `follow`. */
  #reading: Reading | undefined;

  get state(): MatchDocument | undefined {
    return this.document.state as unknown as MatchDocument | undefined;
  }

  /** Oldest first. */
  get feed(): readonly FeedEntry[] {
    const rows: Rows = this.#feed.state ?? [];
    return rows.map(([n, text, event]) => ({ n, text, event }) as unknown as FeedEntry);
  }

  follow(
    client: ScorewireClient | undefined,
    match: string | undefined,
    token: string | undefined,
  ): () => void {
    this.#forget();
    this.fixture = undefined;
    this.#reading = match === undefined ? undefined : { match, token };
    const end = this.document.follow(client, match === undefined ? undefined : `match:${match}`);
    const endFeed = this.#feed.follow(client, match === undefined ? undefined : `match:${match}:feed`);
    return () => {
      this.#reading = undefined;
      end();
      endFeed();
    };
  }

  /** Reads the events that the document counts and that are not known here yet. */
  async catchUp(): Promise<void> {
    const reading = this.#reading;
    if (reading === undefined || this.#isReading || !this.#isBehind) return;
    this.#isReading = true;
    const isNews = await this.#read(reading);
    this.#isReading = false;
    // Another match is watched by now, or this one has gone on.
    if (this.#reading !== reading || isNews) await this.catchUp();
  }

  get #isBehind(): boolean {
    const events = this.state?.events;
    return events !== undefined && (events > this.#known || this.fixture === undefined);
  }

  /** Whether that brought anything. */
  async #read(reading: Reading): Promise<boolean> {
    const known = this.#known;
    const fetchPage = (url: string, init: RequestInit) => fetch(url, init);
    const fixture = this.fixture ?? (await fetchFixture(fetchPage, reading.match, reading.token));
    const log = await fetchLog(fetchPage, reading.match, known, reading.token);
    if (fixture === undefined || log === undefined || this.#reading !== reading) return false;
    this.fixture = fixture;
    // The store was set back to an older state.
    if (log.total < known) this.#forget();
    else this.#take(reading.match, fixture, log);
    return this.#known !== known;
  }

  #take(match: string, fixture: Fixture, { records }: MatchLog): void {
    this.#known += records.length;
    this.clockAt = records.findLast(({ event }) => isClock(event))?.at ?? this.clockAt;
    if (fixture.sport !== 'cricket') return;
    this.#tape ??= new MatchTape(match, fixture);
    this.#tape.take(records.map(({ event }) => event));
    this.progress = this.#tape.innings.map((innings) => ({ ...innings, overs: [...innings.overs] }));
  }

  #forget(): void {
    this.#tape = undefined;
    this.#known = 0;
    this.progress = [];
    this.clockAt = undefined;
  }
}
