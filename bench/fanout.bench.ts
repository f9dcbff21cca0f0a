import { setTimeout as sleep } from 'node:timers/promises';
import { SUBPROTOCOLS } from '../protocol/codec.ts';
import type { ScorewireEvent } from '../protocol/events.ts';
import { startNats } from '../test/support/nats-server.ts';
import { startRedis } from '../test/support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  startScorewire,
} from '../test/support/scorewire.ts';
import { BareServer } from './support/bare-server.ts';
import { ChangeFeed } from './support/change-feed.ts';
import { Fleet } from './support/fleet.ts';
import { type Compared, compare, type Figures, rowOf } from './support/pairs.ts';
import { cpuOf } from './support/process-usage.ts';

/**
 * What it costs to bring changed boards to many viewers, beside a bare uWebSockets.js program that publishes buffers of the same size as often to as
 * many. Ticks are much more frequent than usual, so that there is something to measure; per delivery it is the same. The bare program neither takes
 * events in nor ranks: a gateway whose events come in and are ranked elsewhere is what can be held against it. One process that does everything is
 * shown beside it.
 */
interface Fanout {
  readonly viewers: number;
  /** That each viewer watches, all of which change with every tick. */
  readonly boards: number;
  /** Of each board's hundred members, in each tick. */
  readonly changes: number;
  readonly tickMs: number;
  /** Of server CPU per delivery, relative to the bare program. */
  readonly aim: string;
}

const FANOUTS: readonly Fanout[] = [
  { viewers: 2000, boards: 1, changes: 10, tickMs: 50, aim: 'at most 1.05' },
  { viewers: 1500, boards: 16, changes: 3, tickMs: 200, aim: 'at most 1.10' },
];
const MEMBERS = 100;
/** For so long a process is still compiling what it does all the time. */
const WARM_UP_MS = 15_000;
const ROUND_MS = 3000;
/** Until what was published before has arrived. */
const PAUSE_MS = 300;

export async function* tables() {
  for (const [where, start] of [
    ['a gateway by itself', startGateway],
    ['one process does everything', startOne],
  ] as const) {
    for (const fanout of FANOUTS) {
      const { viewers, boards, changes } = fanout;
      const what = `${boards} changed ${boards === 1 ? 'board' : 'boards'} of ${MEMBERS}`;
      const title = `${where}: ${what}, ${changes} members of each, to ${viewers} viewers`;
      yield [title, await measure(fanout, start)] as const;
    }
  }
}

interface Servers {
  /** Takes the events. */
  readonly socketUrl: string;
  /** Has the viewers. */
  readonly gateway: RunningScorewire;
  readonly stop: () => Promise<void>;
}

const LIMITS = {
  ...OPEN_TO_READERS,
  MAX_PUBLISHES_PER_SECOND: '0',
  MAX_CONNECTIONS_PER_ADDRESS: '0',
} as const;

async function startOne(tickMs: number): Promise<Servers> {
  const gateway = await startScorewire({ ...LIMITS, TICK_MS: String(tickMs) });
  return { socketUrl: gateway.socketUrl, gateway, stop: () => gateway.stop() };
}

/** Over Redis and NATS, beside a broadcaster and a server that takes the events. */
async function startGateway(tickMs: number): Promise<Servers> {
  const [redis, nats] = await Promise.all([startRedis(), startNats()]);
  const env = { ...LIMITS, TICK_MS: String(tickMs), REDIS_URL: redis.url, NATS_URL: nats.url };
  const broadcaster = await startScorewire({ ...env, ROLE: 'broadcaster' });
  const ingest = await startScorewire({ ...env, ROLE: 'server' });
  const gateway = await startScorewire({ ...env, ROLE: 'server' });
  return {
    socketUrl: ingest.socketUrl,
    gateway,
    stop: async () => {
      for (const each of [gateway, ingest, broadcaster, nats, redis]) await each.stop();
    },
  };
}

async function measure(
  { viewers, boards, changes, tickMs, aim }: Fanout,
  start: (tickMs: number) => Promise<Servers>,
): Promise<Record<string, object>> {
  const { socketUrl, gateway, stop } = await start(tickMs);
  const bare = await BareServer.start();
  const feed = await ChangeFeed.connect(socketUrl, await adminToken());
  const names = Array.from({ length: boards }, (_, i) => `board-${i}`);
  await feed.publish(names.flatMap((board) => everybody(board)));
  const shared = { viewers, protocol: SUBPROTOCOLS.json };
  const ourViewers = await Fleet.connect({
    ...shared,
    port: Number(new URL(gateway.url).port),
    path: '/v1/ws',
    hello: names.map((board, id) => JSON.stringify({ type: 'subscribe', id, channel: `board:${board}` })),
    greetings: 1 + boards,
  });
  const bareViewers = await Fleet.connect({
    ...shared,
    port: bare.port,
    path: `/ws/${boards}`,
    hello: [],
    greetings: 1,
  });

  const beginFeed = () => feed.begin(tickMs, () => names.flatMap((board) => changesOf(board, changes)));
  beginFeed();
  await sleep(WARM_UP_MS);
  feed.rest();

  let bytes = 0;
  const during = async (fleet: Fleet, pid: number, begin: () => void, rest: () => void): Promise<Figures> => {
    begin();
    await sleep(PAUSE_MS);
    await fleet.reset();
    const before = await cpuOf(pid);
    const start = performance.now();
    await sleep(ROUND_MS);
    const counts = await fleet.read();
    const seconds = (performance.now() - start) / 1000;
    const spent = (await cpuOf(pid)) - before;
    rest();
    await sleep(PAUSE_MS);
    if (fleet === ourViewers) bytes = Math.round(counts.bytes / counts.frames);
    return {
      deliveries: counts.frames / seconds,
      cpu: spent / counts.frames,
      bytes: counts.bytes / counts.frames,
    };
  };
  const compared = await compare({
    ours: () => during(ourViewers, gateway.process.pid, beginFeed, () => feed.rest()),
    limit: () =>
      during(
        bareViewers,
        bare.pid,
        () => bare.publish({ everyMs: tickMs, topics: boards, bytes }),
        () => bare.rest(),
      ),
  });
  feed.close();
  await Promise.all([ourViewers.close(), bareViewers.close()]);
  await Promise.all([stop(), bare.stop()]);
  return rows(compared, aim);
}

function rows(compared: (figure: string) => Compared, aim: string): Record<string, object> {
  return {
    'server CPU per delivery, µs': rowOf(compared('cpu'), aim, 2),
    'deliveries per second': rowOf(compared('deliveries'), 'at least 0.95'),
    'bytes per delivery': rowOf(compared('bytes'), 'the same'),
  };
}

function everybody(board: string): ScorewireEvent[] {
  return Array.from({ length: MEMBERS }, (_, i) => score(board, i, 1000 * i));
}

/** Of members spread over the board, who gain so much that some of them move. */
function changesOf(board: string, changes: number): ScorewireEvent[] {
  const apart = Math.floor(MEMBERS / changes);
  const first = Math.floor(Math.random() * apart);
  return Array.from({ length: changes }, (_, i) =>
    score(board, first + i * apart, Math.floor(Math.random() * 300)),
  );
}

function score(board: string, member: number, delta: number): ScorewireEvent {
  return { type: 'score', board, member: `player_${String(member * 997).padStart(5, '0')}`, delta };
}
