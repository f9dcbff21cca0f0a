import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { spawnServer } from '../support/processes.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { adminToken, request, startScorewire, TEST_SECRET } from '../support/scorewire.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function redis(): Promise<RedisServer> {
  const server = await startRedis();
  ends.push(() => server.stop());
  return server;
}

/** Resolves when the request is on its way; `answer` is everything that comes back until the server closes. */
async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ answer: Promise<string> }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  const answer = socket.toArray().then((chunks) => chunks.join(''));
  answer.catch(() => undefined);
  const text = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${await adminToken()}`,
    ...(body === undefined ? [] : ['content-type: application/json', `content-length: ${text.length}`]),
  ];
  await new Promise<void>((resolve) => {
    socket.write(`${head.join('\r\n')}\r\n\r\n${text}`, () => resolve());
  });
  return { answer };
}

/** Accepts connections and never says a word. */
async function silentServer(): Promise<{ port: number; connected: Promise<unknown> }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    ends.push(() => socket.destroy());
  });
  const connected = once(server, 'connection');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, connected };
}

describe('SIGTERM', () => {
  it('lets the answers of HTTP requests leave that were read before, whatever they do', async () => {
    const { url: REDIS_URL, ...store } = await redis();
    const server = await startScorewire({ REDIS_URL, AUTH_SECRET: TEST_SECRET });
    ends.push(() => server.stop());
    const event = (member: string) => ({ type: 'score', board: 'b', member, delta: 1 });
    const token = await adminToken();
    expect((await request(`${server.url}/v1/events`, { token, body: event('a') })).status).toBe(200);
    store.pause();
    ends.push(() => store.resume());
    const requests = [
      await send(server.url, 'POST', '/v1/events', event('b')),
      await send(server.url, 'PUT', '/v1/boards/other', { top: 7 }),
      await send(server.url, 'GET', '/v1/boards/b'),
      await send(server.url, 'DELETE', '/v1/boards/b/members/a'),
    ];
    // The server reads in order of arrival: with this answer it has read the others.
    expect((await request(`${server.url}/healthz`)).status).toBe(200);
    server.process.signal('SIGTERM');
    store.resume();
    for (const { answer } of requests) expect(await answer).toMatch(/^HTTP\/1.1 20\d /);
    await server.process.exited;
    expect(server.process.exitCode()).toBe(0);
  });

  it.each(['REDIS_URL', 'NATS_URL'] as const)(
    'ends a start at once that waits for %s, with exit code 0',
    async (waitsFor) => {
      const { port, connected } = await silentServer();
      const scheme = waitsFor === 'REDIS_URL' ? 'redis' : 'nats';
      let isConnected = false;
      void connected.then(() => {
        isConnected = true;
      });
      const server = await spawnServer({
        binary: process.execPath,
        args: ['dist/main.js'],
        install: 'npm ci',
        env: {
          PATH: process.env.PATH,
          PORT: '0',
          LOG_LEVEL: 'silent',
          [waitsFor]: `${scheme}://127.0.0.1:${port}`,
        },
        ready: () => isConnected,
      });
      ends.push(() => server.stop());
      server.signal('SIGTERM');
      await server.exited;
      expect(server.exitCode()).toBe(0);
      expect(server.log()).toBe('');
    },
  );
});
