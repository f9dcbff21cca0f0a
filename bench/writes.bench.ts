import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ScorewireEvent } from '../protocol/events.ts';
import { type RedisServer, startRedis } from '../test/support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  startScorewire,
} from '../test/support/scorewire.ts';
import { EventPublisher, encodeFrames } from './event-publisher.ts';
import { type Compared, compare, type Figures, rowOf } from './support/pairs.ts';
import { cpuOf } from './support/process-usage.ts';

/**
 * Scores into a real Redis, from a WebSocket to the ack, with producers, duplicates recognised, dirty marks and the log; beside `redis-benchmark` with
 * nothing but pipelined `ZINCRBY`s on members drawn from as many, on the same server.
 */
const MEMBERS = 100_000;
const ZIPF_EXPONENT = 1.1;
const ROUND_MS = 3000;
const ROUNDS = 7;
/** Of `EVENTS_PER_FRAME` events, which are sent again and again. */
const FRAMES = 400;
const BENCHMARK_REQUESTS = 500_000;

export async function* tables() {
  const redis = await startRedis();
  const server = await startScorewire({
    ...OPEN_TO_READERS,
    MAX_PUBLISHES_PER_SECOND: '0',
    REDIS_URL: redis.url,
  });
  const publisher = await EventPublisher.connect(server.socketUrl, await adminToken());
  const all = Array.from({ length: MEMBERS }, (_, member) => member);
  await publisher.publish(encodeFrames(all.map(score), Number.POSITIVE_INFINITY));
  const limit = () => zincrby(redis);
  const kinds = [
    ['uniformly', () => Math.floor(Math.random() * MEMBERS), 'at least 0.8'],
    [`by Zipf(${ZIPF_EXPONENT})`, zipf(MEMBERS, ZIPF_EXPONENT), 'at least 2'],
  ] as const;
  for (const [how, draw, aim] of kinds) {
    const frames = encodeFrames(drawn(draw), FRAMES);
    const ours = () => publish(server, redis, publisher, frames);
    const compared = await compare({ ours, limit }, ROUNDS);
    yield [`scores of ${MEMBERS.toLocaleString('en')} members, drawn ${how}`, rows(compared, aim)] as const;
  }
  publisher.close();
  await server.stop();
  await redis.stop();
}

function rows(compared: (figure: string) => Compared, aim: string): Record<string, object> {
  return {
    'events per second': rowOf(compared('events'), aim),
    'Redis CPU per event, µs': rowOf(compared('redis'), '', 2),
    'server CPU per event, µs': rowOf(compared('server'), '', 2),
    'CPU of the publisher per event, µs': rowOf(compared('publisher'), '', 2),
  };
}

async function publish(
  server: RunningScorewire,
  redis: RedisServer,
  publisher: EventPublisher,
  frames: readonly string[],
): Promise<Figures> {
  const before = { server: await cpuOf(server.process.pid), redis: await cpuOf(redis.pid) };
  const own = process.cpuUsage();
  const start = performance.now();
  const events = await publisher.publish(frames, start + ROUND_MS);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(own);
  return {
    publisher: (user + system) / events,
    events: events / seconds,
    redis: ((await cpuOf(redis.pid)) - before.redis) / events,
    server: ((await cpuOf(server.process.pid)) - before.server) / events,
  };
}

async function zincrby(redis: RedisServer): Promise<Figures> {
  const before = await cpuOf(redis.pid);
  const { stdout } = await promisify(execFile)('redis-benchmark', [
    ...['-p', String(redis.port), '-P', '128', '-c', '4', '-n', String(BENCHMARK_REQUESTS)],
    ...['-r', String(MEMBERS), '--csv', 'ZINCRBY', 'benchmark', '1', 'player___rand_int__'],
  ]);
  const [, perSecond] =
    /",?"([\d.]+)"/.exec(stdout.split('\n').find((line) => line.includes('ZINCRBY')) ?? '') ?? [];
  return {
    events: Number(perSecond),
    redis: ((await cpuOf(redis.pid)) - before) / BENCHMARK_REQUESTS,
    server: 0,
    publisher: 0,
  };
}

function* drawn(draw: () => number): Iterable<ScorewireEvent> {
  for (;;) yield score(draw());
}

function score(member: number): ScorewireEvent {
  return {
    type: 'score',
    board: 'season',
    member: `player_${String(member).padStart(12, '0')}`,
    delta: 1 + (member % 25),
  };
}

/** The k-th member with a probability that falls with the given power of k. */
function zipf(members: number, exponent: number): () => number {
  const sums = new Float64Array(members);
  let sum = 0;
  for (let k = 0; k < members; k++) {
    sum += (k + 1) ** -exponent;
    sums[k] = sum;
  }
  return () => {
    const wanted = Math.random() * sum;
    let low = 0;
    let high = members - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
