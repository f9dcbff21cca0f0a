import type { ScorewireEvent } from '../../protocol/events.ts';
import { equalJson } from '../../protocol/json-equality.ts';
import type { PlayEvent } from '../../protocol/match-events.ts';
import type { Fixture } from '../../protocol/matches.ts';
import type { Json, Rows, State } from '../../protocol/views.ts';
import { matchPoints } from '../../scoring/fantasy/match-points.ts';
import type { PointSystem } from '../../scoring/fantasy/point-system.ts';
import { beginMatch } from '../../scoring/sports.ts';
import type { Api } from '../api.ts';
import { Problems } from '../problems.ts';
import type { Book, EventSource, Model, ModelVerdict } from '../scenario.ts';

/** A match that is published event by event, and folded here as the server should. */
export class MatchModel implements Book, EventSource, Model {
  readonly id: string;
  readonly #fixture: Fixture;
  readonly #events: Iterator<PlayEvent>;
  #sent = 0;
  readonly #acknowledged: ScorewireEvent[] = [];
  #unknown = 0;

  constructor(id: string, { fixture, events }: { fixture: Fixture; events: Iterable<PlayEvent> }) {
    this.id = id;
    this.#fixture = fixture;
    this.#events = events[Symbol.iterator]();
  }

  /** Each tells how many were before it, as scorers do: the server refuses what is out of order. */
  next(count: number): readonly ScorewireEvent[] {
    const events: ScorewireEvent[] = [];
    while (events.length < count) {
      const { done, value } = this.#events.next();
      if (done) break;
      events.push({ ...value, expected: this.#sent++ });
    }
    return events;
  }

  applied(events: readonly ScorewireEvent[]): void {
    this.#acknowledged.push(...events);
  }

  unknown(events: readonly ScorewireEvent[]): void {
    this.#unknown += events.length;
  }

  get players(): readonly string[] {
    return (this.#fixture.squads ?? []).flat();
  }

  /** Whether there were events of which nobody knows whether they count. */
  get hasUnknown(): boolean {
    return this.#unknown > 0;
  }

  /** What players have by the acknowledged events, in thousandths. */
  points(system: PointSystem): ReadonlyMap<string, number> {
    return matchPoints(this.#fixture, this.#acknowledged as readonly PlayEvent[], system);
  }

  async prepare(api: Api): Promise<void> {
    await api.call('PUT', `/v1/matches/${this.id}`, this.#fixture);
  }

  async check(api: Api): Promise<ModelVerdict> {
    const problems = new Problems();
    const fold = beginMatch(this.id, this.#fixture);
    for (const event of this.#acknowledged) {
      const told = fold.append(event as PlayEvent);
      if ('refused' in told) problems.add(`${this.id}: took what it should refuse: ${told.refused.message}`);
    }
    const document = plain(fold.document());
    const feed = plain(fold.feed().map(({ n, text, event }) => [n, text, event])) as Rows;
    const shown = await api.call('GET', `/v1/matches/${this.id}`);
    const isLonger = shown.events > fold.count && shown.events <= fold.count + this.#unknown;
    if (!isLonger && !equalJson(shown, document)) {
      const { length } = this.#acknowledged;
      problems.add(`${this.id}: shows ${shown.events} events, and not what the ${length} acknowledged make`);
    }
    const states = new Map<string, State>([
      [`match:${this.id}`, (isLonger ? shown : document) as State],
      [`match:${this.id}:feed`, feed],
    ]);
    return { problems: problems.list(), states };
  }

  async remove(api: Api): Promise<void> {
    await api.call('DELETE', `/v1/matches/${this.id}`);
  }
}

/** As it travels: without what is undefined. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
