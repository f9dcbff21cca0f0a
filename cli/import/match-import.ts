import { isDeepStrictEqual } from 'node:util';
import type { MatchEvent, PlayEvent } from '../../protocol/match-events.ts';
import type { Fixture, MatchDocument } from '../../protocol/matches.ts';
import { type AnyMatchFold, beginMatch } from '../../scoring/sports.ts';
import { pauseBefore } from './pace.ts';
import { type ApiReply, failureOf, refusalOf, type ServerApi } from './server-api.ts';

export interface MatchImportDeps {
  readonly api: ServerApi;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly print: (line: string) => void;
}

export interface ImportOptions {
  /** Times as fast as it was played; left out: as fast as the server takes it. */
  readonly speed?: number;
  /** Removes a match of this name first. */
  readonly replace: boolean;
}

/** Events of one request, where nobody has to see them one by one. */
const BATCH_EVENTS = 200;
const PAGE_EVENTS = 1000;
/** A server that starts again is back long before these have passed. */
const ATTEMPTS = 12;
const RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;

interface History {
  readonly records: readonly { readonly n: number; readonly event: MatchEvent }[];
}

/**
 * Publishes the events of a match, each with the number of those before it as `expected`. So it does not matter how often an event is sent, or
 * what became of the answer: what is in the match is read again, and it goes on from there.
 */
export class MatchImport {
  readonly #deps: MatchImportDeps;
  readonly #id: string;
  readonly #fixture: Fixture;
  readonly #events: readonly PlayEvent[];
  readonly #options: ImportOptions;
  readonly #path: string;

  constructor(
    deps: MatchImportDeps,
    match: { readonly id: string; readonly fixture: Fixture; readonly events: readonly PlayEvent[] },
    options: ImportOptions,
  ) {
    this.#deps = deps;
    this.#id = match.id;
    this.#fixture = match.fixture;
    this.#events = match.events;
    this.#options = options;
    this.#path = `/v1/matches/${match.id}`;
  }

  async run(): Promise<void> {
    if (this.#options.replace) await this.#ask('DELETE', this.#path);
    await this.#ask('PUT', this.#path, this.#fixture);
    let done = await this.#published(0);
    if (done > 0) this.#print(`goes on after event ${done}`);
    const { speed } = this.#options;
    if (speed === undefined)
      while (done < this.#events.length) done = await this.#publish(done, BATCH_EVENTS);
    else await this.#play(done, speed);
    const document = (await this.#ask('GET', this.#path)) as MatchDocument;
    this.#print(`${this.#events.length} events, ${document.result?.text ?? document.status}`);
  }

  /** One by one, and told in words. */
  async #play(begin: number, speed: number): Promise<void> {
    const fold: AnyMatchFold = beginMatch(this.#id, this.#fixture);
    fold.restore(this.#events.slice(0, begin));
    for (let done = begin; done < this.#events.length; ) {
      const event = this.#events[done] as PlayEvent;
      await this.#deps.sleep(pauseBefore(event, this.#events[done - 1]) / speed);
      done = await this.#publish(done, 1);
      const told = fold.append(event);
      if (!('refused' in told)) this.#print(told.text);
    }
  }

  /** How many are in the match afterwards. */
  async #publish(done: number, most: number): Promise<number> {
    const batch = this.#events
      .slice(done, done + most)
      .map((event, index) => ({ ...event, expected: done + index }));
    const { rejected } = (await this.#ask('POST', '/v1/events', batch)) as {
      rejected: readonly { index: number; code: string; message: string }[];
    };
    const [first] = rejected;
    const now = first === undefined ? done + batch.length : await this.#published(done);
    // The first time may have been taken although its answer was lost: then all of it is there.
    if (first !== undefined && now < done + batch.length) {
      throw new Error(`event ${done + first.index + 1} is refused (${first.code}): ${first.message}`);
    }
    if (this.#options.speed === undefined) this.#print(`${now} of ${this.#events.length} events`);
    return now;
  }

  /** How many events of ours are in the match; nothing else may be. */
  async #published(after: number): Promise<number> {
    for (let n = after; ; ) {
      const path = `${this.#path}/events?after=${n}&limit=${PAGE_EVENTS}`;
      const { records } = (await this.#ask('GET', path)) as History;
      for (const { n: number, event } of records) {
        const { expected: _, ...told } = event;
        if (!isDeepStrictEqual(told, JSON.parse(JSON.stringify(this.#events[number - 1] ?? null)))) {
          throw new Error(`event ${number} of the match is not of this file; --replace begins anew`);
        }
        n = number;
      }
      if (records.length < PAGE_EVENTS) return n;
    }
  }

  /** Until there is an answer that is final. What is asked may be asked again, whatever became of it. */
  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      let trouble: string;
      try {
        const reply = await this.#deps.api.call(method, path, body);
        if (reply.status === 200 && !hasUnsettled(reply)) return reply.body;
        trouble = refusalOf(reply);
        if (reply.status !== 200 && reply.status !== 429 && reply.status < 500)
          throw new RefusedError(trouble);
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        trouble = failureOf(error);
      }
      if (attempt === ATTEMPTS) throw new Error(trouble);
      if (attempt === 1) this.#print(`${trouble}; tries again`);
      await this.#deps.sleep(Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (attempt - 1)));
    }
  }

  #print(line: string): void {
    this.#deps.print(`${this.#id}: ${line}`);
  }
}

class RefusedError extends Error {}

/** The store failed while it worked on some of the events. */
function hasUnsettled({ body }: ApiReply): boolean {
  const { rejected = [] } = (body ?? {}) as { rejected?: readonly { code: string }[] };
  return rejected.some(({ code }) => code === 'unavailable');
}
