import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { metricCatalogue } from '../support/metric-catalogue.ts';
import { startNats } from '../support/nats-server.ts';
import { waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import { startRedis } from '../support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
});

async function start(env: Record<string, string>): Promise<RunningScorewire> {
  const server = await startScorewire({ TICK_MS: '50', ...env });
  running.push(server);
  return server;
}

/** By name and labels, as they are written. */
async function metricsOf(url: string): Promise<ReadonlyMap<string, number>> {
  const { status, headers, body } = await request(`${url}/metrics`);
  expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')]);
  const lines = (body as string).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

const SCORE = { type: 'score', board: 'b', member: 'ann', delta: 1 };

describe('/metrics', () => {
  it('tells of known traffic what it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'scorewire-metrics-'));
    running.push({ stop: async () => rmSync(folder, { recursive: true }) });
    const handlers = join(folder, 'handlers.mjs');
    writeFileSync(
      handlers,
      `const fails = { kind: 'rating', rate() { throw new Error('of its own'); } };
      export const leaderboards = { fails, idle: fails };`,
    );
    const server = await start({ ...OPEN_TO_READERS, HANDLERS: handlers });
    const token = await adminToken();
    const settings = { leaderboards: [{ handler: 'fails' }] };
    await request(`${server.url}/v1/products/odd`, { method: 'PUT', token, body: settings });
    const ann = await connectRaw(server.socketUrl, { token });
    const bob = await connectRaw(server.socketUrl);
    await ann.ask({ type: 'subscribe', channel: 'board:b' });
    await bob.ask({ type: 'subscribe', channel: 'board:b' });
    await bob.ask({ type: 'subscribe', channel: 'board:c' });
    const events = [SCORE, { ...SCORE, delta: 'x' }, { type: 'odd' }];
    for (let times = 0; times < 2; times++) {
      await ann.ask({ type: 'publish', producer: 'p', seq: 1, events });
    }
    const result = { type: 'result', product: 'odd', winner: 'ann', loser: 'bob' };
    await request(`${server.url}/v1/events`, { token, body: [SCORE, SCORE, result, result] });
    await waitUntil(
      async () => ((await metricsOf(server.url)).get('scorewire_deliveries_total') ?? 0) >= 2,
      'a patch',
    );
    const metrics = await metricsOf(server.url);
    const of = (prefix: string) =>
      Object.fromEntries([...metrics].filter(([name]) => name.startsWith(prefix)));
    expect(of('scorewire_events_total')).toEqual({
      'scorewire_events_total{type="score",result="applied"}': 3,
      'scorewire_events_total{type="score",result="duplicate"}': 1,
      'scorewire_events_total{type="score",result="rejected"}': 2,
      'scorewire_events_total{type="unknown",result="rejected"}': 2,
      'scorewire_events_total{type="result",result="rejected"}': 2,
    });
    expect(of('scorewire_handler_failures_total')).toEqual({
      'scorewire_handler_failures_total{handler="leaderboards.fails"}': 2,
      'scorewire_handler_failures_total{handler="leaderboards.idle"}': 0,
    });
    expect(Object.fromEntries(metrics)).toMatchObject({
      scorewire_connections: 2,
      scorewire_connections_opened_total: 2,
      scorewire_subscriptions: 3,
      scorewire_subscribes_total: 3,
      'scorewire_recoveries_total{kind="patches"}': 0,
      scorewire_publish_seconds_count: 3,
      scorewire_pending_events: 0,
      scorewire_store_outages_total: 0,
      scorewire_channels: 2,
      scorewire_stale_channels: 0,
      scorewire_broadcaster_partitions: 16,
      scorewire_broadcaster_watched_channels: 2,
      scorewire_store_up: 1,
      scorewire_store_writable: 1,
      scorewire_bus_up: 1,
    });
    expect(metrics.get('scorewire_broadcaster_tick_seconds_count')).toBeGreaterThan(0);
    expect(metrics.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
    const several = [
      'scorewire_batch_operations_sum',
      'scorewire_batch_seconds_count',
      'scorewire_delivery_latency_seconds_count',
      'scorewire_broadcaster_patch_bytes_count',
      'scorewire_broadcaster_tick_lag_seconds_count',
      'scorewire_bus_messages_total{direction="out"}',
      'scorewire_bus_messages_total{direction="in"}',
      'scorewire_bus_bytes_total{direction="in"}',
    ];
    expect(several.filter((name) => !((metrics.get(name) ?? 0) > 0))).toEqual([]);
    const typed = [
      ...(await request(`${server.url}/metrics`)).body.matchAll(/^# TYPE (scorewire_\w+) (\w+)$/gm),
    ];
    // Nothing is archived here; `archiver/archiver.e2e.test.ts` has a process that tells of that.
    const kinds = [...metricCatalogue()].filter(([name]) => !name.startsWith('scorewire_archiver_'));
    expect(Object.fromEntries(typed.map(([, name, kind]) => [name, kind]))).toEqual(
      Object.fromEntries(kinds.map(([name, { kind }]) => [name, kind])),
    );
    bob.close();
    await waitUntil(
      async () => (await metricsOf(server.url)).get('scorewire_connections') === 1,
      'one connection',
    );
    ann.close();
  });

  it('is served by a broadcaster too, on a port of its own', async () => {
    const [redis, nats] = await Promise.all([startRedis(), startNats()]);
    running.push(redis, nats);
    const env = { REDIS_URL: redis.url, NATS_URL: nats.url, ROLE: 'broadcaster', METRICS_PORT: '0' };
    const broadcaster = await start(env);
    const line = /metrics are on (http:\S+)\/metrics/;
    await waitUntil(() => line.test(broadcaster.process.log()), 'the address');
    const url = line.exec(broadcaster.process.log())?.[1] ?? '';
    expect((await request(`${url}/healthz`)).body).toEqual({ status: 'ok' });
    await waitUntil(
      async () => (await metricsOf(url)).get('scorewire_broadcaster_partitions') === 16,
      'the leases',
    );
    const metrics = await metricsOf(url);
    expect([metrics.get('scorewire_store_up'), metrics.get('scorewire_bus_up')]).toEqual([1, 1]);
    expect(metrics.has('scorewire_connections')).toBe(false);
    await redis.stop();
    await waitUntil(async () => (await metricsOf(url)).get('scorewire_store_up') === 0, 'the loss of Redis');
    const afterwards = await metricsOf(url);
    expect(afterwards.get('scorewire_store_writable')).toBe(0);
    expect(afterwards.get('scorewire_store_outages_total')).toBe(1);
    expect(afterwards.get('scorewire_redis_script_seconds_count{script="take-dirty"}')).toBeGreaterThan(0);
  });
});
