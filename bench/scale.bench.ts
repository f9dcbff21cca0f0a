/** What an event, a patch, a delivery and a connection cost here, and what an audience of millions needs by that: docs/scale.md. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startNats } from '../test/support/nats-server.ts';
import { freePort } from '../test/support/processes.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { adminToken, OPEN_TO_READERS, startScorewire } from '../test/support/scorewire.ts';
import { EVENTS_PER_FRAME, EventPublisher, encodeFrames } from './event-publisher.ts';
import { type Costs, needOf, SCENARIOS, serverShare } from './scale-model.ts';

const VIEWERS = 2000;
const BOARDS = 200;
const PHASE_MS = 6000;
const TICK_MS = 100;
/** Of Linux: the unit of times in /proc. */
const TICKS_PER_SECOND = 100;

interface Usage {
  readonly seconds: number;
  readonly server: number;
  readonly broadcaster: number;
  readonly redis: number;
  readonly nats: number;
  /** By name of the metric. */
  readonly counts: Readonly<Record<string, number>>;
}

export async function* tables(): AsyncIterable<readonly [string, Readonly<Record<string, object>>]> {
  const [redis, nats, metricsPort, token] = await Promise.all([
    startRedis(),
    startNats(),
    freePort(),
    adminToken(),
  ]);
  const env = { ...OPEN_TO_READERS, REDIS_URL: redis.url, NATS_URL: nats.url, TICK_MS: String(TICK_MS) };
  const broadcaster = await startScorewire({
    ...env,
    ROLE: 'broadcaster',
    METRICS_PORT: String(metricsPort),
  });
  const server = await startScorewire({ ...env, ROLE: 'server' });
  const pids = {
    server: server.process.pid,
    broadcaster: broadcaster.process.pid,
    redis: redis.pid,
    nats: nats.pid,
  };
  const urls = [`${server.url}/metrics`, `http://127.0.0.1:${metricsPort}/metrics`];
  const viewers: WebSocket[] = [];
  try {
    const publisher = await EventPublisher.connect(server.socketUrl, token);
    const measure = (work: (until: number) => Promise<unknown>) => measured(pids, urls, work);

    const rest = (until: number): Promise<void> => pause(until - performance.now());
    const empty = await measure(rest);
    const emptyBytes = memoryOf(pids.server);
    for (let i = 0; i < VIEWERS; i++) viewers.push(await connect(server.socketUrl, ['board:shared']));
    await pause(2000);
    const connectionBytes = (memoryOf(pids.server) - emptyBytes) / VIEWERS;
    const idle = await measure(rest);

    const scores = framesOf((i) => `unwatched-${i % 50}`);
    await publisher.publish(scores, performance.now() + 2000);
    const writing = await measure((until) => publisher.publish(scores, until));
    const events = writing.counts.scorewire_events_total ?? 1;

    const one = await connect(
      server.socketUrl,
      Array.from({ length: BOARDS }, (_, i) => `board:wide-${i}`),
    );
    viewers.push(one);
    const wide = framesOf((i) => `wide-${i % BOARDS}`);
    const patching = await measure((until) => everyTick(until, () => publisher.publish(wide.slice(0, 1))));
    const shared = framesOf(() => 'shared');
    const delivering = await measure((until) =>
      everyTick(until, () => publisher.publish(shared.slice(0, 1))),
    );

    const idleShare = { ...idle, ...perSecond(idle) };
    const serverPerEventUs = ((writing.server - idleShare.server * writing.seconds) / events) * 1e6;
    const beyond = (usage: Usage, each: 'server' | 'broadcaster' | 'redis' | 'nats'): number => {
      const perEvent = each === 'server' || each === 'redis' ? writing[each] / events : 0;
      const own =
        usage[each] - idleShare[each] * usage.seconds - perEvent * (usage.counts.scorewire_events_total ?? 0);
      return Math.max(0, own) * 1e6;
    };
    const patches = patching.counts.scorewire_broadcaster_patch_bytes_count ?? 1;
    const updates = patching.counts.scorewire_updates_total ?? 1;
    const deliveries = delivering.counts.scorewire_deliveries_total ?? 1;
    const serverPerUpdateUs = beyond(patching, 'server') / updates;
    const costs: Costs = {
      serverPerEventUs,
      redisPerEventUs: (writing.redis / events) * 1e6,
      broadcasterPerPatchUs: beyond(patching, 'broadcaster') / patches,
      redisPerPatchUs: beyond(patching, 'redis') / patches,
      natsPerMessageUs: beyond(patching, 'nats') / patches,
      serverPerUpdateUs,
      serverPerDeliveryUs:
        (beyond(delivering, 'server') -
          serverPerUpdateUs * (delivering.counts.scorewire_updates_total ?? 0)) /
        deliveries,
      serverPerConnectionUs: (Math.max(0, perSecond(idle).server - perSecond(empty).server) / VIEWERS) * 1e6,
      connectionBytes,
      updateBytes: (delivering.counts.scorewire_delivered_bytes_total ?? 0) / deliveries,
      patchBytes: (patching.counts.scorewire_broadcaster_patch_bytes_sum ?? 0) / patches,
    };
    yield [
      'what things cost',
      Object.fromEntries(Object.entries(costs).map(([name, value]) => [name, { value: rounded(value) }])),
    ];

    // Another mixture than those that the costs were taken from: twice as many boards, a part of the viewers on several of them.
    for (const viewer of viewers.slice(0, VIEWERS / 4)) subscribe(viewer, ['board:wide-0', 'board:wide-1']);
    await pause(1000);
    const mixed = [...wide.slice(0, 1), ...shared.slice(0, 1)];
    const check = await measure((until) => everyTick(until, () => publisher.publish(mixed)));
    const load = {
      connections: viewers.length,
      eventsPerSecond: (check.counts.scorewire_events_total ?? 0) / check.seconds,
      updatesPerSecond: (check.counts.scorewire_updates_total ?? 0) / check.seconds,
      deliveriesPerSecond: (check.counts.scorewire_deliveries_total ?? 0) / check.seconds,
    };
    const expected = serverShare(load, costs);
    const found = check.server / check.seconds;
    yield [
      'the model against a load that it was not made from (share of one core of the server)',
      {
        load: Object.fromEntries(Object.entries(load).map(([name, value]) => [name, rounded(value)])),
        share: {
          calculated: rounded(expected),
          measured: rounded(found),
          quotient: rounded(expected / found),
        },
      },
    ];
    yield [
      'what audiences need',
      Object.fromEntries(
        SCENARIOS.map((scenario) => {
          const need = needOf(scenario, costs);
          const figures = Object.entries(need).map(([name, value]) => [
            name,
            typeof value === 'number' ? rounded(value) : value,
          ]);
          return [scenario.name, Object.fromEntries(figures)];
        }),
      ),
    ];
    publisher.close();
  } finally {
    for (const viewer of viewers) viewer.terminate();
    for (const each of [server, broadcaster, nats, redis]) await each.stop();
  }
}

