import { WebSocket } from 'ws';
import { SUBPROTOCOLS } from '../protocol/codec.ts';
import type { Position } from '../protocol/views.ts';
import { openHouse } from '../test/support/cluster.ts';
import { startRealEngines } from '../test/support/engines.ts';
import { freePort, waitUntil } from '../test/support/processes.ts';
import { adminToken, type RunningScorewire, request } from '../test/support/scorewire.ts';

/**
 * A gateway dies with all its clients, and one that is started cold in its place takes them, each with the position that it had. What is
 * measured is from the first connection to the last answer; the clients run in one process beside it, on the same machine.
 */
const CLIENTS = Number(process.env.BENCH_CLIENTS ?? 10_000);
const BOARDS = 10;
const ROWS = 100;
/** Handshakes under way: the system keeps no more waiting for a program that listens. */
const AT_ONCE = 400;

interface Returning {
  readonly channel: string;
  since: Position | undefined;
  socket: WebSocket | undefined;
}

interface Answers {
  recovered: number;
  snapshots: number;
  bytes: number;
}

export async function* tables() {
  const engines = await startRealEngines();
  const house = await openHouse(engines.env);
  try {
    await house.broadcaster();
    const port = await freePort();
    let server = await house.server(port);
    await waitUntil(async () => (await request(`${server.url}/readyz`)).status === 200, 'readiness');
    await fill(server);
    const clients = Array.from(
      { length: CLIENTS },
      (_, i): Returning => ({ channel: `board:b${i % BOARDS}`, since: undefined, socket: undefined }),
    );
    const rows: Record<string, object> = {};
    rows['first, without a position'] = await connectAll(clients, server);
    for (const change of ['nothing has changed since', 'all boards have changed since'] as const) {
      server.process.signal('SIGKILL');
      await server.process.exited;
      for (const { socket } of clients) socket?.terminate();
      server = await house.server(port);
      await waitUntil(async () => (await request(`${server.url}/readyz`)).status === 200, 'readiness');
      if (change === 'all boards have changed since') await fill(server);
      rows[`to a cold gateway: ${change}`] = await connectAll(clients, server);
    }
    yield [`${CLIENTS} clients of ${BOARDS} boards with ${ROWS} rows`, rows] as const;
    for (const { socket } of clients) socket?.terminate();
  } finally {
    await house.stop();
    await engines.stop();
  }
}

async function fill(server: RunningScorewire): Promise<void> {
  const token = await adminToken();
  const body = Array.from({ length: BOARDS * ROWS }, (_, i) => ({
    type: 'score',
    board: `b${i % BOARDS}`,
    member: `player-${i}`,
    delta: 1 + (i % 7),
  }));
  const { status } = await request(`${server.url}/v1/events`, { token, body });
  if (status !== 200) throw new Error(`publishing was answered ${status}`);
  // Two ticks, so that what was published is what everybody is told.
  await new Promise((resolve) => setTimeout(resolve, 1200));
}

async function connectAll(clients: readonly Returning[], server: RunningScorewire): Promise<object> {
  const answers: Answers = { recovered: 0, snapshots: 0, bytes: 0 };
  const cpuBefore = await cpuSeconds(server);
  const begin = performance.now();
  const queue = [...clients];
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      await comeBack(next, server.socketUrl, answers);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seconds = (performance.now() - begin) / 1000;
  const cpu = (await cpuSeconds(server)) - cpuBefore;
  return {
    'all served after': `${seconds.toFixed(1)} s`,
    'of the server, per client': `${((cpu / clients.length) * 1e6).toFixed(0)} µs`,
    recovered: answers.recovered,
    snapshots: answers.snapshots,
    'sent, per client': `${Math.round(answers.bytes / clients.length)} bytes`,
  };
}

/** Resolves when it holds what it came for. */
function comeBack(client: Returning, url: string, answers: Answers): Promise<void> {
  return new Promise((resolve, reject) => {
    const { channel, since } = client;
    const socket = new WebSocket(url, [SUBPROTOCOLS.json], { perMessageDeflate: false });
    client.socket = socket;
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', id: 1, channel, since })));
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8'));
      if (frame.type === 'error') reject(new Error(JSON.stringify(frame)));
      if (frame.type !== 'subscribed') return;
      client.since = { epoch: frame.epoch, seq: frame.seq };
      if (frame.recovered === true) answers.recovered += 1;
      else answers.snapshots += 1;
      answers.bytes += data.length;
      // What follows is not looked at: it would be the bench's own work.
      socket.removeAllListeners('message');
      resolve();
    });
  });
}

async function cpuSeconds(server: RunningScorewire): Promise<number> {
  const { body } = await request(`${server.url}/metrics`);
  return Number(/^process_cpu_seconds_total (.*)$/m.exec(body as string)?.[1]);
}
