import { afterEach, expect, it } from 'vitest';
import { startNats } from '../support/nats-server.ts';
import { freePort, waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import { redisCommand } from '../support/redis-command.ts';
import { startRedis } from '../support/redis-server.ts';
import { adminToken, OPEN_TO_READERS, request, startScorewire } from '../support/scorewire.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

it('a Redis that takes no writes is told to publishers and to operators, and all is well after it', async () => {
  const redis = await startRedis();
  cleanUps.push(() => redis.stop());
  const server = await startScorewire({ ...OPEN_TO_READERS, REDIS_URL: redis.url });
  cleanUps.push(() => server.stop());
  const token = await adminToken();
  const event = { type: 'score', board: 'b', member: 'ann', delta: 1 };
  const publish = (headers: Record<string, string> = {}) =>
    request(`${server.url}/v1/events`, { token, body: event, headers });
  const health = async () => {
    const { status, body } = await request(`${server.url}/readyz`);
    const { probeAgeMs: _, ...rest } = body;
    return [status, rest];
  };
  const well = [200, { ready: true, problems: [] }];
  const isWell = async () => (await publish()).status === 200 && (await health())[1].problems.length === 0;
  await waitUntil(isWell, 'the start');

  await redisCommand(redis.port, 'CONFIG', 'SET', 'maxmemory', '1');
  const full = { status: 503, body: { detail: expect.stringContaining('takes no writes at present') } };
  expect(await publish()).toMatchObject(full);
  expect(await publish({ 'idempotency-key': 'k' })).toMatchObject(full);
  const problem = 'the score store takes no writes at present: its memory is full';
  expect(await health()).toEqual([200, { ready: true, problems: [problem] }]);
  expect((await request(`${server.url}/v1/boards/b`)).status).toBe(200);
  await redisCommand(redis.port, 'CONFIG', 'SET', 'maxmemory', '0');
  // Nobody writes, and yet it is found out.
  await waitUntil(async () => (await health())[1].problems.length === 0, 'writes to be taken');
  expect(await health()).toEqual(well);

  await redisCommand(redis.port, 'REPLICAOF', '127.0.0.1', String(await freePort()));
  await waitUntil(async () => (await publish()).status === 503, 'a refusal');
  expect(await publish()).toMatchObject(full);
  const [status, body] = await health();
  expect(status).toBe(503);
  expect(body.problems).toContain('the score store takes no writes at present: it is a read-only replica');
  await redisCommand(redis.port, 'REPLICAOF', 'NO', 'ONE');
  await waitUntil(isWell, 'the end');
});

it('a Redis that gives no leases keeps the nodes ready for viewers, and does not hide a broadcaster that is gone', async () => {
  const redis = await startRedis();
  cleanUps.push(() => redis.stop());
  const nats = await startNats();
  cleanUps.push(() => nats.stop());
  const env = { ...OPEN_TO_READERS, REDIS_URL: redis.url, NATS_URL: nats.url };
  const server = await startScorewire({ ...env, ROLE: 'server' });
  cleanUps.push(() => server.stop());
  const broadcaster = await startScorewire({ ...env, ROLE: 'broadcaster' });
  cleanUps.push(() => broadcaster.stop());
  const token = await adminToken();
  const body = { type: 'score', board: 'b', member: 'ann', delta: 1 };
  await request(`${server.url}/v1/events`, { token, body });
  const health = async () => {
    const { status, body } = await request(`${server.url}/readyz`);
    return [status, body.problems];
  };
  await waitUntil(async () => (await health())[0] === 200, 'the start');

  await redisCommand(redis.port, 'CONFIG', 'SET', 'min-replicas-to-write', '1');
  const problems = [
    'the score store takes no writes at present: too few of its replicas answer',
    'no broadcaster can own while it does: channels keep their states, marked stale',
  ];
  // Nobody publishes to this node.
  await waitUntil(async () => (await health())[1].length === 2, 'both to be known');
  expect(await health()).toEqual([200, problems]);
  const viewer = await connectRaw(server.socketUrl);
  expect(await viewer.ask({ type: 'subscribe', channel: 'board:b' })).toMatchObject({ state: [['ann', 1]] });
  await viewer.waitFor('the channel to be stale', (frame) => frame.type === 'status' && frame.stale);
  expect((await request(`${server.url}/v1/boards/b`)).body).toMatchObject({ total: 1 });
  await broadcaster.stop();
  expect(await health()).toEqual([200, problems]);

  await redisCommand(redis.port, 'CONFIG', 'SET', 'min-replicas-to-write', '0');
  const noOwner = 'no broadcaster is heard, or it cannot read the score store';
  await waitUntil(async () => (await health())[0] === 503, 'the refusal to be over');
  expect(await health()).toEqual([503, [noOwner]]);
  const successor = await startScorewire({ ...env, ROLE: 'broadcaster' });
  cleanUps.push(() => successor.stop());
  await waitUntil(async () => (await health())[0] === 200, 'the successor');
  viewer.close();
});
