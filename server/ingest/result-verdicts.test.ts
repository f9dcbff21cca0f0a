import { beforeEach, describe, expect, it } from 'vitest';
import type { LeaderboardConfig } from '../../protocol/products.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING, createScoring } from '../../scoring/registry.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import { createMemoryStore, type MemoryScoreStore } from '../../store/memory/memory-store.ts';
import { partitionOfBoard, partitionOfPlayers } from '../../store/partitions.ts';
import { ADMIN } from '../../test/support/identities.ts';
import { createIngest } from './ingest.ts';

/** A result has one verdict, though it is scored on boards of several partitions, and though the settings of its product change. */

const PARTITIONS = 7;
const CLOCK = { now: () => Date.now(), after: () => () => undefined };
const LIMITS = { eventsPerPublish: 1000, pendingEvents: 1000 };
/** Of a node that has handlers of its own. */
const OWN = createScoring({
  leaderboards: {
    own: { kind: 'additive', add: () => ({ winner: 1 }) },
    picky: {
      kind: 'rating',
      rate: ({ winner }) => {
        if (winner === 'odd') throw new Error('odd');
        return { winner: 1 };
      },
    },
  },
  stats: {},
});
/** Each of them in another partition than the board of the product `chess`, the last in that of a product `go`. */
const ELSEWHERE = ['new', 'a', 'go'];
const applied = { ok: true, applied: 1, duplicates: 0, rejected: [] };
const duplicate = { ok: true, applied: 0, duplicates: 1, rejected: [] };
const rejected = { ok: true, applied: 0, duplicates: 0, rejected: [{ index: 0, code: 'malformed' }] };
const result = (product = 'chess', winner = 'ann') => ({ type: 'result', product, winner, loser: 'bob' });

let store: MemoryScoreStore;
beforeEach(async () => {
  store = createMemoryStore({ partitions: PARTITIONS }, { scoring: OWN });
  await store.start();
});

const node = (scoring: Scoring = OWN) =>
  createIngest({ store, clock: CLOCK, logger: silentLogger, scoring }, LIMITS);
const configure = (product: string, ...leaderboards: LeaderboardConfig[]) =>
  store.configureProduct(product, { leaderboards, stats: 'default' }, 0);
const boards = (...ids: string[]): LeaderboardConfig[] => ids.map((board) => ({ board, handler: 'wins' }));

/** Everything that results could have changed. */
async function world(): Promise<unknown> {
  const known = await store.listBoards({ limit: 100 });
  const pages = await store.readPages(known.map(({ id }) => ({ board: id, offset: 0, limit: 100 })));
  const players = await store.readPlayers(
    ['chess', 'go'].flatMap((product) => ['ann', 'bob', 'odd'].map((player) => ({ product, player }))),
  );
  return { pages, players: players.map((counters) => [...counters].sort()) };
}

const WAYS: readonly (readonly [string, (event: unknown, scoring?: Scoring) => Promise<unknown>])[] = [
  [
    'through another connection of the producer',
    async (event, scoring) => node(scoring).openProducer('p').publish(1, [event], ADMIN),
  ],
  [
    'with the same key',
    (event, scoring) => node(scoring).publishOnce({ key: 'k', bodyHash: 'hash' }, [event], ADMIN),
  ],
];

it('the boards of these tests are in several partitions', () => {
  const places = ELSEWHERE.map((board) => partitionOfBoard(board, PARTITIONS));
  expect(new Set([...places, partitionOfPlayers('chess', PARTITIONS)]).size).toBe(4);
});

describe.each(WAYS)('a result that is sent again %s', (_way, publish) => {
  it.each([
    ['of one partition', boards('chess')],
    ['of several', boards('chess', 'new', 'a')],
    ['that scores nobody where its players are', boards('new')],
  ])('%s counts on no board that its product got since', async (_what, before) => {
    await configure('chess', ...before);
    expect(await publish(result())).toMatchObject(applied);
    const after = await world();
    await configure('chess', ...boards('new', 'go', 'a'), { board: 'ratings', handler: 'elo' });
    expect(await publish(result())).toMatchObject(duplicate);
    await configure('chess', { board: 'new', handler: 'own' });
    expect(await publish(result(), BUILT_IN_SCORING)).toMatchObject(duplicate);
    expect(await world()).toEqual(after);
  });

  it('stays rejected, though another node has the handler, and though it is not needed any more', async () => {
    await configure('chess', ...boards('chess', 'a'), { board: 'new', handler: 'own' });
    const before = await world();
    expect(await publish(result(), BUILT_IN_SCORING)).toMatchObject(rejected);
    expect(await publish(result())).toMatchObject(rejected);
    await configure('chess', ...boards('a', 'go'));
    expect(await publish(result(), BUILT_IN_SCORING)).toMatchObject(rejected);
    expect(await world()).toEqual(before);
  });

  it('stays refused where a board elsewhere refused it, and is not counted', async () => {
    await configure('chess', ...boards('chess'), { board: 'new', handler: 'picky' });
    const before = await world();
    expect(await publish(result('chess', 'odd'))).toMatchObject(rejected);
    expect(await world()).toEqual(before);
    await configure('chess', ...boards('chess', 'a'));
    expect(await publish(result('chess', 'odd'))).toMatchObject(rejected);
    expect(await world()).toEqual(before);
  });
});

it("a result without a producer that its product's own board refuses is not counted", async () => {
  await configure('chess', { board: 'chess', handler: 'picky' });
  const events = [result(), result('chess', 'odd'), result(), result('chess', 'odd')];
  const verdict = await node().publish(events, ADMIN);
  expect(verdict).toMatchObject({ applied: 2, rejected: [{ index: 1 }, { index: 3 }] });
  const players = ['ann', 'odd', 'bob'].map((player) => ({ product: 'chess', player }));
  expect(await store.readPlayers(players)).toEqual([
    new Map([['wins', 2]]),
    new Map(),
    new Map([['losses', 2]]),
  ]);
});

it('a settled result that is sent again on the same connection counts on no board that its product got since', async () => {
  const producer = node().openProducer('p');
  expect(await producer.publish(1, [result()], ADMIN)).toMatchObject(applied);
  const after = await world();
  await configure('chess', ...boards('new', 'go', 'a'));
  expect(await producer.publish(1, [result()], ADMIN)).toMatchObject(duplicate);
  expect(await world()).toEqual(after);
  expect(await producer.publish(2, [result()], ADMIN)).toMatchObject(applied);
});

it("results of products whose boards are in each other's partitions are settled in one batch", async () => {
  const other = ['old', 'big', 'z', 'y', 'x', 'w'].find(
    (board) => partitionOfBoard(board, PARTITIONS) === partitionOfPlayers('chess', PARTITIONS),
  );
  await configure('chess', ...boards('chess', 'go'));
  await configure('go', ...boards('go', other ?? ''));
  const score = { type: 'score', board: 'go', member: 'ann', set: 0 };
  const events = [result('chess'), result('go'), result('chess'), result('go'), score, result('chess')];
  const producer = node().openProducer('p');
  expect(await producer.publish(1, events, ADMIN)).toMatchObject({ applied: 6, rejected: [] });
  const [chess, go, third] = await store.readPages(
    ['chess', 'go', other ?? ''].map((board) => ({ board, offset: 0, limit: 10 })),
  );
  // What is set comes after four results that count there, and before one.
  expect([chess, go, third].map((page) => page?.rows[0]?.score)).toEqual([3, 1, 2]);
  expect(await node().openProducer('p').publish(1, events, ADMIN)).toMatchObject({ duplicates: 6 });
});
