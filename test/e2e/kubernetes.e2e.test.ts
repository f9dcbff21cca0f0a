import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rows } from '../../protocol/views.ts';
import { type Manifest, readManifests } from '../support/manifests.ts';
import { startNats } from '../support/nats-server.ts';
import { freePort, waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import { startRedis } from '../support/redis-server.ts';
import {
  adminToken,
  type RunningScorewire,
  request,
  startScorewire,
  TEST_SECRET,
} from '../support/scorewire.ts';

const manifests = readManifests();
const named = (name: string): Manifest => {
  const found = manifests.find(({ kind, metadata }) => kind !== 'Service' && metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};
const containerOf = (name: string) => named(name).spec.template.spec.containers[0];

/** There is no cluster here, so what pods would run runs as processes with the same commands, settings and probes. */
describe('the manifests', () => {
  const stops: (() => Promise<void>)[] = [];
  const running = new Map<string, RunningScorewire>();
  const metrics = new Map<string, number>();
  const names = ['scorewire-server', 'scorewire-broadcaster'];

  beforeAll(async () => {
    const redis = await startRedis({ args: containerOf('redis').args.slice(1) });
    const nats = await startNats({
      args: containerOf('nats').args.map((each: string) => each.replace('8222', '0')),
    });
    stops.push(redis.stop, nats.stop);
    for (const name of names) {
      const own = containerOf(name).env.map((each: { name: string; value: string }) => [
        each.name,
        each.value,
      ]);
      const port = await freePort();
      metrics.set(name, port);
      const started = await startScorewire({
        ...named('scorewire').data,
        ...Object.fromEntries(own),
        REDIS_URL: redis.url,
        NATS_URL: nats.url,
        AUTH_SECRET: TEST_SECRET,
        // Pods have addresses of their own, processes share one.
        PORT: '0',
        METRICS_PORT: String(port),
      });
      running.set(name, started);
      stops.unshift(started.stop);
    }
  }, 60_000);
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  const [server, broadcaster] = names as [string, string];
  const urlOf = (name: string): string =>
    new URL(running.get(name)?.url ?? '').href.replace('0.0.0.0', '127.0.0.1');

  it('have probes that a running process passes', async () => {
    for (const name of names) {
      const { path } = containerOf(name).livenessProbe.httpGet;
      expect((await request(`http://127.0.0.1:${metrics.get(name)}${path}`)).status).toBe(200);
    }
    const { path } = containerOf(server).readinessProbe.httpGet;
    await waitUntil(
      async () => (await request(new URL(path, urlOf(server)).href)).status === 200,
      'readiness',
    );
  });

  it('give settings under which a score reaches a viewer', async () => {
    const url = urlOf(server);
    const viewer = await connectRaw(`${url.replace('http', 'ws')}v1/ws`);
    await viewer.ask({ type: 'subscribe', channel: 'board:cup' });
    const body = { type: 'score', board: 'cup', member: 'ann', delta: 3 };
    expect((await request(`${url}v1/events`, { token: await adminToken(), body })).status).toBe(200);
    await viewer.waitForState('board:cup', (rows) => (rows as Rows).length === 1);
    viewer.close();
  });

  it('let a process end in time that is told to', async () => {
    for (const name of [broadcaster, server]) {
      const { process } = running.get(name) ?? {};
      process?.signal('SIGTERM');
      await process?.exited;
      expect([name, process?.exitCode()]).toEqual([name, 0]);
    }
  });
});
