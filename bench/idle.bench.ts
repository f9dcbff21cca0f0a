import { setTimeout as sleep } from 'node:timers/promises';
import { startNats } from '../test/support/nats-server.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { OPEN_TO_READERS, startScorewire } from '../test/support/scorewire.ts';
import { BareServer } from './support/bare-server.ts';
import { median } from './support/pairs.ts';
import { cpuOf } from './support/process-usage.ts';

/** What a process costs that nobody has anything to do with: all roles in one, embedded and over Redis and NATS, beside a bare uWebSockets.js program. */
const ROUNDS = 3;
/** A process that has just been started compiles what it runs. */
const WARM_UP_MS = 15_000;
const REST_MS = 60_000;
const AIM_PERCENT = 1;

interface Resting {
  /** By what they are called in the table. */
  readonly pids: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

export async function* tables() {
  const rounds: Record<string, number>[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure());
  const rows = Object.keys(rounds[0] ?? {}).map((name) => {
    const shares = rounds.map((shareOf) => shareOf[name] ?? Number.NaN);
    return [name, rowOf(shares, name.startsWith('scorewire') ? `below ${AIM_PERCENT} %` : '')] as const;
  });
  yield [`a minute at rest, % of a core, median of ${ROUNDS}`, Object.fromEntries(rows)] as const;
}

/** All of them side by side, so that what else the machine does befalls each; they hardly take anything from one another. */
async function measure(): Promise<Record<string, number>> {
  const resting = await Promise.all([bare(), embedded(), overEngines()]);
  const processes = resting.flatMap(({ pids }) => Object.entries(pids));
  try {
    await sleep(WARM_UP_MS);
    const before = await Promise.all(processes.map(([, pid]) => cpuOf(pid)));
    await sleep(REST_MS);
    const after = await Promise.all(processes.map(([, pid]) => cpuOf(pid)));
    const shareOf = (i: number): number => (((after[i] ?? 0) - (before[i] ?? 0)) / (REST_MS * 1000)) * 100;
    return Object.fromEntries(processes.map(([name], i) => [name, shareOf(i)]));
  } finally {
    for (const { stop } of resting) await stop();
  }
}

async function bare(): Promise<Resting> {
  const server = await BareServer.start();
  return { pids: { 'a bare uWebSockets.js program': server.pid }, stop: () => server.stop() };
}

async function embedded(): Promise<Resting> {
  const server = await startScorewire({ ...OPEN_TO_READERS });
  return { pids: { 'scorewire, embedded': server.process.pid }, stop: () => server.stop() };
}

async function overEngines(): Promise<Resting> {
  const [redis, nats] = await Promise.all([startRedis(), startNats()]);
  const server = await startScorewire({ ...OPEN_TO_READERS, REDIS_URL: redis.url, NATS_URL: nats.url });
  return {
    pids: { 'scorewire, Redis and NATS': server.process.pid, 'its Redis': redis.pid },
    stop: async () => {
      await server.stop();
      await Promise.all([redis.stop(), nats.stop()]);
    },
  };
}

function rowOf(shares: readonly number[], aim: string): object {
  const shown = (share: number): string => share.toFixed(2);
  return {
    median: shown(median(shares)),
    least: shown(Math.min(...shares)),
    most: shown(Math.max(...shares)),
    aim,
  };
}
