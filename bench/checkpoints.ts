/**
 * What one automatic checkpoint of a large board costs on a real Redis: `npx tsx bench/checkpoints.ts [members]`. The board is filled,
 * gets its first checkpoint, changes by a quarter of what the log keeps, and gets the next one.
 */
import { Redis } from 'ioredis';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../scoring/registry.ts';
import { createCheckpointKeeper } from '../store/recompute/checkpoint-keeper.ts';
import { createRedisStore } from '../store/redis/redis-store.ts';
import { DEFAULT_STORE_OPTIONS, MAX_BATCH_OPERATIONS, type ScoreOperation } from '../store/score-store.ts';
import { startRedis } from '../test/support/redis-server.ts';

const MEMBERS = Number(process.argv[2] ?? 100_000);
const options = { ...DEFAULT_STORE_OPTIONS, partitions: 1 };
const { logOperations } = options;

const redis = await startRedis();
const admin = new Redis(redis.port);
const store = createRedisStore({ ...options, url: redis.url, logger: silentLogger });
await store.start();

async function write(count: number, operation: (index: number) => ScoreOperation): Promise<number> {
  let position = 0;
  for (let from = 0; from < count; from += MAX_BATCH_OPERATIONS) {
    const length = Math.min(MAX_BATCH_OPERATIONS, count - from);
    const operations = Array.from({ length }, (_, index) => operation(from + index));
    ({ position } = await store.apply({ partition: 0, acceptedAt: Date.now(), parts: [{ operations }] }));
  }
  return position;
}

async function redisCpuMs(): Promise<number> {
  const info = await admin.info('cpu');
  const seconds = [...info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].map(([, value]) => Number(value));
  return 1000 * seconds.reduce((sum, value) => sum + value, 0);
}

/** Takes the next checkpoint and tells what that cost. */
async function measure(title: string, position: number): Promise<void> {
  const [redisBefore, nodeBefore, startedAt] = [await redisCpuMs(), process.cpuUsage(), performance.now()];
  let longestPauseMs = 0;
  let turnAt = performance.now();
  const timer = setInterval(() => {
    longestPauseMs = Math.max(longestPauseMs, performance.now() - turnAt - 1);
    turnAt = performance.now();
  }, 1);
  const deps = {
    ...{ store, clock: systemClock, logger: silentLogger },
    ...{ scoring: BUILT_IN_SCORING, mayWorkOn: () => true },
  };
  const keeper = createCheckpointKeeper(deps, { intervalMs: 1, logOperations });
  await keeper.start();
  while (Number((await store.readCheckpointPositions(['b']))[0] ?? 0) < position) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await keeper.stop();
  clearInterval(timer);
  const { user, system } = process.cpuUsage(nodeBefore);
  const figures = {
    redisCpuMs: (await redisCpuMs()) - redisBefore,
    nodeCpuMs: (user + system) / 1000,
    tookMs: performance.now() - startedAt,
    longestTurnMs: longestPauseMs,
  };
  const texts = Object.entries(figures).map(([name, value]) => `${name} ${Math.round(value)}`);
  console.log(`${title}: ${texts.join(', ')}`);
}

const member = (index: number): string => `player ${(index * 7919) % MEMBERS}`;
const filled = await write(MEMBERS, (index) => ({
  ...{ op: 'set', board: 'b', member: member(index), value: index },
}));
await measure(`first checkpoint of ${MEMBERS} members`, filled);
const changed = await write(logOperations / 4, (index) => ({
  ...{ op: 'delta', board: 'b', member: member(index * 3), value: 1 },
}));
await measure(`the next, after ${logOperations / 4} operations`, changed);
await store.stop();
admin.disconnect();
await redis.stop();
