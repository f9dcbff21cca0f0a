import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Rows } from '../../protocol/views.ts';
import { startNats } from '../support/nats-server.ts';
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
  readonly image?: string;
  readonly build?: string;
  readonly command?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: readonly string[];
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
};
const service = (name: string): Service => {
  const found = services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

/** Images can't be run everywhere, so the composed services run as processes with the same commands and settings. */
describe('docker-compose.yml', () => {
  const stops: (() => Promise<void>)[] = [];
  const running = new Map<string, RunningScorewire>();
  let redisPort: number;

  beforeAll(async () => {
    const args = (service('redis').command ?? '').split(' ').slice(1);
    const redis = await startRedis({ args });
    redisPort = redis.port;
    const nats = await startNats();
    stops.push(redis.stop, nats.stop);
    for (const [name, { build, environment = {} }] of Object.entries(services)) {
      if (build === undefined) continue;
      const env = Object.entries(environment).map(([key, value]) => [
        key,
        value
          .replace('redis:6379', `127.0.0.1:${redis.port}`)
          .replace('nats:4222', `127.0.0.1:${nats.port}`)
          .replace(/^\$\{AUTH_SECRET.*\}$/, TEST_SECRET)
          // Containers have addresses of their own, processes share one.
          .replace('9464', '0'),
      ]);
      const started = await startScorewire(Object.fromEntries(env));
      running.set(name, started);
      stops.unshift(started.stop);
    }
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  it('starts two servers and two broadcasters that depend on what is there', () => {
    expect([...running.keys()]).toEqual(['server-1', 'server-2', 'broadcaster-1', 'broadcaster-2']);
    for (const { depends_on = [] } of Object.values(services)) {
      for (const name of depends_on) expect(services[name]).toBeDefined();
    }
  });

  it('keeps scores on disk and never throws them away', async () => {
    const setting = async (name: string) =>
      ((await redisCommand(redisPort, 'CONFIG', 'GET', name)) as string[])[1];
    expect(await setting('appendonly')).toBe('yes');
    expect(await setting('appendfsync')).toBe('everysec');
    expect(await setting('maxmemory-policy')).toBe('noeviction');
  });

  it('carries a score from one server to a viewer at the other', async () => {
    const [first, second] = [running.get('server-1'), running.get('server-2')];
    const viewer = await connectRaw(second?.socketUrl ?? '');
    await viewer.ask({ type: 'subscribe', channel: 'board:cup' });
    const body = { type: 'score', board: 'cup', member: 'ann', delta: 3 };
    expect((await request(`${first?.url}/v1/events`, { token: await adminToken(), body })).status).toBe(200);
    await viewer.waitForState('board:cup', (rows) => (rows as Rows).length === 1);
    viewer.close();
  });
});

describe('the Dockerfile', () => {
  it('copies what exists, builds as the package does, and runs what npm start runs, not as root', () => {
    const dockerfile = read('Dockerfile');
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(dockerfile).toContain('CMD ["node", "dist/main.js"]');
    expect(scripts.start).toBe('node dist/main.js');
    expect(dockerfile).toContain('npm run build');
    expect(dockerfile).toMatch(/^USER node$/m);
    for (const file of ['package.json', 'package-lock.json']) {
      expect(existsSync(new URL(`../../${file}`, import.meta.url))).toBe(true);
    }
  });
});
