import { DEFAULT_TIMING, healingMs } from '../../bus/timing.ts';
import { waitUntil } from '../support/processes.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import { adminToken, type RunningScorewire, request } from '../support/scorewire.ts';
import { BOARDS } from './viewers.ts';

/** The healing period, and what a busy machine with all these processes may add. */
const NOTICED_MS = healingMs(DEFAULT_TIMING) + 2500;
const PUBLISH_PAUSE_MS = 50;
const SAMPLE_MS = 25;
const HEALED_DEADLINE_MS = 30_000;

interface Accepted {
  readonly value: number;
  readonly at: number;
}

interface Watched {
  readonly client: RawClient;
  readonly stale: Set<string>;
}

/**
 * Looks for the worst failure: sockets that are open, health that is green, and nothing that is delivered. A board in each partition is set to 1, 2, 3, ...;
 * viewers of all of them, on every server, are looked at all the time. Who does not hold what was accepted long ago has to have been told that it is stale.
 */
export class SilenceWatch {
  readonly violations: string[] = [];
  /** Statuses that viewers were told. */
  staleTold = 0;
  readonly #servers: readonly RunningScorewire[];
  readonly #watched: readonly Watched[];
  readonly #token: string;
  readonly #accepted: Accepted[] = [];
  #stopped = false;
  readonly #running: Promise<unknown>;

  private constructor(servers: readonly RunningScorewire[], clients: readonly RawClient[], token: string) {
    this.#servers = servers;
    this.#token = token;
    this.#watched = clients.map((client) => ({ client, stale: new Set() }));
    for (const watched of this.#watched) this.#noteStatuses(watched);
    this.#running = Promise.all([this.#publish(), this.#look()]);
  }

  static async open(servers: readonly RunningScorewire[]): Promise<SilenceWatch> {
    const clients = await Promise.all(servers.map(({ socketUrl }) => connectRaw(socketUrl)));
    for (const client of clients) {
      for (const board of BOARDS) await client.ask({ type: 'subscribe', channel: `board:${board}` });
    }
    const watch = new SilenceWatch(servers, clients, await adminToken());
    await watch.healed(Date.now());
    return watch;
  }

  /** Waits until something that was accepted since then is held by every viewer, nobody is stale, and all servers are ready. */
  async healed(since: number): Promise<{ readonly acceptedMs: number; readonly healedMs: number }> {
    await waitUntil(
      () => this.#firstSince(since) !== undefined,
      'a publish to be accepted',
      HEALED_DEADLINE_MS,
    );
    const first = this.#firstSince(since) ?? { value: 0, at: since };
    await waitUntil(
      () =>
        this.#watched.every(({ client, stale }) =>
          BOARDS.every((board) => stale.size === 0 && heldBy(client, board) >= first.value),
        ),
      `every viewer to hold what was accepted after ${since}, and not to be stale`,
      HEALED_DEADLINE_MS,
    );
    const healedMs = Date.now() - since;
    await waitUntil(
      async () => {
        const answers = await Promise.all(this.#servers.map(({ url }) => request(`${url}/readyz`)));
        const unready = answers.filter(({ status }) => status !== 200);
        // What is thrown last is told where none of it helps.
        if (unready.length > 0) throw new Error(JSON.stringify(unready.map(({ body }) => body)));
        return true;
      },
      'all servers to be ready',
      HEALED_DEADLINE_MS,
    );
    return { acceptedMs: first.at - since, healedMs };
  }

  get staleNow(): readonly number[] {
    return this.#watched.map(({ stale }) => stale.size);
  }

  /** Ends everything; gives all that was wrong. */
  async stop(): Promise<readonly string[]> {
    this.#stopped = true;
    await this.#running;
    for (const { client } of this.#watched) client.close();
    return [...this.violations, ...this.#watched.flatMap(({ client }) => client.violations)];
  }

  #firstSince(since: number): Accepted | undefined {
    return this.#accepted.find(({ at }) => at > since);
  }

  #noteStatuses({ client, stale }: Watched): void {
    let read = 0;
    client.socket.on('message', () => {
      for (const frame of client.frames.slice(read)) {
        if (frame.type !== 'status') continue;
        if (frame.stale) {
          stale.add(frame.channel);
          this.staleTold += 1;
        } else stale.delete(frame.channel);
      }
      read = client.frames.length;
    });
  }

  async #publish(): Promise<void> {
    for (let value = 1; !this.#stopped; value++) {
      const { url } = this.#servers[value % this.#servers.length] ?? { url: '' };
      const body = BOARDS.map((board) => ({ type: 'score', board, member: 'm', set: value }));
      const answer = await request(`${url}/v1/events`, { token: this.#token, body }).catch(() => undefined);
      if (answer?.status === 200) this.#accepted.push({ value, at: Date.now() });
      await pause(PUBLISH_PAUSE_MS);
    }
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      await pause(SAMPLE_MS);
      const due = this.#accepted.findLast(({ at }) => at < Date.now() - NOTICED_MS);
      if (due === undefined) continue;
      for (const [i, { client, stale }] of this.#watched.entries()) {
        for (const board of BOARDS) {
          const held = heldBy(client, board);
          if (held >= due.value || stale.has(`board:${board}`)) continue;
          this.violations.push(
            `viewer ${i} holds ${held} of ${board}, not ${due.value}, and was told nothing`,
          );
        }
      }
    }
  }
}

function heldBy(client: RawClient, board: string): number {
  const [row] = (client.state(`board:${board}`) ?? []) as readonly (readonly [string, number])[];
  return row?.[1] ?? 0;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
