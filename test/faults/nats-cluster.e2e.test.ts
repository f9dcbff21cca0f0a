/** A cluster of three NATS servers, of which one dies, and one is cut off from the others. Real processes. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/cluster.ts';
import { type NatsCluster, startNatsCluster } from '../support/nats-cluster.ts';
import { waitUntil } from '../support/processes.ts';
import { startRedis } from '../support/redis-server.ts';
import { type RunningScorewire, request } from '../support/scorewire.ts';
import { writeBusTable } from './fault-table.ts';
import { SilenceWatch } from './silence-watch.ts';

const TEST_MS = 90_000;
const rows: (readonly [what: string, healedMs: number])[] = [];
afterAll(() => writeBusTable(rows));

describe('a cluster of three NATS servers', () => {
  const stops: (() => Promise<unknown>)[] = [];
  let nats: NatsCluster;
  let house: House;
  let servers: RunningScorewire[];

  /** For a process that knows of this NATS server alone. */
  const at = (node: number) => ({ NATS_URL: nats.nodes[node]?.url ?? '' });
  const anywhere = () => ({ NATS_URL: nats.nodes.map(({ url }) => url).join(',') });

  beforeEach(async () => {
    const redis = await startRedis({ args: ['--appendonly', 'yes'] });
    stops.push(redis.stop);
    nats = await startNatsCluster();
    stops.push(nats.stop);
    house = await openHouse({ REDIS_URL: redis.url });
    stops.push(house.stop);
  }, TEST_MS);
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  }, TEST_MS);

  it(
    'of which one dies: all go on with the others, and nobody was left behind without being told',
    async () => {
      await Promise.all([house.broadcaster(anywhere()), house.broadcaster(anywhere())]);
      servers = await Promise.all([house.server(undefined, anywhere()), house.server(undefined, anywhere())]);
      const watch = await SilenceWatch.open(servers);
      // One after the other, so that each process has to change at least once.
      for (const node of nats.nodes) {
        const since = Date.now();
        node.kill();
        const { healedMs } = await watch.healed(since);
        rows.push(['a NATS server of three is killed (-9)', healedMs]);
        await node.restart();
      }
      expect(await watch.stop()).toEqual([]);
    },
    TEST_MS,
  );

  it(
    'of which one is cut off from the others: viewers on either side know what they are missing, until it is over',
    async () => {
      await Promise.all([house.broadcaster(at(0)), house.broadcaster(at(2))]);
      servers = await Promise.all([house.server(undefined, at(1)), house.server(undefined, at(2))]);
      const watch = await SilenceWatch.open(servers);
      nats.isolate(2);
      // Each side hears one of the broadcasters, which keep what they own.
      await waitUntil(
        () => watch.staleNow.every((stale) => stale > 0),
        'viewers on both sides to be told that some boards are stale',
        20_000,
      );
      const answers = await Promise.all(servers.map(({ url }) => request(`${url}/readyz`)));
      expect(answers.map(({ status }) => status)).toEqual([503, 503]);
      await nats.rejoin();
      const { healedMs } = await watch.healed(Date.now());
      rows.push(['a NATS server of three was cut off, and is joined to the others again', healedMs]);
      expect(await watch.stop()).toEqual([]);
    },
    TEST_MS,
  );
});
