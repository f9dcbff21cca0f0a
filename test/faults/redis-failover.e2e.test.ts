/** A master of Redis dies under load and a replica takes its place, as Sentinels or a Cluster arrange it. Real processes. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openHouse } from '../support/cluster.ts';
import { type NatsServer, startNats } from '../support/nats-server.ts';
import { waitUntil } from '../support/processes.ts';
import { redisCommand } from '../support/redis-command.ts';
import { type ReplicatedRedis, startRedisCluster, startSentinels } from '../support/redis-replicas.ts';
import { type FailoverRow, writeFailoverTable } from './fault-table.ts';
import { recomputeAll, socketUrls, startLoad } from './load.ts';
import { SilenceWatch } from './silence-watch.ts';

const SEED = Number(process.env.FAULT_SEED ?? 1 + (Date.now() % 1_000_000));
const TEST_MS = 120_000;
const EVENTS_EACH = 8000;

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
}, TEST_MS);

const rows: FailoverRow[] = [];
afterAll(() => writeFailoverTable(rows));

async function start(startRedis: () => Promise<ReplicatedRedis>) {
  const [redis, nats] = await Promise.all([startRedis(), startNats() as Promise<NatsServer>]);
  stops.push(redis.stop, nats.stop);
  const house = await openHouse({ ...redis.env, NATS_URL: nats.url });
  stops.push(house.stop);
  await Promise.all([house.broadcaster(), house.broadcaster()]);
  const servers = await Promise.all([house.server(), house.server()]);
  return { redis, house, servers };
}

describe(`a master of Redis that dies under load, seed ${SEED}`, () => {
  it.each([
    ['Sentinels', startSentinels],
    ['a Cluster of three masters', startRedisCluster],
  ] as const)(
    'is replaced by %s: viewers are right again or know that they are not, and no event counts twice',
    async (name, startRedis) => {
      const { redis, servers } = await start(startRedis);
      const watch = await SilenceWatch.open(servers);
      const load = await startLoad(socketUrls(servers), {
        seed: SEED,
        producers: 2,
        eventsEach: EVENTS_EACH,
      });
      await load.progress(EVENTS_EACH / 2);
      const since = Date.now();
      const { victim, failedOver } = await redis.killMaster();
      await failedOver();
      const failoverMs = Date.now() - since;
      const { acceptedMs, healedMs } = await watch.healed(since + failoverMs);
      await load.done;
      // Who was master comes back as a replica of its successor.
      await victim.restart();
      await waitUntil(
        async () => /role:slave/.test(String(await redisCommand(victim.port, 'INFO', 'replication'))),
        'the old master to be a replica',
        30_000,
      );
      await watch.healed(Date.now());
      expect(await watch.stop()).toEqual([]);
      const url = servers[0]?.url ?? '';
      const { lost, doubled } = await load.compare(url);
      expect(doubled).toBe(0);
      expect(await recomputeAll(url)).toMatchObject({ corrected: 0 });
      rows.push({ name, failoverMs, acceptedMs, healedMs, events: 2 * EVENTS_EACH, lost, doubled });
    },
    TEST_MS,
  );
});
