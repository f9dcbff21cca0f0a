import autocannon from 'autocannon';
import type { ScorewireEvent } from '../../protocol/events.ts';
import type { Book, EventSource, PublisherPlan } from '../scenario.ts';
import { addFailure, PUBLISHED, type Publisher, type PublisherDeps } from './publisher.ts';
import { Schedule } from './schedule.ts';

/** The parts of autocannon's client that it has but does not describe. */
type Client = autocannon.Client & {
  /** Sends the request that is set; called whenever an answer has come, and for every new connection. */
  _doRequest(): void;
  readonly destroyed: boolean;
  destroy(): void;
};

interface Flight {
  readonly dueAt: number;
  readonly events: readonly ScorewireEvent[];
}

const ANSWER_SECONDS = 10;

/**
 * `POST /v1/events` by autocannon. Its own rates send the requests of a second in one burst; here each takes its turn from one schedule for
 * all connections. One at a time on a connection, since uWebSockets.js ends those that pipeline what takes time.
 */
export function httpPublisher(plan: PublisherPlan, deps: PublisherDeps): Publisher {
  const { sources, eventsPerPublish } = plan;
  return {
    run: async () => {
      const perSecond = plan.rate / eventsPerPublish;
      const schedule = new Schedule({ startAt: performance.now(), perSecond, seconds: deps.seconds });
      const connections: PacedConnection[] = [];
      const setupClient = (client: autocannon.Client): void => {
        const source = sources[connections.length % sources.length] as EventSource;
        connections.push(new PacedConnection(client as Client, { ...deps, schedule, source }, plan));
      };
      await autocannon({
        url: new URL('/v1/events', deps.url).href,
        connections: sources.length,
        pipelining: 1,
        // Ends by itself, when there is nothing more to send; this is for a server that answers nothing.
        duration: Math.ceil(deps.seconds + ANSWER_SECONDS),
        sampleInt: 100,
        // A connection that waits for its turn is not one that waits for an answer.
        timeout: Math.ceil(ANSWER_SECONDS + sources.length / perSecond),
        setupClient,
      });
      for (const connection of connections) connection.giveUp();
      for (const waitedMs of schedule.missed()) {
        deps.totals.missed += eventsPerPublish;
        deps.latencies.record(PUBLISHED.acknowledged.http, waitedMs);
      }
    },
  };
}

type ConnectionDeps = PublisherDeps & { readonly schedule: Schedule; readonly source: EventSource };

class PacedConnection {
  readonly #client: Client;
  readonly #deps: ConnectionDeps;
  readonly #book: Book;
  readonly #eventsPerPublish: number;
  readonly #send: () => void;
  #waiting = false;
  #flight: Flight | undefined;

  constructor(client: Client, deps: ConnectionDeps, { book, eventsPerPublish }: PublisherPlan) {
    this.#client = client;
    this.#deps = deps;
    this.#book = book;
    this.#eventsPerPublish = eventsPerPublish;
    this.#send = client._doRequest.bind(client);
    client._doRequest = () => this.#next();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${deps.token}` };
    const onResponse = (status: number, body: string): void => this.#answered(status, body);
    client.setRequests([{ method: 'POST', headers, onResponse }]);
  }

  /** What is not answered by now never will be. */
  giveUp(): void {
    if (this.#flight === undefined) return;
    const { events } = this.#flight;
    this.#flight = undefined;
    this.#deps.totals.unanswered += events.length;
    this.#book.unknown(events);
  }

  #next(): void {
    // The connection was lost and made anew meanwhile; the turn that it has is for the new one.
    if (this.#waiting) return;
    if (this.#flight !== undefined) {
      this.#deps.totals.lost += 1;
      this.giveUp();
    }
    const now = performance.now();
    const dueAt = this.#deps.schedule.take(now);
    const events = dueAt === undefined ? [] : this.#deps.source.next(this.#eventsPerPublish);
    if (dueAt === undefined || events.length === 0) {
      if (dueAt !== undefined) this.#deps.schedule.finish();
      // Later, as the client may be in the middle of being made.
      setImmediate(() => this.#client.destroy());
      return;
    }
    if (dueAt <= now) {
      this.#publish({ dueAt, events });
      return;
    }
    this.#waiting = true;
    setTimeout(() => {
      this.#waiting = false;
      if (!this.#client.destroyed) this.#publish({ dueAt, events });
    }, dueAt - now);
  }

  #publish(flight: Flight): void {
    const { events, dueAt } = flight;
    this.#flight = flight;
    this.#deps.latencies.record(PUBLISHED.sent.http, performance.now() - dueAt);
    this.#deps.totals.sent += events.length;
    this.#client.setBody(JSON.stringify(events.length === 1 ? events[0] : events));
    this.#send();
  }

  #answered(status: number, body: string): void {
    const flight = this.#flight;
    if (flight === undefined) return;
    this.#flight = undefined;
    const { latencies, totals } = this.#deps;
    const { events, dueAt } = flight;
    latencies.record(PUBLISHED.acknowledged.http, performance.now() - dueAt);
    if (status === 200) {
      const { applied } = JSON.parse(body) as { applied: number };
      if (applied === events.length) {
        totals.acknowledged += applied;
        this.#book.applied(events);
        return;
      }
    }
    // Too much at once: none of it was taken. The store failed: some may have been.
    if (status !== 429) this.#book.unknown(events);
    if (status === 429 || status === 503) totals.postponed += 1;
    else addFailure(totals, `POST /v1/events was answered ${status}: ${body.slice(0, 200)}`);
  }
}
