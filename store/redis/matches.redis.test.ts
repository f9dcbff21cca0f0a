import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generic } from '../../scoring/generic/generic.ts';
import { foldMatch } from '../../scoring/match-fold.ts';
import { type RedisServer, startRedis } from '../../test/support/redis-server.ts';
import {
  append,
  contractSports,
  FIXTURE,
  goal,
  ofMatch,
  pointsOf,
  readEvents,
  readMatch,
  undo,
} from '../matches-support.contract.ts';
import { createMemoryStore } from '../memory/memory-store.ts';
import {
  type AppendOperation,
  MAX_BATCH_OPERATIONS,
  type MatchView,
  type Operation,
  type ScoreStore,
} from '../score-store.ts';
import { apply, applyParts, eventually, part, readEntries, result } from '../support.contract.ts';
import { takeOver } from '../take-over.ts';
import { createStoreUnderTest } from './redis.contract.ts';

let redis: RedisServer;
let admin: Redis;
beforeAll(async () => {
  redis = await startRedis();
  admin = new Redis(redis.port);
});
afterAll(async () => {
  admin.disconnect();
  await redis.stop();
});

describe('a match that four nodes write at once', () => {
  test('has each event once, in the order of the log, and none that could not be', async () => {
    const { store, connect, dispose } = await open();
    const nodes = [store, await connect(), await connect(), await connect()];
    const taken = new Map<string, boolean>();
    const readers = readUntilEnded(nodes.slice(0, 2));
    await Promise.all(
      nodes.map(async (node, n) => {
        const { claim } = await takeOver(node, `p${n}`);
        for (let first = 1; first < 80; ) {
          const operations = eventsOf(n, first);
          const sent = part(`p${n}`, claim, first, operations);
          const [verdict] = (await applyParts(node, 0, [sent])).parts;
          if (verdict?.status !== 'settled') throw new Error('a part was not settled');
          const refused = new Set(verdict.refused.map(({ index }) => index));
          for (const [index, { event }] of operations.entries()) {
            taken.set(JSON.stringify(event), !refused.has(index));
          }
          // The same again, by another node.
          const again = (await applyParts(nodes[(n + 1) % 4] ?? node, 0, [sent])).parts[0];
          expect(again).toMatchObject({ duplicates: operations.length });
          first += operations.length;
        }
      }),
    );
    const events = await eventsIn(store);
    const logged = (await readEntries(store)).flatMap((entry) =>
      entry.kind === 'batch' ? entry.operations : [],
    );
    expect(logged).toEqual(events);
    const sent = [...taken].filter(([, isTaken]) => isTaken).map(([text]) => text);
    expect(
      events
        .slice(1)
        .map(({ event }) => JSON.stringify(event))
        .sort(),
    ).toEqual(sent.sort());
    await expectReplayed(store, nodes);
    for (const view of await readers.end()) {
      const some = events.slice(0, view.events).map(({ event }) => event);
      expect(view.document).toEqual(foldMatch(generic, 'm', FIXTURE, some).document());
    }
    await dispose();
  });

  test('comes to an end in large batches, too', async () => {
    const { store, connect, dispose } = await open();
    const nodes = [store, await connect(), await connect(), await connect()];
    await Promise.all(
      nodes.map(async (node, n) => {
        for (let turn = 0; turn < 3; turn++) {
          const operations: Operation[] = Array.from({ length: MAX_BATCH_OPERATIONS / 2 }, (_, index) =>
            goal('m', { player: `${n} ${turn} ${index}` }),
          );
          const results = operations.map((_, i) =>
            result('b', `w${i % 9}`, 'bob', { handler: 'winner-only' }),
          );
          expect((await apply(node, [...operations, ...results])).refused).toEqual([]);
        }
      }),
    );
    expect(await pointsOf(store, 'm')).toBe(nodes.length * 3 * (MAX_BATCH_OPERATIONS / 2));
    await expectReplayed(store, nodes);
    await dispose();
  });
});

