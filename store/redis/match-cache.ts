import { KnownMatch } from './known-match.ts';

/** Some hundred bytes each. */
const MAX_KNOWN_EVENTS = 100_000;

/** Matches as this engine last saw them, as many as have so many events together; those that were asked for longest ago go first. */
export class MatchCache {
  /** The one that was asked for longest ago in front. */
  readonly #matches = new Map<string, { readonly match: KnownMatch; weight: number }>();
  readonly #maxEvents: number;
  #weight = 0;

  constructor(maxEvents = MAX_KNOWN_EVENTS) {
    this.#maxEvents = maxEvents;
  }

  /** One of which nothing is known is a match that is not there. */
  get(id: string): KnownMatch {
    return this.#matches.get(id)?.match ?? new KnownMatch(id);
  }

  keep(match: KnownMatch): void {
    this.#forget(match.id);
    if (match.fixture === undefined) return;
    const weight = 1 + match.events.length;
    this.#matches.set(match.id, { match, weight });
    this.#weight += weight;
    for (const id of this.#matches.keys()) {
      if (this.#weight <= this.#maxEvents) return;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#weight -= this.#matches.get(id)?.weight ?? 0;
    this.#matches.delete(id);
  }
}
