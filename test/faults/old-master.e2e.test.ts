/** A failover of which one server hears nothing: it goes on with the old master, which answers as ever. Real processes. */
import { afterEach, expect, it } from 'vitest';
import { openHouse } from '../support/cluster.ts';
import { startNats } from '../support/nats-server.ts';
import { waitUntil } from '../support/processes.ts';
import { redisCommand } from '../support/redis-command.ts';
import { startRedis } from '../support/redis-server.ts';
import { type RunningScorewire, request } from '../support/scorewire.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const TEST_MS = 90_000;
const HEAL_MS = 30_000;
const ASTRAY = 'the score store that this node reaches is not the one that broadcasters use';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
}, TEST_MS);

const score = (value: number) => [{ type: 'score', board: 'b', member: 'ann', set: value }];
const readiness = (server: RunningScorewire) => request(`${server.url}/readyz`);

it(
  'a server that is left with the old master takes no scores, shows its viewers what the others score, and goes on with the right one',
  async () => {
    const [nats, old] = await Promise.all([startNats(), startRedis()]);
    const successor = await startRedis({ args: ['--replicaof', '127.0.0.1', String(old.port)] });
    const way = await startTcpProxy(old.port);
    stops.push(nats.stop, old.stop, successor.stop, way.stop);
    const house = await openHouse({ REDIS_URL: old.url, NATS_URL: nats.url });
    stops.push(house.stop);
    const broadcaster = await house.broadcaster();
    const left = await house.server(undefined, { REDIS_URL: `redis://127.0.0.1:${way.port}` });
    const ready = async (server: RunningScorewire) => (await readiness(server)).status === 200;
    await waitUntil(() => ready(left), 'the server to be ready', HEAL_MS);
    expect(await house.publish(left, score(1))).toBe(200);
    const client = house.client(left);
    const board = client.board('b');
    const shows = (value: number) =>
      waitUntil(async () => board.rows?.[0]?.[1] === value, `the viewer to see ${value}`, HEAL_MS);
    await shows(1);

    await waitUntil(
      async () => /state=online,.*lag=[01]/.test(String(await redisCommand(old.port, 'INFO', 'replication'))),
      'the replica',
    );
    await redisCommand(successor.port, 'REPLICAOF', 'NO', 'ONE');
    await broadcaster.stop();
    const moved = { REDIS_URL: successor.url };
    await house.broadcaster(moved);
    const other = await house.server(undefined, moved);

    await waitUntil(
      async () => (await readiness(left)).body.problems.includes(ASTRAY),
      'the server to notice that it is left behind',
      HEAL_MS,
    );
    expect((await readiness(left)).status).toBe(503);
    expect(await house.publish(left, score(2))).toBe(503);
    await waitUntil(() => ready(other), 'the other server to be ready', HEAL_MS);
    expect(await house.publish(other, score(3))).toBe(200);
    await shows(3);
    // It was asked again and again meanwhile, and is still not believed.
    expect((await readiness(left)).body.problems).toContain(ASTRAY);

    way.aim(successor.port);
    await waitUntil(() => ready(left), 'the server to find the right master', HEAL_MS);
    expect(await house.publish(left, score(4))).toBe(200);
    await shows(4);
  },
  TEST_MS,
);
