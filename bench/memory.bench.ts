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
const CHANNEL = JSON.stringify({ type: 'subscribe', id: 1, channel: 'board:season' });

export async function* tables() {
  const compared = await compare({ ours, limit }, ROUNDS);
  yield [
    `${CONNECTIONS.toLocaleString('en')} subscribed connections at rest`,
    {
      'memory per connection, bytes': rowOf(compared('bytes'), 'at most 1.3'),
      'CPU of the process, % of a core': rowOf(compared('cpu'), 'below 1 %', 2),
    },
  ] as const;
}

async function ours(): Promise<Figures> {
  const server = await startScorewire({ ...OPEN_TO_READERS });
  const port = Number(new URL(server.url).port);
  try {
    return await withConnections(server.process.pid, {
      port,
      path: '/v1/ws',
      hello: [CHANNEL],
      greetings: 2,
    });
  } finally {
    await server.stop();
  }
}

async function limit(): Promise<Figures> {
  const bare = await BareServer.start();
  try {
    return await withConnections(bare.pid, { port: bare.port, path: '/ws/1', hello: [], greetings: 1 });
  } finally {
    await bare.stop();
  }
}

async function withConnections(
  pid: number,
  where: { port: number; path: string; hello: string[]; greetings: number },
): Promise<Figures> {
  // What the first connections make the process allocate is none of theirs.
  const first = await Fleet.connect({ ...where, protocol: SUBPROTOCOLS.json, viewers: FIRST });
  await sleep(REST_MS / 2);
  const before = await memoryOf(pid);
  const fleet = await Fleet.connect({ ...where, protocol: SUBPROTOCOLS.json, viewers: CONNECTIONS });
  await sleep(REST_MS / 2);
  const bytes = ((await memoryOf(pid)) - before) / CONNECTIONS;
  const cpuBefore = await cpuOf(pid);
  await sleep(REST_MS);
  const cpu = (((await cpuOf(pid)) - cpuBefore) / (REST_MS * 1000)) * 100;
  await Promise.all([first.close(), fleet.close()]);
  return { bytes, cpu };
}
