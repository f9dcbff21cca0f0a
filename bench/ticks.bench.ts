import { setTimeout as sleep } from 'node:timers/promises';
import { SUBPROTOCOLS } from '../protocol/codec.ts';
import type { ScorewireEvent } from '../protocol/events.ts';
import { startRedis } from '../test/support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../test/support/scorewire.ts';
import { ChangeFeed } from './support/change-feed.ts';
import { Fleet } from './support/fleet.ts';
import { median } from './support/pairs.ts';

/** A tick that finds very many boards changed, few of which somebody watches. */
const BOARDS = 100_000;
const WATCHED = 1000;
/** Long enough to change all of them in between. */
const TICK_MS = 10_000;
const ROUNDS = 5;
const MOST_ROUNDS = 4 * ROUNDS;

export async function* tables() {
  yield ['in memory', await measure({})] as const;
  const redis = await startRedis();
  yield ['over Redis', await measure({ REDIS_URL: redis.url })] as const;
  await redis.stop();
}

async function measure(env: Record<string, string>): Promise<Record<string, object>> {
  const server = await startScorewire({
    ...OPEN_TO_READERS,
    ...env,
    TICK_MS: String(TICK_MS),
    MAX_SUBSCRIPTIONS_PER_CONNECTION: String(WATCHED),
    MAX_PUBLISHES_PER_SECOND: '0',
  });
  const feed = await ChangeFeed.connect(server.socketUrl, await adminToken());
  await feed.publish(changes(0));
  const apart = BOARDS / WATCHED;
  const viewer = await Fleet.connect({
    port: Number(new URL(server.url).port),
    path: '/v1/ws',
    protocol: SUBPROTOCOLS.json,
    viewers: 1,
    hello: Array.from({ length: WATCHED }, (_, i) =>
      JSON.stringify({ type: 'subscribe', id: i, channel: `board:board-${i * apart}` }),
    ),
    greetings: 1 + WATCHED,
  });
  const took: number[] = [];
  await nextTick();
  for (let round = 1; took.length < ROUNDS; round++) {
    await viewer.reset(TICK_MS);
    const before = await tickSeconds(server);
    const tick = tickNow();
    await feed.publish(changes(round));
    const isOfOneTick = tickNow() === tick;
    await nextTick();
    // Where publishing took longer than until the tick, some of it was told by one and some by the next.
    if (!isOfOneTick && round < MOST_ROUNDS) continue;
    const { updates } = await viewer.read();
    if (updates !== WATCHED) throw new Error(`${updates} updates instead of ${WATCHED}`);
    took.push(((await tickSeconds(server)) - before) * 1000);
  }
  feed.close();
  await viewer.close();
  await server.stop();
  return {
    [`a tick with ${BOARDS.toLocaleString('en')} changed boards, ${WATCHED} watched, ms`]: {
      median: median(took).toFixed(0),
      worst: Math.max(...took).toFixed(0),
      aim: 'below 100',
    },
  };
}

/** Well after it. */
function nextTick(): Promise<void> {
  return sleep(TICK_MS - (Date.now() % TICK_MS) + 1500);
}

function tickNow(): number {
  return Math.floor(Date.now() / TICK_MS);
}

/** Of all ticks so far. */
async function tickSeconds({ url }: RunningScorewire): Promise<number> {
  const { body } = await request(`${url}/metrics`);
  return Number(/^scorewire_broadcaster_tick_seconds_sum (\S+)/m.exec(body)?.[1]);
}

function changes(round: number): ScorewireEvent[] {
  return Array.from({ length: BOARDS }, (_, i) => {
    return { type: 'score', board: `board-${i}`, member: `player_${round % 3}`, delta: 1 + (i % 7) };
  });
}
