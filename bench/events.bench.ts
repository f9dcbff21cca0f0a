import { type RedisServer, startRedis } from '../test/support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../test/support/scorewire.ts';
import { activeUsers, EVENT_KINDS, eventsOf, PRODUCTS } from './event-kinds.ts';
import { EventPublisher, encodeFrames } from './event-publisher.ts';
import { cpuOf } from './support/process-usage.ts';

/**
 * How many events of each kind a server takes in, from a WebSocket to the ack: the built program in a process of its own, over the embedded
 * store and over Redis. The kinds take turns, since the machine is not the same at all times, and what counts are the medians.
 */
const ROUNDS = 5;
const ROUND_MS = 1000;
const WARM_UP_MS = 500;
/** Of each kind, which are sent again and again. */
const DIFFERENT_FRAMES = 100;

/** What one round of one kind came to. */
interface Measured {
  readonly perSecond: number;
  readonly serverMicroseconds: number;
  readonly redisMicroseconds: number;
}

interface Setup {
  readonly server: RunningScorewire;
  readonly redis: RedisServer | undefined;
  readonly publisher: EventPublisher;
}

export async function* tables() {
  yield ['in memory', await measureAll(undefined)] as const;
  const redis = await startRedis();
  try {
    yield ['over Redis', await measureAll(redis)] as const;
  } finally {
    await redis.stop();
  }
}

async function measureAll(redis: RedisServer | undefined): Promise<Record<string, object>> {
  const server = await startScorewire({
    ...OPEN_TO_READERS,
    MAX_PUBLISHES_PER_SECOND: '0',
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  });
  try {
    const token = await adminToken();
    for (const [product, body] of Object.entries(PRODUCTS)) {
      await request(`${server.url}/v1/products/${product}`, { method: 'PUT', token, body });
    }
    const publisher = await EventPublisher.connect(server.socketUrl, token);
    const rows = await measureKinds({ server, redis, publisher });
    publisher.close();
    return rows;
  } finally {
    await server.stop();
  }
}

async function measureKinds(setup: Setup): Promise<Record<string, object>> {
  await setup.publisher.publish(encodeFrames(activeUsers(), Number.POSITIVE_INFINITY));
  const kinds = EVENT_KINDS.map((kind) => ({
    kind,
    frames: encodeFrames(eventsOf(kind), DIFFERENT_FRAMES),
    measured: [] as Measured[],
  }));
  for (const { frames } of kinds) await setup.publisher.publish(frames, performance.now() + WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { frames, measured } of kinds) measured.push(await measure(setup, frames));
  }
  const plain = medianOf(kinds[0]?.measured ?? [], 'perSecond');
  return Object.fromEntries(kinds.map(({ kind, measured }) => [kind.name, rowOf(measured, plain)]));
}

async function measure({ server, redis, publisher }: Setup, frames: readonly string[]): Promise<Measured> {
  const serverBefore = await cpuOf(server.process.pid);
  const redisBefore = redis === undefined ? 0 : await cpuOf(redis.pid);
  const start = performance.now();
  const events = await publisher.publish(frames, start + ROUND_MS);
  const seconds = (performance.now() - start) / 1000;
  const redisSpent = redis === undefined ? 0 : (await cpuOf(redis.pid)) - redisBefore;
  return {
    perSecond: events / seconds,
    serverMicroseconds: ((await cpuOf(server.process.pid)) - serverBefore) / events,
    redisMicroseconds: redisSpent / events,
  };
}

function rowOf(measured: readonly Measured[], plain: number): object {
  const perSecond = medianOf(measured, 'perSecond');
  return {
    'events per second': Math.round(perSecond).toLocaleString('en'),
    'of plain scores': (perSecond / plain).toFixed(2),
    'server µs': medianOf(measured, 'serverMicroseconds').toFixed(2),
    'Redis µs': medianOf(measured, 'redisMicroseconds').toFixed(2),
  };
}

function medianOf(measured: readonly Measured[], of: keyof Measured): number {
  const sorted = measured.map((each) => each[of]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