const FRAMES = 20;

function framesOf(boardOf: (i: number) => string): string[] {
  const events = Array.from({ length: FRAMES * EVENTS_PER_FRAME }, (_, i) => {
    return { type: 'score', board: boardOf(i), member: `member-${(i * 7919) % 10_000}`, delta: 1 } as const;
  });
  return encodeFrames(events, FRAMES);
}

async function everyTick(until: number, work: () => Promise<unknown>): Promise<void> {
  while (performance.now() < until) {
    await work();
    await pause(TICK_MS - (Date.now() % TICK_MS));
  }
}

async function connect(url: string, channels: readonly string[]): Promise<WebSocket> {
  const socket = new WebSocket(url, ['scorewire.v1.json'], { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  subscribe(socket, channels);
  return socket;
}

function subscribe(socket: WebSocket, channels: readonly string[]): void {
  for (const [id, channel] of channels.entries())
    socket.send(JSON.stringify({ type: 'subscribe', id, channel }));
}

async function measured(
  pids: Readonly<Record<'server' | 'broadcaster' | 'redis' | 'nats', number>>,
  urls: readonly string[],
  work: (until: number) => Promise<unknown>,
): Promise<Usage> {
  const look = async () => ({
    at: performance.now(),
    cpu: Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuOf(pid)])),
    counts: await countsOf(urls),
  });
  const before = await look();
  await work(before.at + PHASE_MS);
  const after = await look();
  const grown = (name: string): number => (after.cpu[name] ?? 0) - (before.cpu[name] ?? 0);
  const counts = Object.entries(after.counts).map(([name, count]) => [
    name,
    count - (before.counts[name] ?? 0),
  ]);
  return {
    seconds: (after.at - before.at) / 1000,
    ...{
      server: grown('server'),
      broadcaster: grown('broadcaster'),
      redis: grown('redis'),
      nats: grown('nats'),
    },
    counts: Object.fromEntries(counts),
  };
}

function perSecond({ seconds, server, broadcaster, redis, nats }: Usage) {
  return {
    server: server / seconds,
    broadcaster: broadcaster / seconds,
    redis: redis / seconds,
    nats: nats / seconds,
  };
}

/** Of all labels together. */
async function countsOf(urls: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const url of urls) {
    const text = await (await fetch(url)).text();
    for (const [, name = '', value] of text.matchAll(/^(scorewire_\w+)(?:\{[^}]*\})? (\S+)$/gm)) {
      counts[name] = (counts[name] ?? 0) + Number(value);
    }
  }
  return counts;
}

/** Seconds of processor time. */
function cpuOf(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function memoryOf(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** To three digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
