import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { startHttpRoutes } from '../../test/support/http-service.ts';
import { hostAllowed, originAllowed } from '../auth/origin.ts';
import { DEFAULT_SERVER_LIMITS } from '../limits.ts';
import { createTransport, type Transport } from '../transport/transport.ts';

/** The routes as browsers and other programs meet them: over the real transport. */

const LISTED = 'http://listed.example';
let transport: Transport;
let token: string;
let folder: string;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scorewire-served-'));
  writeFileSync(join(folder, 'index.html'), '<h1>home</h1>');
  const service = await startHttpRoutes({ deps: { staticDir: folder } });
  token = service.admin;
  transport = createTransport(
    { logger: silentLogger },
    {
      host: '127.0.0.1',
      port: 0,
      isPortShared: false,
      frameBytes: DEFAULT_SERVER_LIMITS.frameBytes,
      backpressureBytes: DEFAULT_SERVER_LIMITS.backpressureBytes,
      idleTimeoutSeconds: 60,
      routes: service.routes,
      acceptor: {
        open: () => {
          throw new Error('no sockets here');
        },
      },
      hostAllowed: (host) => hostAllowed(host, { open: true }),
      originAllowed: (origin, host) => originAllowed(origin, host, [LISTED]),
    },
  );
  await transport.start();
});
afterAll(async () => {
  agent.destroy();
  await transport.stop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: string | Uint8Array = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, host: '127.0.0.1', port: transport.port, method, path, headers },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () =>
          resolve({
            status: reply.statusCode,
            headers: reply.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = () => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });
const publish = (member: string) =>
  send('POST', '/v1/events', json(), JSON.stringify({ type: 'score', board: 'b', member, delta: 1 }));

describe('over the network', () => {
  it('a score is published and read back under its percent-encoded name', async () => {
    expect(await publish('a/ä%')).toMatchObject({
      status: 200,
      body: '{"applied":1,"duplicates":0,"rejected":[]}',
    });
    const { body } = await send('GET', `/v1/boards/b/members/${encodeURIComponent('a/ä%')}`);
    expect(JSON.parse(body)).toMatchObject({ member: 'a/ä%', rank: 1, score: 1 });
    expect((await send('GET', '/v1/boards/b/members/%FF')).status).toBe(400);
  });

  it('a page that the browser has is not sent again, and the connection goes on', async () => {
    const { headers, body } = await send('GET', '/');
    expect(body).toBe('<h1>home</h1>');
    const again = await send('GET', '/', { 'if-none-match': headers.etag ?? '' });
    expect(again).toMatchObject({ status: 304, body: '' });
    expect((await send('GET', '/healthz')).status).toBe(200);
  });

  it('HEAD has the headers of GET and no body', async () => {
    const [get, head] = [await send('GET', '/'), await send('HEAD', '/')];
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect((await send('HEAD', '/v1/boards/b')).status).toBe(200);
    expect((await send('GET', '/healthz')).status).toBe(200);
  });

  it('a page of a listed origin may ask and call, any other may not', async () => {
    const preflight = { 'access-control-request-method': 'POST' };
    const asked = await send('OPTIONS', '/v1/events', { origin: LISTED, ...preflight });
    expect(asked.status).toBe(204);
    expect(asked.headers['access-control-allow-origin']).toBe(LISTED);
    expect(asked.headers['access-control-allow-headers']).toContain('authorization');
    expect(
      (await send('OPTIONS', '/v1/events', { origin: 'http://evil.example', ...preflight })).status,
    ).toBe(403);
    expect((await send('GET', '/v1/boards', { origin: 'http://evil.example' })).status).toBe(403);
  });

  it('a Host that is no loopback name is not answered in open mode', async () => {
    const reply = await send('GET', '/v1/boards', { host: 'rebound.example' });
    expect(reply.status).toBe(403);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'forbidden' });
  });

  it('a body over the limit is refused as a problem', async () => {
    const reply = await send('PUT', '/v1/boards/b', json(), ' '.repeat(100_000));
    expect(reply.status).toBe(413);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'too_large', status: 413 });
  });

  it('what nobody serves is a problem, whatever the method', async () => {
    for (const method of ['GET', 'POST', 'PATCH']) {
      const reply = await send(method, '/v1/nothing', json(), method === 'GET' ? '' : '{}');
      expect(reply.status).toBe(404);
      expect(reply.headers['content-type']).toBe('application/problem+json');
    }
  });
});
