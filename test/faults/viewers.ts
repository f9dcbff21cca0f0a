import { partitionOfBoard } from '../../store/partitions.ts';
import { DEFAULT_STORE_OPTIONS } from '../../store/score-store.ts';
import { waitUntil } from '../support/processes.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import { adminToken, type RunningScorewire, request } from '../support/scorewire.ts';

const { partitions: PARTITIONS } = DEFAULT_STORE_OPTIONS;
const PAUSE_MS = 50;

/** One board in each partition. */
export const BOARDS: readonly string[] = Array.from({ length: PARTITIONS }, (_, partition) => {
  for (let i = 0; ; i++) if (partitionOfBoard(`b${i}`, PARTITIONS) === partition) return `b${i}`;
});

interface Told {
  readonly channel: string;
  readonly at: number;
  /** Its epoch is another than before. */
  readonly isNewOwner: boolean;
}

/** What became of a change of owners, as viewers saw it. */
export interface Handover {
  /** Channels whose owner has changed. */
  readonly moved: number;
  /** Until the last of them was heard of its new owner. */
  readonly takeoverMs: number;
  /** The longest that any viewer was told nothing of a board, although it changed all the time. */
  readonly silenceMs: number;
  /** Of one channel: the most updates that told of a new owner. */
  readonly changesEach: number;
}

/**
 * Viewers of a board in every partition, on every server, while all boards change all the time. They check each frame (see
 * `connectRaw`) and note when it came.
 */
export class Viewers {
  readonly clients: readonly RawClient[];
  readonly #url: string;
  readonly #token: string;
  readonly #told: Told[][];
  #published = 0;
  #stopped = false;
  #load: Promise<void> = Promise.resolve();

  private constructor(clients: readonly RawClient[], url: string, token: string) {
    this.clients = clients;
    this.#url = url;
    this.#token = token;
    this.#told = clients.map((client) => noteUpdates(client));
  }

  static async open(servers: readonly RunningScorewire[]): Promise<Viewers> {
    const clients = await Promise.all(servers.map(({ socketUrl }) => connectRaw(socketUrl)));
    const viewers = new Viewers(clients, servers[0]?.url ?? '', await adminToken());
    for (const client of clients) {
      for (const board of BOARDS) await client.ask({ type: 'subscribe', channel: `board:${board}` });
    }
    viewers.#load = viewers.#publish();
    return viewers;
  }

  /** Waits until every viewer was told of every board several times more. */
  async seeAll(times = 3): Promise<void> {
    const since = Date.now();
    await waitUntil(
      () =>
        this.#told.every((told) => BOARDS.every((board) => countOf(told, `board:${board}`, since) >= times)),
      'every viewer to be told of every board',
      20_000,
    );
  }

  /** Waits until a new owner is heard of by everybody, of as many boards at least. */
  async seeNewOwners(since: number, boards = 1): Promise<void> {
    await waitUntil(
      () => this.#told.every((told) => newOwners(told, since).length >= boards),
      'new owners to be heard of',
      20_000,
    );
    await this.seeAll();
  }

  /** Of everything that was told since. */
  handover(since: number): Handover {
    const changes = this.#told.flatMap((told) => newOwners(told, since));
    const ofEach = this.#told.flatMap((told) =>
      BOARDS.map((board) => told.filter(({ channel }) => channel === `board:${board}`)),
    );
    return {
      moved: new Set(changes.map(({ channel }) => channel)).size,
      takeoverMs: Math.max(0, ...changes.map(({ at }) => at - since)),
      silenceMs: Math.max(...ofEach.map((told) => longestSilence(told, since))),
      changesEach: Math.max(...ofEach.map((told) => newOwners(told, since).length)),
    };
  }

  /** Ends the changes, and waits until every viewer holds what was published. */
  async finish(): Promise<void> {
    this.#stopped = true;
    await this.#load;
    for (const client of this.clients) {
      for (const board of BOARDS) {
        await client.waitForState(`board:${board}`, (state) => {
          const [row] = state as readonly (readonly [string, number])[];
          return row?.[1] === this.#published;
        });
      }
    }
  }

  async #publish(): Promise<void> {
    const body = BOARDS.map((board) => ({ type: 'score', board, member: 'm', delta: 1 }));
    while (!this.#stopped) {
      const { status } = await request(`${this.#url}/v1/events`, { token: this.#token, body });
      if (status !== 200) throw new Error(`publishing was answered ${status}`);
      this.#published += 1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function noteUpdates(client: RawClient): Told[] {
  const told: Told[] = [];
  let read = 0;
  client.socket.on('message', () => {
    const at = Date.now();
    for (const frame of client.frames.slice(read)) {
      if (frame.type !== 'update') continue;
      told.push({ channel: frame.channel, at, isNewOwner: frame.epoch !== undefined });
    }
    read = client.frames.length;
  });
  return told;
}

function countOf(told: readonly Told[], channel: string, since: number): number {
  return told.filter((each) => each.channel === channel && each.at > since).length;
}

function newOwners(told: readonly Told[], since: number): readonly Told[] {
  return told.filter(({ isNewOwner, at }) => isNewOwner && at > since);
}

function longestSilence(told: readonly Told[], since: number): number {
  let longest = 0;
  for (const [i, { at }] of told.entries()) {
    const before = told[i - 1];
    if (before !== undefined && at > since) longest = Math.max(longest, at - before.at);
  }
  return longest;
}
