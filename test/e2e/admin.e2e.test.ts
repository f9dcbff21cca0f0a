import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelInfo, ConnectionInfo, NodeReport } from '../../protocol/node-reports.ts';
import { signToken } from '../../server/auth/tokens.ts';
import { startNats } from '../support/nats-server.ts';
import { waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import { startRedis } from '../support/redis-server.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
  TEST_SECRET,
} from '../support/scorewire.ts';

describe('what operators ask', () => {
  const stops: (() => Promise<unknown>)[] = [];
  let servers: RunningScorewire[];
  let broadcasters: RunningScorewire[];
  let token: string;

  beforeAll(async () => {
    const [redis, nats] = await Promise.all([startRedis(), startNats()]);
    stops.push(redis.stop, nats.stop);
    token = await adminToken();
    const start = async (role: string): Promise<RunningScorewire> => {
      const env = { ...OPEN_TO_READERS, REDIS_URL: redis.url, NATS_URL: nats.url, TICK_MS: '100' };
      const started = await startScorewire({ ...env, ROLE: role, DRAIN_MS: '100' });
      stops.unshift(started.stop);
      return started;
    };
    broadcasters = [await start('broadcaster'), await start('broadcaster')];
    servers = [await start('server'), await start('server')];
    await waitUntil(async () => (await list()).length === 4, 'all nodes to be known');
  }, 60_000);
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  const ask = (path: string, options: { method?: string; token?: string } = {}) =>
    request(`${servers[0]?.url}/v1/admin/${path}`, { token, ...options });
  const list = async (): Promise<readonly NodeReport[]> => (await ask('nodes')).body.nodes;
  /** Not the one that is asked. */
  async function otherServer(): Promise<NodeReport> {
    const [socketUrl = ''] = [servers[1]?.socketUrl];
    const viewer = await connectRaw(socketUrl);
    const { node } = await viewer.waitFor<{ type: 'welcome'; node: string } & never>(
      'the welcome',
      ({ type }) => type === 'welcome',
    );
    viewer.close();
    const found = (await list()).find(({ name }) => name === node);
    if (found === undefined) throw new Error(`${node} is not known`);
    return found;
  }

  it('is for admin tokens only', async () => {
    const reader = await signToken(TEST_SECRET, { sub: 'reader', subscribe: ['*'], publish: ['*'] }, 60);
    for (const path of ['nodes', 'channels', 'nodes/x/connections']) {
      expect((await request(`${servers[0]?.url}/v1/admin/${path}`)).status).toBe(401);
      expect((await ask(path, { token: reader })).status).toBe(403);
    }
    expect((await ask('nodes/x/drain', { method: 'POST', token: reader })).status).toBe(403);
    expect((await ask('nodes/x/connections/y', { method: 'DELETE', token: reader })).status).toBe(403);
  });

  it('tells of every process what it is and does, whichever is asked', async () => {
    await waitUntil(async () => {
      const owned = (await list()).flatMap(({ broadcaster }) => broadcaster?.partitions ?? []);
      return owned.length === 16 && new Set(owned).size === 16;
    }, 'every partition to have one owner');
    const nodes = await list();
    expect(nodes.map(({ role }) => role).toSorted()).toEqual([
      'broadcaster',
      'broadcaster',
      'server',
      'server',
    ]);
    for (const { storeUp, busUp, memoryBytes } of nodes) {
      expect([storeUp, busUp, memoryBytes > 1e6]).toEqual([true, true, true]);
    }
    expect((await ask('nodes')).body.partitions).toBe(16);
  });

  it('shows busy channels of all nodes together, and the clients of another node, and disconnects one', async () => {
    const other = await otherServer();
    const viewers = await Promise.all(
      [0, 1, 1].map((i) => connectRaw(servers[i]?.socketUrl ?? '', { token })),
    );
    for (const viewer of viewers) await viewer.ask({ type: 'subscribe', channel: 'board:busy' });
    await viewers[1]?.ask({ type: 'subscribe', channel: 'board:quiet' });
    const { channels } = (await ask('channels')).body as { channels: ChannelInfo[] };
    expect(channels.slice(0, 2)).toMatchObject([
      { channel: 'board:busy', subscribers: 3, stale: false },
      { channel: 'board:quiet', subscribers: 1 },
    ]);
    const path = `nodes/${other.name}/connections`;
    const { connections } = (await ask(path)).body as { connections: ConnectionInfo[] };
    expect(connections).toMatchObject([
      { kind: 'socket', subject: 'test', subscriptions: 2, behind: false },
      { subscriptions: 1 },
    ]);
    const [first] = connections;
    expect((await ask(`${path}?search=${first?.id.slice(0, 8)}`)).body.connections).toHaveLength(1);
    expect((await ask(`${path}?search=nobody`)).body.connections).toEqual([]);
    expect((await ask(`${path}/${first?.id}`, { method: 'DELETE' })).status).toBe(200);
    expect(await viewers[1]?.closed).toMatchObject({ code: 1001 });
    expect((await ask(`${path}/${first?.id}`, { method: 'DELETE' })).status).toBe(404);
    expect((await ask('nodes/nobody/connections')).status).toBe(404);
    for (const viewer of viewers) viewer.close();
  });

  it('drains a broadcaster, whose partitions go to the other, and a server, whose clients go', async () => {
    const leaving = (await list()).find(({ role }) => role === 'broadcaster');
    expect((await ask(`nodes/${leaving?.name}/drain`, { method: 'POST' })).status).toBe(202);
    await waitUntil(async () => {
      const shares = (await list()).flatMap(({ broadcaster }) => broadcaster?.partitions.length ?? []);
      return shares.toSorted((a, b) => a - b).join() === '0,16';
    }, 'the other broadcaster to have all');
    const other = await otherServer();
    const viewer = await connectRaw(servers[1]?.socketUrl ?? '');
    expect((await ask(`nodes/${other.name}/drain`, { method: 'POST' })).status).toBe(202);
    expect(await viewer.closed).toMatchObject({ code: 4001 });
    expect((await request(`${servers[1]?.url}/readyz`)).status).toBe(503);
    expect((await request(`${servers[1]?.url}/healthz`)).status).toBe(200);
    await waitUntil(async () => (await list()).some(({ draining }) => draining), 'the news of it');
    for (const each of [...broadcasters, ...servers.slice(1)]) {
      each.process.signal('SIGTERM');
      await each.process.exited;
      expect(each.process.exitCode()).toBe(0);
    }
    await waitUntil(async () => (await list()).length === 1, 'the others to be gone');
  });
});
