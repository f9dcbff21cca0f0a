import type { MatchEvent } from '../../protocol/match-events.ts';
import type { PointSystemName } from '../../protocol/tournaments.ts';
import { matchPoints, POINT_SYSTEMS } from '../../scoring/fantasy/match-points.ts';
import type { ScoreStore } from '../../store/score-store.ts';

const EVENTS_PER_READ = 1000;
const NOBODY: ReadonlyMap<string, number> = new Map();

type Store = Pick<ScoreStore, 'readMatchEvents' | 'readMatches'>;

/** A match that feeds a tournament, with its events as far as they were read: only what is new is read again. */
export class LinkedMatch {
  readonly #store: Store;
  readonly #match: string;
  readonly #system: PointSystemName;
  #events: MatchEvent[] = [];
  #points = NOBODY;

  constructor(store: Store, match: string, system: PointSystemName) {
    this.#store = store;
    this.#match = match;
    this.#system = system;
  }

  /** What players have in it by all that the store has taken before this call; nothing where there is no such match. */
  async points(): Promise<ReadonlyMap<string, number>> {
    const known = this.#events;
    const events = await this.#readOn(known);
    if (events === known) return this.#points;
    // From its first event on a fixture keeps what points depend on.
    const [view] = await this.#store.readMatches([this.#match]);
    this.#points =
      view === undefined ? NOBODY : matchPoints(view.fixture, events, POINT_SYSTEMS[this.#system]);
    // A match that this node cannot fold is looked at again.
    this.#events = view === undefined ? [] : events;
    return this.#points;
  }

  /** The same list where nothing is new. */
  async #readOn(known: MatchEvent[]): Promise<MatchEvent[]> {
    for (let events = known; ; ) {
      const page = { after: events.length, limit: EVENTS_PER_READ };
      const history = await this.#store.readMatchEvents(this.#match, page);
      const total = history?.events ?? 0;
      if (history !== undefined && total === events.length) return events;
      if (total < events.length || history === undefined) {
        // It was removed, and may have been made anew.
        if (events.length === 0) return known.length === 0 ? known : [];
        events = [];
        continue;
      }
      events = [...events, ...history.records.map(({ event }) => event)];
    }
  }
}
