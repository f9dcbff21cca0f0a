import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { rateResult } from '../../scoring/scoring.ts';
import { partitionOfBoard } from '../../store/partitions.ts';
import { createRedisStore } from '../../store/redis/redis-store.ts';
import type { ResultOperation, ScoreStore } from '../../store/score-store.ts';
import { DEFAULT_STORE_OPTIONS } from '../../store/score-store.ts';
import { startNats } from '../support/nats-server.ts';
import { startRedis } from '../support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** A rating depends on those before it: whoever publishes at the same time, through whichever node, there is one order, and the log has it. */

const BOARD = 'ladder';
const PLAYERS = ['ann', 'bob', 'cid', 'dot', 'eve', 'fay'];
const PUBLISHERS = 4;
const PUBLISHES = 60;
const RESULTS_EACH = 8;

const stops: (() => Promise<unknown>)[] = [];
let nodes: RunningScorewire[];
let store: ScoreStore;
beforeAll(async () => {
  const [redis, nats] = await Promise.all([startRedis(), startNats()]);
  stops.push(
    () => redis.stop(),
    () => nats.stop(),
  );
  const env = { ...OPEN_TO_READERS, REDIS_URL: redis.url, NATS_URL: nats.url };
  nodes = await Promise.all([startScorewire(env), startScorewire(env)]);
  for (const node of nodes) stops.unshift(() => node.stop());
  store = createRedisStore({
    ...DEFAULT_STORE_OPTIONS,
    url: [redis.url],
    logger: silentLogger,
    scoring: BUILT_IN_SCORING,
  });
  await store.start();
  stops.unshift(() => store.stop());
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

/** The results on the board, in the order in which the store says that they happened. */
async function readResults(): Promise<ResultOperation[]> {
  const partition = partitionOfBoard(BOARD, store.partitions);
  const results: ResultOperation[] = [];
  for (let after = 0; ; ) {
    const { entries } = await store.readLog(partition, after, 500);
    const last = entries.at(-1);
    if (last === undefined) return results;
    for (const entry of entries) {
      if (entry.kind !== 'batch') continue;
      for (const operation of entry.operations) {
        if (operation.op === 'result' && operation.board === BOARD) results.push(operation);
      }
    }
    after = last.to;
  }
}

it('four publishers on two nodes give exactly the ratings of the order that the log has', async () => {
  const token = await adminToken();
  const settings = { leaderboards: [{ board: BOARD, handler: 'elo', options: { k: 32, start: 1200 } }] };
  const put = await request(`${nodes[0]?.url}/v1/products/ladder`, { method: 'PUT', token, body: settings });
  expect(put.status).toBe(200);
  const random = seededRandom(11);
  const draw = () => {
    const winner = Math.floor(random() * PLAYERS.length);
    const loser = (winner + 1 + Math.floor(random() * (PLAYERS.length - 1))) % PLAYERS.length;
    return {
      type: 'result',
      product: 'ladder',
      winner: PLAYERS[winner],
      loser: PLAYERS[loser],
      ...(random() < 0.2 ? { draw: true } : {}),
    };
  };
  await Promise.all(
    Array.from({ length: PUBLISHERS }, async (_, publisher) => {
      const url = `${nodes[publisher % nodes.length]?.url}/v1/events`;
      for (let i = 0; i < PUBLISHES; i++) {
        const body = Array.from({ length: RESULTS_EACH }, draw);
        expect((await request(url, { token, body })).body).toEqual({
          applied: RESULTS_EACH,
          duplicates: 0,
          rejected: [],
        });
      }
    }),
  );
  const results = await readResults();
  expect(results).toHaveLength(PUBLISHERS * PUBLISHES * RESULTS_EACH);
  const expected = new Map<string, number>();
  for (const result of results) {
    const { winner, loser } = result;
    const current = { winner: expected.get(winner) ?? null, loser: expected.get(loser) ?? null };
    const rated = rateResult(BUILT_IN_SCORING, result, current);
    if ('refused' in rated) expect.fail(rated.refused);
    if (rated.winner !== undefined) expected.set(winner, rated.winner);
    if (rated.loser !== undefined) expected.set(loser, rated.loser);
  }
  const [page] = await store.readPages([{ board: BOARD, offset: 0, limit: 'top' }]);
  expect(new Map(page?.rows.map(({ member, score }) => [member, score]))).toEqual(expected);
  const counters = await store.readPlayers(PLAYERS.map((player) => ({ product: 'ladder', player })));
  const sum = (name: string) => counters.reduce((total, one) => total + (one.get(name) ?? 0), 0);
  const draws = results.filter((result) => result.draw).length;
  expect([sum('wins'), sum('losses'), sum('draws')]).toEqual([
    results.length - draws,
    results.length - draws,
    2 * draws,
  ]);
});