describe('matches in Redis', () => {
  test('are read again for what is new in them, in one call', async () => {
    const { store, dispose } = await createStoreUnderTest(redis.url, { partitions: 1 });
    const ids = Array.from({ length: 30 }, (_, index) => `m${index}`);
    for (const id of ids) {
      await store.configureMatch(id, FIXTURE, 1000);
      await apply(store, [append(id, 'start'), ...Array.from({ length: 50 }, () => goal(id))]);
    }
    const first = await store.readMatches(ids);
    await apply(store, [goal('m7')]);
    await admin.config('RESETSTAT');
    const again = await store.readMatches(ids);
    expect(await sentBytes()).toBeLessThan(60 * ids.length);
    expect(await callsOfScripts()).toBe(1);
    expect(again.map((view) => view?.events)).toEqual(ids.map((id) => (id === 'm7' ? 52 : 51)));
    expect(again.filter((_, index) => index !== 7)).toEqual(first.filter((_, index) => index !== 7));
    await dispose();
  });

  test('that were set back to an older state are what they are now', async () => {
    const { store, keyPrefix, connect, dispose } = await open();
    const other = await connect();
    await apply(store, [goal('m', { points: 10 }), goal('m', { points: 5 })]);
    expect(await pointsOf(store, 'm')).toBe(15);
    expect(await pointsOf(other, 'm')).toBe(15);
    await admin.ltrim(`${keyPrefix}{p0}:match-events:m`, 0, -2);
    expect(await pointsOf(store, 'm')).toBe(10);
    // As many events as before, which are others.
    await apply(other, [goal('m', { points: 1 })], 5000);
    expect(await pointsOf(store, 'm')).toBe(11);
    expect(
      (await apply(store, [goal('m', { expected: 3, points: 0 }), undo('m'), undo('m')])).refused,
    ).toEqual([]);
    for (const client of [store, other]) expect(await pointsOf(client, 'm')).toBe(10);
    await dispose();
  });

  test('are as they are after an outage, whatever became of what was under way', async () => {
    const { store, connect, dispose } = await open();
    const other = await connect();
    await apply(store, [goal('m')]);
    redis.pause();
    const lost = await Promise.allSettled([apply(store, [goal('m')]), apply(other, [undo('m')])]);
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    redis.resume();
    await eventually(async () => store.state === 'up' && other.state === 'up');
    for (let turn = 0; turn < 3; turn++) {
      for (const client of [store, other]) {
        const events = (await readEvents(other, 'm'))?.events ?? 0;
        expect((await apply(client, [goal('m', { expected: events })])).refused).toEqual([]);
      }
    }
    await expectReplayed(store, [store, other]);
    await dispose();
  });
});

async function open() {
  const subject = await createStoreUnderTest(redis.url, { partitions: 1 });
  await subject.store.configureMatch('m', FIXTURE, 1000);
  await apply(subject.store, [append('m', 'start')]);
  return subject;
}

/** Each node reads the match several times at once, again and again; what it sees never goes back. */
function readUntilEnded(nodes: readonly ScoreStore[]) {
  const views = new Map<number, MatchView>();
  let isEnded = false;
  const read = async (node: ScoreStore): Promise<void> => {
    for (let latest = 0; !isEnded; ) {
      const together = await Promise.all([1, 2, 3].map(() => readMatch(node, 'm')));
      for (const view of together) {
        expect(view?.events).toBeGreaterThanOrEqual(latest);
        if (view !== undefined) views.set(view.events, view);
      }
      latest = Math.max(...together.map((view) => view?.events ?? 0));
    }
  };
  const reading = Promise.all(nodes.map(read));
  // A failure is told at the end, not while nobody waits for it.
  reading.catch(() => undefined);
  return {
    end: async () => {
      isEnded = true;
      await reading;
      expect(views.size).toBeGreaterThan(10);
      return views.values();
    },
  };
}

/** Of node `n`: some are possible only where the others let them, each is another one. */
function eventsOf(n: number, first: number): readonly AppendOperation[] {
  const count = 1 + ((7 * first + 3 * n) % 6);
  return Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const text = `${n} ${number}`;
    if (number % 7 === 0) return ofMatch({ ...append('m', 'break').event, reason: text } as never);
    if (number % 7 === 1) return ofMatch({ ...append('m', 'resume').event, text } as never);
    const expected = number % 5 === 0 ? { expected: 4 * number } : {};
    return goal('m', { player: text, ...expected });
  });
}

async function eventsIn(store: ScoreStore): Promise<readonly AppendOperation[]> {
  const { events, records } = (await readEvents(store, 'm', 0, 10_000)) ?? { events: 0, records: [] };
  expect(records.map(({ n }) => n)).toEqual(Array.from({ length: events }, (_, index) => index + 1));
  return records.map(({ event }) => ofMatch(event));
}

/** The memory store applies one operation after the other, and must have nothing to refuse. */
async function expectReplayed(store: ScoreStore, nodes: readonly ScoreStore[]): Promise<void> {
  const model = createMemoryStore({ partitions: 1 }, { sports: contractSports });
  for (const entry of await readEntries(store)) {
    if (entry.kind === 'configure-match') await model.configureMatch(entry.match, entry.fixture, entry.at);
    if (entry.kind !== 'batch') continue;
    const operations = entry.operations.filter(({ op }) => op === 'append');
    expect((await apply(model, operations, entry.at)).refused).toEqual([]);
  }
  const view = await readMatch(model, 'm');
  expect(view?.events).toBeGreaterThan(1);
  for (const node of nodes) expect(await readMatch(node, 'm')).toEqual(view);
  expect(await readEvents(store, 'm', 0, 10_000)).toEqual(await readEvents(model, 'm', 0, 10_000));
}

async function callsOfScripts(): Promise<number> {
  const stats = await admin.info('commandstats');
  return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
}

async function sentBytes(): Promise<number> {
  return Number(/total_net_output_bytes:(\d+)/.exec(await admin.info('stats'))?.[1]);
}
