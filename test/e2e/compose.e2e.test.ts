import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { connect } from '../../client/index.ts';
import type { Rows } from '../../protocol/views.ts';
import { startHaproxy } from '../support/haproxy.ts';
import { openHistory } from '../support/history.ts';
import { startNats } from '../support/nats-server.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import { redisCommand } from '../support/redis-command.ts';
import { startRedis } from '../support/redis-server.ts';
import {
  adminToken,
  type RunningScorewire,
  request,
  startScorewire,
  TEST_SECRET,
} from '../support/scorewire.ts';

interface Service {
  readonly build?: string;
  readonly command?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
};
const argsOf = (name: string): string[] => (services[name]?.command ?? '').split(' ');

const PASSWORD = 'of-the-composed-database';

/** Images can't be run everywhere, so the composed services run as processes with the same commands and settings. */
describe('docker-compose.yml', () => {
  const stops: (() => Promise<void>)[] = [];
  const running = new Map<string, RunningScorewire>();
  let redisPort: number;
  let postgres: PostgresServer;
  let url: string;

  beforeAll(async () => {
    const [redis, nats, database] = await Promise.all([
      startRedis({ args: argsOf('redis').slice(1) }),
      startNats({ args: argsOf('nats').map((argument) => (argument === '8222' ? '0' : argument)) }),
      startPostgres({ user: services.postgres?.environment?.POSTGRES_USER ?? '', password: PASSWORD }),
    ]);
    postgres = database;
    redisPort = redis.port;
    stops.push(redis.stop, nats.stop, postgres.stop);
    const start = async (name: string, environment: Readonly<Record<string, string>>) => {
      const env = Object.entries(environment).map(([key, value]) => [
        key,
        value
          .replace('redis:6379', `127.0.0.1:${redis.port}`)
          .replace('nats:4222', `127.0.0.1:${nats.port}`)
          .replace('postgres:5432', `127.0.0.1:${postgres.port}`)
          .replace(/\$\{POSTGRES_PASSWORD:\?[^}]*\}/, PASSWORD)
          .replace(/^\$\{AUTH_SECRET.*\}$/, TEST_SECRET)
          // Containers have addresses of their own, processes share one.
          .replace('9464', '0'),
      ]);
      const started = await startScorewire(Object.fromEntries(env));
      running.set(name, started);
      stops.unshift(started.stop);
    };
    for (const [name, { build, environment = {} }] of Object.entries(services)) {
      if (build !== undefined) await start(name, environment);
    }
    const balancer = await startHaproxy(read('deploy/haproxy/haproxy.cfg'), {
      'server-1:8080': hostOf('server-1'),
      'server-2:8080': hostOf('server-2'),
    });
    stops.unshift(balancer.stop);
    url = balancer.url;
    await waitUntil(
      async () => (await request(`${url}/readyz`)).status === 200,
      'a server behind the balancer',
    );
  }, 120_000);
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  const hostOf = (name: string): string => new URL(running.get(name)?.url ?? '').host;

  it('starts two servers, two broadcasters and an archiver', () => {
    expect([...running.keys()].toSorted()).toEqual([
      'archiver',
      'broadcaster-1',
      'broadcaster-2',
      'server-1',
      'server-2',
    ]);
  });

  it('keeps scores on disk and never throws them away', async () => {
    const setting = async (name: string) =>
      ((await redisCommand(redisPort, 'CONFIG', 'GET', name)) as string[])[1];
    expect(await setting('appendonly')).toBe('yes');
    expect(await setting('appendfsync')).toBe('everysec');
    expect(await setting('maxmemory-policy')).toBe('noeviction');
  });

  it('lets every process be scraped, but not through the balancer', async () => {
    const { scrape_configs: jobs } = parse(read('deploy/prometheus/prometheus.yml')) as {
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    const targets = jobs.flatMap((job) => job.static_configs.flatMap((each) => each.targets));
    expect(targets.toSorted()).toEqual([...running.keys()].map((name) => `${name}:9464`).toSorted());
    for (const { process } of running.values()) {
      const [, address = ''] = /metrics are on (http:\S+)/.exec(process.log()) ?? [];
      expect((await request(address)).body).toContain('scorewire_store_up 1');
    }
    expect((await request(`${url}/metrics`)).status).toBe(404);
  });

  it('carries a score from one server to a viewer at the other', async () => {
    const viewer = await connectRaw(running.get('server-2')?.socketUrl ?? '');
    await viewer.ask({ type: 'subscribe', channel: 'board:cup' });
    const body = { type: 'score', board: 'cup', member: 'ann', delta: 3 };
    const published = await request(`http://${hostOf('server-1')}/v1/events`, {
      token: await adminToken(),
      body,
    });
    expect(published.status).toBe(200);
    await viewer.waitForState('board:cup', (rows) => (rows as Rows).length === 1);
    viewer.close();
  });

  it('carries a score into the history', async () => {
    const body = { type: 'score', board: 'kept', member: 'ann', delta: 3 };
    expect((await request(`${url}/v1/events`, { token: await adminToken(), body })).status).toBe(200);
    const history = await openHistory(postgres.url);
    const changes = () =>
      history.query("SELECT member, delta FROM scorewire.score_changes WHERE board = 'kept'");
    await waitUntil(async () => (await changes()).length === 1, 'the score in the history');
    expect(await changes()).toEqual([{ member: 'ann', delta: 3 }]);
    await history.close();
  });

  it('passes streams of events through the balancer as they come', async () => {
    const abort = new AbortController();
    const response = await fetch(`${url}/v1/sse?channel=board:streamed`, { signal: abort.signal });
    const body = { type: 'score', board: 'streamed', member: 'ann', delta: 3 };
    let text = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        if (text.includes('event: update')) return;
      }
    })();
    await waitUntil(() => text.includes('event: subscribed'), 'the first state');
    await request(`${url}/v1/events`, { token: await adminToken(), body });
    await reading;
    abort.abort();
    expect(text).toContain('"ann"');
  });

  it('loses no request and no viewer where a server is stopped', async () => {
    const token = await adminToken();
    const clients = Array.from({ length: 4 }, () =>
      connect({ url: `${url.replace('http', 'ws')}/v1/ws`, WebSocket }),
    );
    const seen = clients.map(() => 0);
    for (const [i, client] of clients.entries()) {
      client.board('moved', ({ state }) => {
        seen[i] = state[0]?.[1] ?? 0;
      });
    }
    const publish = (set: number) =>
      request(`${url}/v1/events`, { token, body: { type: 'score', board: 'moved', member: 'ann', set } });
    expect((await publish(1)).status).toBe(200);
    await waitUntil(() => seen.every((score) => score === 1), 'all viewers to see the score');
    const leaving = running.get('server-1');
    leaving?.process.signal('SIGTERM');
    const statuses: number[] = [];
    while (leaving?.process.exitCode() === null) {
      statuses.push((await request(`${url}/v1/boards/moved`)).status);
    }
    expect([leaving?.process.exitCode(), new Set(statuses)]).toEqual([0, new Set([200])]);
    expect((await publish(2)).status).toBe(200);
    await waitUntil(() => seen.every((score) => score === 2), 'all viewers to see the next score', 15_000);
    await Promise.all(clients.map((client) => client.close()));
  });
});
