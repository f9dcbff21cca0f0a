import { afterEach, describe, expect, it } from 'vitest';
import type { AckFrame, ByeFrame } from '../../protocol/frames.ts';
import { freePort, spawnServer, waitUntil } from '../support/processes.ts';
import { connectRaw } from '../support/raw-client.ts';
import {
  adminToken,
  OPEN_TO_READERS,
  type RunningScorewire,
  request,
  startScorewire,
} from '../support/scorewire.ts';
import { hasTestData, LEFT_OUT } from '../support/test-data.ts';

const running: RunningScorewire[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function start(...settings: Parameters<typeof startScorewire>): Promise<RunningScorewire> {
  const server = await startScorewire(...settings);
  running.push(server);
  return server;
}

/** What a start that fails prints. */
async function failedStart(env: Record<string, string>): Promise<string> {
  const error = await spawnServer({
    binary: process.execPath,
    args: ['dist/main.js'],
    install: 'npm ci',
    env: { PATH: process.env.PATH, LOG_LEVEL: 'warn', ...env },
    ready: () => false,
  }).catch((reason: unknown) => reason);
  return String(error).split('its log:\n')[1] ?? String(error);
}

describe('the process', () => {
  it('says what is embedded, and prints an admin token that works, where nothing is set', async () => {
    const server = await start();
    await waitUntil(() => server.process.log().includes('eyJ'), 'the token');
    const output = server.process.log();
    expect(output).toMatch(/^scorewire is listening on http:\/\/127\.0\.0\.1:\d+\n/);
    expect(output).toContain('in memory');
    const token = /eyJ\S+/.exec(output)?.[0] ?? '';
    const answer = await request(`${server.url}/v1/events`, {
      token,
      body: { type: 'score', board: 'b', member: 'm', delta: 1 },
    });
    expect(answer.body).toEqual({ applied: 1, duplicates: 0, rejected: [] });
  });

  it('serves only loopback names while it has no secret', async () => {
    const server = await start();
    const client = await connectRaw(server.socketUrl);
    expect(await client.ask({ type: 'subscribe', channel: 'board:x' })).toMatchObject({ type: 'subscribed' });
    client.close();
    await expect(connectRaw(server.socketUrl, { headers: { host: 'evil.example' } })).rejects.toThrow('403');
    await expect(
      connectRaw(server.socketUrl, { headers: { origin: 'http://evil.example' } }),
    ).rejects.toThrow('403');
  });

  it.each([
    [{ PORT: 'x' }, 'scorewire: PORT=x: must be a whole number from 0 to 65535\n'],
    [{ HOST: '0.0.0.0' }, 'scorewire: HOST=0.0.0.0: is not a loopback address'],
    [{ REDIS_URL: 'mysql://x' }, 'scorewire: REDIS_URL: must be a URL'],
  ])('stops at the bad setting %j with one clear line', async (env, line) => {
    const output = await failedStart(env);
    expect(output).toContain(line);
    expect(output.trim().split('\n')).toHaveLength(1);
  });

  it('stops with one clear line where its port is taken', async () => {
    const port = String(await freePort());
    await start({ PORT: port });
    const output = await failedStart({ PORT: port });
    expect(output).toMatch(new RegExp(`^scorewire: .*${port}.*\n$`));
  });

  it('on SIGTERM settles and acknowledges what it accepted, says bye, closes and exits with 0', async () => {
    const server = await start(OPEN_TO_READERS);
    const client = await connectRaw(server.socketUrl, { token: await adminToken() });
    const events = Array.from({ length: 5000 }, (_, i) => ({
      type: 'score',
      board: 'b',
      member: `m${i}`,
      delta: 1,
    }));
    const ack = client.ask<AckFrame>({ type: 'publish', events });
    // The ping's answer proves that the publish before it has been read.
    await client.ask({ type: 'ping' });
    server.process.signal('SIGTERM');
    expect(await ack).toMatchObject({ type: 'ack', applied: 5000 });
    const bye = await client.waitFor<ByeFrame>('bye', ({ type }) => type === 'bye');
    expect(bye.reconnectAfterMs).toBeGreaterThanOrEqual(0);
    expect((await client.closed).code).toBe(4001);
    await server.process.exited;
    expect(server.process.exitCode()).toBe(0);
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('runs a demonstration game on request, which refills with generated data', async () => {
    const server = await start({ DEMO_PAUSE_MS: '20', ...OPEN_TO_READERS }, ['--demo']);
    const viewer = await connectRaw(server.socketUrl);
    await viewer.ask({ type: 'subscribe', channel: 'board:demo' });
    await viewer.waitFor(
      'two updates',
      () => viewer.frames.filter(({ type }) => type === 'update').length >= 2,
    );
    expect(viewer.violations).toEqual([]);
    viewer.close();
    const token = await adminToken();
    const body = { kind: 'board', board: 'generated', count: 500 };
    expect((await request(`${server.url}/v1/generate_data`, { token, body })).status).toBe(200);
    expect((await request(`${server.url}/v1/boards/generated`)).body.total).toBeGreaterThan(0);
    const plain = await start(OPEN_TO_READERS);
    expect((await request(`${plain.url}/v1/generate_data`, { token, body })).status).toBe(404);
  });

  it('runs a fantasy contest on request, in which everything moves', async () => {
    const env = { DEMO_TEAMS: '300', DEMO_BALL_MS: '20', TICK_MS: '50', ...OPEN_TO_READERS };
    const server = await start(env, ['--demo', 'fantasy']);
    const tournament = `${server.url}/v1/tournaments/fantasy`;
    await waitUntil(async () => (await request(tournament)).body.status === 'started', 'the contest', 20_000);
    const viewer = await connectRaw(server.socketUrl);
    const subscribe = () => viewer.ask({ type: 'subscribe', channel: 'league:fantasy:all' });
    // Until it is loaded only its owner could tell.
    await waitUntil(async () => (await subscribe()).type === 'subscribed', 'the league', 20_000);
    await viewer.waitFor(
      'three updates',
      () => viewer.frames.filter(({ type }) => type === 'update').length >= 3,
      20_000,
    );
    expect(viewer.violations).toEqual([]);
    expect(Object.keys(viewer.state('league:fantasy:all') ?? {})).toHaveLength(100);
    viewer.close();
    const token = await adminToken();
    const body = { kind: 'fantasy', tournament: 'generated', count: 50 };
    const made = await request(`${server.url}/v1/generate_data`, { token, body });
    expect(made.body).toEqual({ applied: 50 + 22, duplicates: 0, rejected: [] });
    const again = await request(`${server.url}/v1/generate_data`, { token, body });
    expect(again.body).toMatchObject({ applied: 22 });
  });

  it.runIf(hasTestData)(`runs a fantasy contest that lives by a file of Cricsheet${LEFT_OUT}`, async () => {
    const file = `${process.env.SCOREWIRE_TEST_DATA}/cricket/1187667.json`;
    const env = { DEMO_TEAMS: '100', DEMO_BALL_MS: '10', TICK_MS: '50', ...OPEN_TO_READERS };
    const server = await start(env, ['--demo', 'fantasy', '--file', file]);
    const team = async () => {
      const page = await request(`${server.url}/v1/tournaments/1187667/leagues/all?limit=1`);
      return page.body.rows?.[0]?.score ?? 0;
    };
    await waitUntil(async () => (await team()) > 150, 'points of balls', 25_000);
    const match = await request(`${server.url}/v1/matches/1187667`);
    expect(match.body.sport).toBe('cricket');
  });

  it.each([
    [['--demo', 'fantasy', '--file', 'nowhere.json'], 'nowhere.json'],
    [['--demo', 'fantasy', '--file', 'package.json'], 'not a match of Cricsheet'],
    [['--demo', '--file', 'package.json'], '--file is for --demo fantasy'],
  ])('refuses %j with one line', async (args, says) => {
    await expect(start(OPEN_TO_READERS, args)).rejects.toThrow(says);
  });

  it('tells health, readiness and serves the page', async () => {
    const server = await start(OPEN_TO_READERS);
    expect((await request(`${server.url}/healthz`)).status).toBe(200);
    const client = await connectRaw(server.socketUrl);
    await client.ask({ type: 'subscribe', channel: 'board:any' });
    await waitUntil(async () => (await request(`${server.url}/readyz`)).status === 200, 'readiness');
    client.close();
    const page = await request(server.url);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect((await request(`${server.url}/..%2fpackage.json`)).status).toBe(404);
    expect((await request(`${server.url}/nothing`)).body).toMatchObject({ code: 'not_found', status: 404 });
  });
});
