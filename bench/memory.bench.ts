import { setTimeout as sleep } from 'node:timers/promises';
import { SUBPROTOCOLS } from '../protocol/codec.ts';
import { OPEN_TO_READERS, startScorewire } from '../test/support/scorewire.ts';
import { BareServer } from './support/bare-server.ts';
import { Fleet } from './support/fleet.ts';
import { compare, type Figures, rowOf } from './support/pairs.ts';
import { cpuOf, memoryOf } from './support/process-usage.ts';

/** What a connection costs that is subscribed to one channel and at rest, beside a bare uWebSockets.js program with the same connections and topics. */
const CONNECTIONS = 10_000;
/** Before them. */
const FIRST = 1000;
/** Of new processes each. */
const ROUNDS = 5;
const REST_MS = 3000;
/** What a process has depends on when it last collected its garbage; what it keeps does not. */
const COLLECTABLE = {
  NODE_OPTIONS: `--import ${new URL('./support/collectable.mjs', import.meta.url)}`,
};
const COLLECTION_MS = 1500;
const CHANNEL = JSON.stringify({ type: 'subscribe', id: 1, channel: 'board:season' });

export async function* tables() {
  const found = await compare({ ours: () => ours(memoryOf), limit: () => limit(memoryOf) }, ROUNDS);
  const kept = await compare({ ours: () => ours(keptMemoryOf), limit: () => limit(keptMemoryOf) }, ROUNDS);
  yield [
    `${CONNECTIONS.toLocaleString('en')} subscribed connections at rest`,
    {
      'memory per connection, bytes': rowOf(found('bytes'), 'at most 1.3'),
      'what stays of it without garbage, bytes': rowOf(kept('bytes'), ''),
      'CPU of the process, % of a core': rowOf(found('cpu'), 'below 1 %', 2),
    },
  ] as const;
}

type ReadMemory = (pid: number) => Promise<number>;

async function ours(readMemory: ReadMemory): Promise<Figures> {
  const server = await startScorewire({ ...OPEN_TO_READERS, ...COLLECTABLE });
  const port = Number(new URL(server.url).port);
  try {
    return await withConnections(server.process.pid, readMemory, {
      port,
      path: '/v1/ws',
      hello: [CHANNEL],
      greetings: 2,
    });
  } finally {
    await server.stop();
  }
}

async function limit(readMemory: ReadMemory): Promise<Figures> {
  const bare = await BareServer.start(COLLECTABLE);
  try {
    const where = { port: bare.port, path: '/ws/1', hello: [], greetings: 1 };
    return await withConnections(bare.pid, readMemory, where);
  } finally {
    await bare.stop();
  }
}

async function withConnections(
  pid: number,
  readMemory: ReadMemory,
  where: { port: number; path: string; hello: string[]; greetings: number },
): Promise<Figures> {
  // What the first connections make the process allocate is none of theirs.
  const first = await Fleet.connect({ ...where, protocol: SUBPROTOCOLS.json, viewers: FIRST });
  await sleep(REST_MS / 2);
  const before = await readMemory(pid);
  const fleet = await Fleet.connect({ ...where, protocol: SUBPROTOCOLS.json, viewers: CONNECTIONS });
  await sleep(REST_MS / 2);
  const bytes = ((await readMemory(pid)) - before) / CONNECTIONS;
  const cpuBefore = await cpuOf(pid);
  await sleep(REST_MS);
  const cpu = (((await cpuOf(pid)) - cpuBefore) / (REST_MS * 1000)) * 100;
  await Promise.all([first.close(), fleet.close()]);
  return { bytes, cpu };
}

async function keptMemoryOf(pid: number): Promise<number> {
  process.kill(pid, 'SIGUSR2');
  await sleep(COLLECTION_MS);
  return memoryOf(pid);
}
