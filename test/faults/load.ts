import { waitUntil } from '../support/processes.ts';
import { createRepeatingProducer, type RepeatingProducer } from '../support/repeating-producer.ts';
import { adminToken, request } from '../support/scorewire.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** What a run of a fault shows; docs/reliability.md prints it. */
export interface FaultRow {
  readonly fault: string;
  readonly inFlight: string;
  readonly events: number;
  readonly repeated: number;
  readonly lost: number;
  readonly doubled: number;
  /** From the end of the fault to the next acknowledgement; `undefined` where everything was settled by then. */
  readonly recoveryMs: number | undefined;
}

export interface Load {
  readonly producers: readonly RepeatingProducer[];
  /** Resolves when everything is settled. */
  readonly done: Promise<void>;
  /** Waits until so many events of all producers are settled. */
  progress(events: number): Promise<void>;
  /** Compares every score with what the producers computed. */
  compare(url: string): Promise<{ lost: number; doubled: number }>;
  row(fault: string, inFlight: string, endedAt: number, url: string): Promise<FaultRow>;
}

const BOARDS = 6;
const MEMBERS = 40;

/** Several producers at once, each with events of its own; the seed repeats every choice. */
export async function startLoad(
  urls: () => readonly string[],
  options: { seed: number; producers?: number; eventsEach?: number; deadlineMs?: number; hangUp?: number },
): Promise<Load> {
  const { seed, producers: count = 4, eventsEach = 50_000, deadlineMs = 80_000, hangUp } = options;
  const token = await adminToken();
  const expected = new Map<string, number>();
  const producers = Array.from({ length: count }, (_, p) => {
    const random = seededRandom(seed * 1000 + p);
    const events = Array.from({ length: eventsEach }, () => {
      const board = `load-${Math.floor(random() * BOARDS)}`;
      const member = `m${Math.floor(random() * MEMBERS)}`;
      const delta = 1 + Math.floor(random() * 9);
      const key = `${board}/${member}`;
      expected.set(key, (expected.get(key) ?? 0) + delta);
      return { type: 'score', board, member, delta };
    });
    const producer = `producer-${seed}-${p}`;
    return createRepeatingProducer({
      producer,
      urls,
      token,
      events,
      random,
      ...(hangUp === undefined ? {} : { hangUp }),
    });
  });
  const done = Promise.all(producers.map((producer) => producer.run(deadlineMs))).then(() => undefined);
  // Looked at by whoever awaits it; until then it must not count as unhandled.
  done.catch(() => undefined);

  const settled = (): number => producers.reduce((sum, producer) => sum + producer.settled, 0);
  const compare = async (url: string) => {
    const held = new Map<string, number>();
    for (let b = 0; b < BOARDS; b++) {
      // A server that has just lost its store may say so for a moment.
      let page = await request(`${url}/v1/boards/load-${b}?limit=1000`);
      const readable = async (): Promise<boolean> => {
        page = await request(`${url}/v1/boards/load-${b}?limit=1000`);
        return page.status === 200;
      };
      if (page.status !== 200) await waitUntil(readable, 'the board to be readable', deadlineMs);
      for (const { member, score } of page.body.rows) held.set(`load-${b}/${member}`, score);
    }
    let lost = 0;
    let doubled = 0;
    for (const key of new Set([...expected.keys(), ...held.keys()])) {
      const difference = (held.get(key) ?? 0) - (expected.get(key) ?? 0);
      if (difference < 0) lost -= difference;
      else doubled += difference;
    }
    return { lost, doubled };
  };
  return {
    producers,
    done,
    progress: (events) => waitUntil(() => settled() >= events, `${events} events to be settled`, deadlineMs),
    compare,
    row: async (fault, inFlight, endedAt, url) => {
      const sent = producers.reduce((sum, producer) => sum + producer.sent, 0);
      const next = producers.flatMap(({ ackedAt }) => ackedAt).filter((at) => at >= endedAt);
      return {
        fault,
        inFlight,
        events: count * eventsEach,
        repeated: sent - count * eventsEach,
        ...(await compare(url)),
        recoveryMs: next.length === 0 ? undefined : next.reduce((a, b) => Math.min(a, b)) - endedAt,
      };
    },
  };
}

/** Replays the logs of all loaded boards and compares: nothing may have to be corrected. */
export async function recomputeAll(url: string): Promise<{ checked: number; corrected: number }> {
  const token = await adminToken();
  let checked = 0;
  let corrected = 0;
  for (let b = 0; b < BOARDS; b++) {
    const { status, body } = await request(`${url}/v1/recompute`, {
      token,
      body: { target: `board:load-${b}` },
    });
    if (status !== 200) throw new Error(`recompute: ${status} ${JSON.stringify(body)}`);
    checked += body.checked;
    corrected += body.corrected;
  }
  return { checked, corrected };
}

export function socketUrls(servers: readonly { socketUrl: string }[]): () => readonly string[] {
  return () => servers.map(({ socketUrl }) => socketUrl);
}
