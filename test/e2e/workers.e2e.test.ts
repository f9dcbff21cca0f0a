import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Rows } from '../../protocol/views.ts';
import { type Engines, startRealEngines } from '../support/engines.ts';
import { spawnServer, waitUntil } from '../support/processes.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';

const WORKERS = 3;
/** Of one that takes another's place, on a busy machine. */
const START_MS = 30_000;
/** With so many, one that is never chosen is no chance. */
const CLIENTS = 60;
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;

let engines: Engines;
let group: RunningScorewire;
const clients: RawClient[] = [];
let metricsPort: number;

beforeAll(async () => {
  engines = await startRealEngines();
});
afterAll(() => engines.stop());
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await group?.stop();
}, 30_000);

async function start(): Promise<void> {
  metricsPort = await freePorts(WORKERS);
  group = await startScorewire(
    { ...OPEN_TO_READERS, ...engines.env, METRICS_PORT: String(metricsPort), DRAIN_MS: '500' },
    ['--workers', String(WORKERS)],
  );
}

/**
 * The first of so many ports in a row that nobody listens on. They are below those that the system gives to connections and to who asks for any port
 * (32768 on Linux), which come and go while other tests run.
 */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(LOWEST_PORT, HIGHEST_PORT - count);
    const taken = await Promise.all(Array.from({ length: count }, (_, i) => answers(first + i)));
    if (!taken.includes(true)) return first;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Of each worker by its metrics; `undefined` while it is away. */
function metricOf(worker: number, name: string): Promise<number | undefined> {
  return request(`http://127.0.0.1:${metricsPort + worker}/metrics`).then(
    ({ body }) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(body as string)?.[1]),
    () => undefined,
  );
}

function connectionsOfEach(): Promise<(number | undefined)[]> {
  return Promise.all(Array.from({ length: WORKERS }, (_, i) => metricOf(i, 'scorewire_connections')));
}

/** The process ids of the workers. */
async function pids(): Promise<readonly number[]> {
  const { pid } = group.process;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.trim().split(' ').filter(Boolean).map(Number);
}

describe('workers that share a port', () => {
  it('serve the same boards, each some of the connections, and one that is killed is replaced', async () => {
    await start();
    expect(group.process.log()).toContain(`${WORKERS} processes share the port`);
    for (let i = 0; i < CLIENTS; i++) clients.push(await connectRaw(group.socketUrl));
    const shares = await connectionsOfEach();
    expect(shares.reduce((sum: number, share) => sum + (share ?? 0), 0)).toBe(CLIENTS);
    expect(shares.every((share) => (share ?? 0) > 0)).toBe(true);

    for (const client of clients) await client.ask({ type: 'subscribe', channel: 'board:shared' });
    const token = await adminToken();
    const publish = async (value: number) => {
      const body = { type: 'score', board: 'shared', member: 'ann', set: value };
      return (await request(`${group.url}/v1/events`, { token, body })).status;
    };
    expect(await publish(1)).toBe(200);
    const holds = (value: number) => (rows: unknown) => (rows as Rows)[0]?.[1] === value;
    for (const client of clients) await client.waitForState('board:shared', holds(1));

    const [victim = 0] = await pids();
    process.kill(victim, 'SIGKILL');
    await waitUntil(
      async () => {
        const now = await pids();
        return now.length === WORKERS && !now.includes(victim);
      },
      'another worker',
      START_MS,
    );
    await waitUntil(async () => !(await connectionsOfEach()).includes(undefined), 'its metrics', START_MS);
    const rest = clients.filter(({ socket }) => socket.readyState === socket.OPEN);
    expect(rest.length).toBeGreaterThan(0);
    expect(rest.length).toBeLessThan(CLIENTS);
    await waitUntil(async () => (await publish(2)) === 200, 'a publish');
    for (const client of rest) await client.waitForState('board:shared', holds(2));
  }, 90_000);

  it('stop together, each saying bye to its clients', async () => {
    await start();
    for (let i = 0; i < 12; i++) clients.push(await connectRaw(group.socketUrl));
    group.process.signal('SIGTERM');
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
    expect(new Set(codes)).toEqual(new Set([4001]));
    await group.process.exited;
    expect(group.process.exitCode()).toBe(0);
  }, 90_000);

  it('end in order where their parent is killed', async () => {
    await start();
    const workers = await pids();
    expect(workers).toHaveLength(WORKERS);
    const client = await connectRaw(group.socketUrl);
    group.process.signal('SIGKILL');
    expect((await client.closed).code).toBe(4001);
    await waitUntil(() => workers.every((pid) => !isAlive(pid)), 'all workers to end');
  }, 90_000);

  it('do not start beside another program on the port, nor where they would not meet', async () => {
    await start();
    const taken = { ...OPEN_TO_READERS, ...engines.env, WORKERS: '2', PORT: new URL(group.url).port };
    expect(await failedStart(taken)).toContain('the port is taken');
    expect(await failedStart({ ...OPEN_TO_READERS, WORKERS: '2' })).toContain('needs REDIS_URL and NATS_URL');
    // What is wrong with a worker is said once, and ends them all.
    const log = await failedStart({
      ...OPEN_TO_READERS,
      ...engines.env,
      WORKERS: '2',
      PORT: '0',
      PARTITIONS: '7',
    });
    expect(log).toContain('set PARTITIONS=16');
    expect(log).toContain('worker 0 did not start');
  }, 90_000);
});

async function failedStart(env: Record<string, string>): Promise<string> {
  const error = await spawnServer({
    binary: process.execPath,
    args: ['dist/main.js'],
    install: 'npm ci',
    env: { PATH: process.env.PATH, LOG_LEVEL: 'warn', ...env },
    ready: () => false,
  }).catch((reason: unknown) => reason);
  return String(error);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
