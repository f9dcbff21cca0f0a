import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { OperatingError, StartError } from '../../runtime/errors.ts';
import { type HttpRequest, type HttpRoute, RequestAbortedError } from './http-types.ts';
import { createTestTransport, recordingLogger } from './support.contract.ts';
import type { Transport, TransportOptions } from './transport.ts';

let transport: Transport | undefined;

async function serve(
  routes: readonly HttpRoute[],
  options: Partial<TransportOptions> = {},
): Promise<{ url: string; port: number; messages: string[]; fields: object[] }> {
  const { logger, messages, fields } = recordingLogger();
  transport = createTestTransport({ routes, ...options }, logger);
  await transport.start();
  return { url: `http://127.0.0.1:${transport.port}`, port: transport.port, messages, fields };
}

afterEach(async () => {
  await transport?.stop();
  transport = undefined;
});

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function text(body: string): { status: number; body: string } {
  return { status: 200, body };
}

function sizeOf(maxBytes: number, before: () => Promise<void> = async () => undefined): HttpRoute {
  return {
    method: 'POST',
    pattern: '/size',
    handler: async (request) => {
      await before();
      return text(String((await request.body(maxBytes)).length));
    },
  };
}

describe('routes', () => {
  it.each(['now', 'later'])('give every value of a header that comes several times (%s)', async (kind) => {
    const { port } = await serve([
      {
        method: 'GET',
        pattern: '/x',
        handler: async (request) => {
          if (kind === 'later') await later();
          return text(JSON.stringify([request.headers('x-twice'), request.header('x-twice')]));
        },
      },
    ]);
    const sent = httpRequest({ port, path: '/x', headers: { 'x-twice': ['a', '', 'a'] } }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    expect(JSON.parse(Buffer.concat(chunks).toString('utf8'))).toEqual([['a', '', 'a'], 'a']);
  });

  it('gives decoded parameters, the query, headers and the path', async () => {
    const describeRequest = (request: HttpRequest): string =>
      JSON.stringify([
        request.method,
        request.path,
        request.params,
        request.query.getAll('q'),
        request.header('x-own'),
        request.header('x-absent'),
        request.header('x-empty'),
        ['x-own', 'x-absent', 'x-empty'].map((name) => request.headers(name)),
        request.remoteAddress,
      ]);
    const { url } = await serve([
      { method: 'GET', pattern: '/now/:a/:b', handler: (request) => text(describeRequest(request)) },
      {
        method: 'GET',
        pattern: '/later/:a/:b',
        handler: async (request) => {
          await later();
          return text(describeRequest(request));
        },
      },
    ]);
    for (const kind of ['now', 'later']) {
      const path = `/${kind}/x%2Fy/%E2%98%83`;
      const answer = await fetch(`${url}${path}?q=1&q=a+b`, { headers: { 'x-own': 'Value', 'x-empty': '' } });
      expect(await answer.json()).toEqual([
        'GET',
        path,
        ['x/y', '☃'],
        ['1', 'a b'],
        'Value',
        '',
        '',
        [['Value'], [], ['']],
        '127.0.0.1',
      ]);
    }
    const malformed = await fetch(`${url}/now/%ff/b`);
    expect(malformed.status).toBe(400);
    expect(await malformed.json()).toMatchObject({ status: 400, code: 'malformed' });
  });

  it('answers every method, HEAD like GET without the body', async () => {
    const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
    const { url } = await serve(
      methods.map((method) => ({
        method,
        pattern: '/x',
        handler: (request) => ({
          status: 201,
          headers: { 'x-method': request.method },
          body: new TextEncoder().encode('grün'),
        }),
      })),
    );
    for (const method of methods) {
      const answer = await fetch(`${url}/x`, { method });
      expect([answer.status, answer.headers.get('x-method'), await answer.text()]).toEqual([
        201,
        method,
        'grün',
      ]);
    }
    const head = await fetch(`${url}/x`, { method: 'HEAD' });
    expect([head.status, head.headers.get('x-method'), head.headers.get('content-length')]).toEqual([
      201,
      'HEAD',
      '5',
    ]);
    expect(await head.text()).toBe('');
  });

  it('answers 404 with a problem where there is no route', async () => {
    const { url } = await serve([]);
    for (const method of ['GET', 'PATCH', 'POST', 'OPTIONS']) {
      const answer = await fetch(`${url}/nothing`, { method });
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(await answer.json()).toMatchObject({ code: 'not_found', status: 404 });
    }
  });

  it('answers 405 and names the methods where a path is known but not with this one', async () => {
    const handler = (): { status: number; body: string } => text('x');
    const { url } = await serve([
      { method: 'GET', pattern: '/things/:thing', handler },
      { method: 'DELETE', pattern: '/things/:thing', handler },
      { method: 'POST', pattern: '/events', handler },
      { method: 'GET', pattern: '/*', handler },
    ]);
    const ask = async (method: string, path: string): Promise<unknown[]> => {
      const answer = await fetch(url + path, { method });
      return [answer.status, answer.headers.get('allow')];
    };
    for (const method of ['POST', 'PUT', 'PATCH', 'BREW']) {
      expect(await ask(method, '/things/a')).toEqual([405, 'GET, HEAD, DELETE']);
    }
    for (const method of ['GET', 'HEAD', 'DELETE', 'PATCH']) {
      expect(await ask(method, '/events')).toEqual([405, 'POST']);
    }
    expect(await ask('OPTIONS', '/events')).toEqual([204, 'POST']);
    expect(await (await fetch(`${url}/events`)).json()).toMatchObject({ status: 405, code: 'malformed' });
    for (const [method, path] of [
      ['POST', '/events'],
      ['HEAD', '/things/a'],
      ['DELETE', '/things/a'],
      ['GET', '/events/more'],
    ] as const) {
      expect(await ask(method, path)).toEqual([200, null]);
    }
    expect(await ask('POST', '/page.html')).toEqual([404, null]);
  });

  it('refuses other hosts and origins before any handler, and names an allowed origin', async () => {
    let calls = 0;
    const { url, port } = await serve(
      [
        {
          method: 'GET',
          pattern: '/x',
          handler: () => {
            calls++;
            return text('x');
          },
        },
      ],
      {
        hostAllowed: (host) => host === `127.0.0.1:${port}`,
        originAllowed: (origin) => origin === 'http://good.example',
      },
    );
    const bad = await fetch(`${url}/x`, { headers: { origin: 'http://bad.example' } });
    expect([bad.status, bad.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    const foreign = httpRequest({ port, path: '/x', headers: { host: 'evil.example' } }).end();
    const [answer] = (await once(foreign, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(403);
    answer.resume();
    expect(calls).toBe(0);
    const good = await fetch(`${url}/x`, { headers: { origin: 'http://good.example' } });
    expect(good.headers.get('access-control-allow-origin')).toBe('http://good.example');
    const preflight = await fetch(`${url}/x`, {
      method: 'OPTIONS',
      headers: { origin: 'http://good.example', 'access-control-request-method': 'PUT' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
  });
});

describe('handlers that fail', () => {
  it('tell no details and are logged', async () => {
    const fail = (): never => {
      throw new Error('secret path /etc');
    };
    const { url, messages } = await serve([
      { method: 'GET', pattern: '/now', handler: fail },
      { method: 'GET', pattern: '/later', handler: () => later().then(fail) },
      // A header that is none cannot be written.
      {
        method: 'GET',
        pattern: '/bad',
        handler: () => ({ status: 200, headers: { 'x-n': Symbol('n') as never } }),
      },
      { method: 'GET', pattern: '/fine', handler: () => text('fine') },
    ]);
    for (const path of ['/now', '/later']) {
      const answer = await fetch(url + path);
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toContain('secret');
    }
    expect(messages).toEqual(['a handler threw', 'a handler threw']);
    await expect(fetch(`${url}/bad`)).rejects.toThrow();
    expect(messages.at(-1)).toBe('a reply could not be written');
    expect(await (await fetch(`${url}/fine`)).text()).toBe('fine');
  });

  it('are logged under the id that the request came with, or one that the answer tells', async () => {
    const fail = (): never => {
      throw new Error('a defect');
    };
    const { url, fields } = await serve([
      { method: 'GET', pattern: '/x', handler: fail },
      { method: 'GET', pattern: '/later', handler: () => later().then(fail) },
    ]);
    const ids: (string | null)[] = [];
    for (const path of ['/x', '/later']) {
      for (const given of ['of-a-proxy:1', 'no id: {"a"}', '']) {
        const answer = await fetch(url + path, { headers: { 'x-request-id': given } });
        ids.push(answer.headers.get('x-request-id'));
      }
    }
    expect(fields).toMatchObject(ids.map((request) => ({ request })));
    expect([ids[0], ids[3], new Set(ids).size]).toEqual(['of-a-proxy:1', 'of-a-proxy:1', 5]);
    for (const id of ids) expect(id).toMatch(/^[\w.:-]+$/);
  });

  it('say 503 with Retry-After where the store is away', async () => {
    const handler = async (): Promise<never> => {
      throw new OperatingError('redis is away', { retryAfterMs: 2500 });
    };
    const { url } = await serve([{ method: 'GET', pattern: '/x', handler }]);
    const answer = await fetch(`${url}/x`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '3']);
    expect(await answer.json()).toMatchObject({ code: 'unavailable' });
  });
});

describe('bodies', () => {
  it('are read whole, in chunks or not, at once or after a wait', async () => {
    for (const before of [undefined, later]) {
      const { url } = await serve([sizeOf(3_000_000, before)]);
      const small = await fetch(`${url}/size`, { method: 'POST', body: 'four' });
      expect(await small.text()).toBe('4');
      const large = await fetch(`${url}/size`, { method: 'POST', body: new Uint8Array(3_000_000) });
      expect(await large.text()).toBe('3000000');
      const empty = await fetch(`${url}/size`, { method: 'POST' });
      expect(await empty.text()).toBe('0');
      const chunks = httpRequest(`${url}/size`, { method: 'POST' });
      for (let i = 0; i < 10; i++) chunks.write('x'.repeat(1000));
      chunks.end();
      const [answer] = (await once(chunks, 'response')) as [IncomingMessage];
      expect((await answer.toArray()).join('')).toBe('10000');
      await transport?.stop();
    }
  });

  it('over the limit are refused by their declared length, and the connection goes on', async () => {
    const { url } = await serve([sizeOf(1000)]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const statuses: (number | undefined)[] = [];
    for (const size of [1001, 1000, 7000]) {
      const post = httpRequest(`${url}/size`, { method: 'POST', agent });
      post.end('x'.repeat(size));
      const [answer] = (await once(post, 'response')) as [IncomingMessage];
      statuses.push(answer.statusCode);
      const body = (await answer.toArray()).join('');
      if (answer.statusCode === 413) expect(JSON.parse(body)).toMatchObject({ code: 'too_large' });
    }
    expect(statuses).toEqual([413, 200, 413]);
    agent.destroy();
  });

  it('over the limit without a declared length are refused when they pass it', async () => {
    const { url } = await serve([sizeOf(1000)]);
    const post = httpRequest(`${url}/size`, { method: 'POST' });
    post.on('error', () => undefined);
    for (let i = 0; i < 5; i++) post.write('x'.repeat(400));
    const [answer] = (await once(post, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(413);
    post.destroy();
  });

  it('that a handler never reads do not block the connection', async () => {
    const { url } = await serve([
      sizeOf(2_000_000),
      {
        method: 'POST',
        pattern: '/unread',
        handler: async () => {
          await later();
          return text('no thanks');
        },
      },
    ]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const [path, expected] of [
      ['/unread', 'no thanks'],
      ['/size', '2000000'],
      ['/unread', 'no thanks'],
      ['/size', '2000000'],
    ] as const) {
      const post = httpRequest(url + path, { method: 'POST', agent });
      post.end(new Uint8Array(2_000_000));
      const [answer] = (await once(post, 'response')) as [IncomingMessage];
      expect((await answer.toArray()).join('')).toBe(expected);
    }
    agent.destroy();
  });

  it('of any length are read piece by piece, and the sender waits for the reader', async () => {
    const pieces: number[] = [];
    const { url } = await serve([
      {
        method: 'POST',
        pattern: '/stream',
        handler: async (request) => {
          for await (const piece of request.pieces()) {
            pieces.push(piece.length);
            // Time enough for all of it to come, if it were taken.
            if (pieces.length === 1) await new Promise((resolve) => setTimeout(resolve, 300));
          }
          return text('done');
        },
      },
    ]);
    const sizes = [64 * 1024 * 1024, 10, 0];
    for (const size of sizes) {
      pieces.length = 0;
      const answer = await fetch(`${url}/stream`, { method: 'POST', body: new Uint8Array(size) });
      expect(await answer.text()).toBe('done');
      expect(pieces.reduce((sum, bytes) => sum + bytes, 0)).toBe(size);
      // The library reads a ready socket ten times, half a mebibyte each, before it looks again.
      expect(Math.max(0, ...pieces)).toBeLessThanOrEqual(6 * 1024 * 1024);
    }
  });

  it('are read piece by piece also where the sender waits to be told to go on', async () => {
    const { url } = await serve([
      {
        method: 'POST',
        pattern: '/stream',
        handler: async (request) => {
          let bytes = 0;
          for await (const piece of request.pieces()) bytes += piece.length;
          return text(String(bytes));
        },
      },
    ]);
    const post = httpRequest(`${url}/stream`, {
      method: 'POST',
      headers: { expect: '100-continue', 'content-length': '3000000' },
    });
    post.flushHeaders();
    await once(post, 'continue');
    post.end(new Uint8Array(3_000_000));
    const [answer] = (await once(post, 'response')) as [IncomingMessage];
    expect((await answer.toArray()).join('')).toBe('3000000');
  });

  it('that are cut off between two pieces reject', async () => {
    const outcomes: unknown[] = [];
    const { port, messages } = await serve([
      {
        method: 'POST',
        pattern: '/stream',
        handler: async (request) => {
          try {
            for await (const piece of request.pieces()) outcomes.push(piece.length);
          } catch (error) {
            outcomes.push(error);
          }
          return text('never');
        },
      },
    ]);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /stream HTTP/1.1\r\nhost: a\r\ncontent-length: 5000\r\n\r\nhalf');
    await expect.poll(() => outcomes).toEqual([4]);
    socket.destroy();
    await expect.poll(() => outcomes.length).toBe(2);
    expect(outcomes[1]).toBeInstanceOf(RequestAbortedError);
    expect(messages).toEqual([]);
  });

  it('that are left in the middle of their pieces do not block the connection', async () => {
    const { url } = await serve([
      {
        method: 'POST',
        pattern: '/first',
        handler: async (request) => {
          for await (const piece of request.pieces()) return text(String(piece.length > 0));
          return text('nothing came');
        },
      },
    ]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = 0; turn < 2; turn++) {
      const post = httpRequest(`${url}/first`, { method: 'POST', agent });
      post.end(new Uint8Array(4_000_000));
      const [answer] = (await once(post, 'response')) as [IncomingMessage];
      expect((await answer.toArray()).join('')).toBe('true');
    }
    agent.destroy();
  });

  it('that are cut off reject, and harm nobody else', async () => {
    const outcomes: unknown[] = [];
    const { url, port, messages } = await serve([
      {
        method: 'POST',
        pattern: '/x',
        handler: async (request) => {
          await request.body(10_000).catch((error: unknown) => {
            outcomes.push(error);
            throw error;
          });
          return text('never');
        },
      },
      sizeOf(10),
    ]);
    for (let i = 0; i < 3; i++) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write('POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 5000\r\n\r\nhalf');
      await later();
      socket.destroy();
    }
    await expect.poll(() => outcomes.length).toBe(3);
    for (const outcome of outcomes) expect(outcome).toBeInstanceOf(RequestAbortedError);
    expect(messages).toEqual([]);
    expect(await (await fetch(`${url}/size`, { method: 'POST', body: 'x' })).text()).toBe('1');
  });

  it('may come from a client that leaves before the answer', async () => {
    let answered = 0;
    const { url, port, messages } = await serve([
      {
        method: 'GET',
        pattern: '/slow',
        handler: async () => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          answered++;
          return text('late');
        },
      },
    ]);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n');
    await later();
    socket.destroy();
    await expect.poll(() => answered).toBe(1);
    expect(messages).toEqual([]);
    expect((await fetch(`${url}/slow`)).status).toBe(200);
  });
});

it('ends a connection whose requests do not wait for answers that take time, and harms nobody else', async () => {
  let calls = 0;
  const { url, port, messages } = await serve([
    {
      method: 'GET',
      pattern: '/slow',
      handler: async () => {
        calls++;
        await later();
        return text('late');
      },
    },
  ]);
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(3));
  expect((await socket.toArray()).join('')).toBe('');
  expect([calls, messages]).toEqual([1, []]);
  expect(await (await fetch(`${url}/slow`)).text()).toBe('late');
});

describe('listening', () => {
  it('picks a free port for 0, and refuses one that is taken with one clear line', async () => {
    const { port } = await serve([]);
    expect(port).toBeGreaterThan(0);
    const second = createTestTransport({ port });
    await expect(second.start()).rejects.toThrow(StartError);
    await expect(second.start()).resolves.toBeUndefined();
    await second.stop();
    const elsewhere = createTestTransport({ host: '192.0.2.1' });
    await expect(elsewhere.start()).rejects.toThrow(/^cannot listen on 192\.0\.2\.1:0[^\n]*$/);
    await elsewhere.stop();
  });

  it('takes no new connection after stopListening, and answers those that are open', async () => {
    const { port } = await serve([{ method: 'GET', pattern: '/x', handler: () => text('x') }]);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    transport?.stopListening();
    transport?.stopListening();
    socket.write('GET /x HTTP/1.1\r\nhost: a\r\n\r\n');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(bytes.toString()).toContain('200 OK');
    const late = connect(port, '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toThrow(/ECONNREFUSED/);
    socket.destroy();
  });
});
