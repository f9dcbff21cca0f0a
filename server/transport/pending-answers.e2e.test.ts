/** Handlers that answer by a `Pending`, over real sockets. */
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { OperatingError } from '../../runtime/errors.ts';
import { type HttpReply, type HttpRoute, RequestAbortedError } from './http-types.ts';
import { Pending } from './pending.ts';
import { createTestTransport, recordingLogger } from './support.contract.ts';
import type { Transport } from './transport.ts';

let transport: Transport | undefined;

async function serve(route: Partial<HttpRoute> & Pick<HttpRoute, 'handler'>) {
  const { logger, messages, fields } = recordingLogger();
  transport = createTestTransport({ routes: [{ method: 'POST', pattern: '/x', ...route }] }, logger);
  await transport.start();
  return { url: `http://127.0.0.1:${transport.port}/x`, port: transport.port, messages, fields };
}

afterEach(async () => {
  await transport?.stop();
  transport = undefined;
});

const soon = (action: () => void): void => void setTimeout(action, 5);
const now = (action: () => void): void => action();
const text = (body: string): HttpReply => ({ status: 200, body });

/** Answers with what was sent, as soon as it is there or a while later. */
function echo(when: (action: () => void) => void, maxBytes = 3_000_000): HttpRoute['handler'] {
  return (request) => {
    const pending = new Pending<HttpReply>();
    const taken = (bytes: Uint8Array): void => {
      const sent = Buffer.from(bytes).toString('utf8');
      when(() => pending.answer(text(`${sent.length}:${sent.slice(0, 20)}`)));
    };
    request.takeBody(maxBytes, taken, (error) => pending.fail(error));
    return pending;
  };
}

async function answerOf(sent: ReturnType<typeof httpRequest>): Promise<[number | undefined, string]> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return [answer.statusCode, (await answer.toArray()).join('')];
}

it.each([
  ['in the same turn', now],
  ['a while later', soon],
])('a body is taken whole, in one piece or in many, and answered %s', async (_when, when) => {
  const { url } = await serve({ handler: echo(when) });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const post = (body: string | Uint8Array) => {
    const sent = httpRequest(url, { method: 'POST', agent });
    sent.end(body);
    return answerOf(sent);
  };
  expect(await post('four')).toEqual([200, '4:four']);
  expect(await post(Buffer.alloc(2_000_000, 'x'))).toEqual([200, `2000000:${'x'.repeat(20)}`]);
  expect(await post('')).toEqual([200, '0:']);
  expect(await post('five!')).toEqual([200, '5:five!']);
  const chunks = httpRequest(url, { method: 'POST', agent });
  for (let i = 0; i < 10; i++) chunks.write('y'.repeat(1000));
  chunks.end();
  expect(await answerOf(chunks)).toEqual([200, `10000:${'y'.repeat(20)}`]);
  agent.destroy();
});

it('a body over the limit is refused, and the connection goes on where its length was declared', async () => {
  const { url } = await serve({ handler: echo(now, 1000) });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answers: [number | undefined, string][] = [];
  for (const size of [1001, 1000, 7000, 3]) {
    const post = httpRequest(url, { method: 'POST', agent });
    post.end('x'.repeat(size));
    answers.push(await answerOf(post));
  }
  expect(answers.map(([status]) => status)).toEqual([413, 200, 413, 200]);
  agent.destroy();
  const unbounded = httpRequest(url, { method: 'POST' });
  unbounded.on('error', () => undefined);
  for (let i = 0; i < 5; i++) unbounded.write('x'.repeat(400));
  const [answer] = (await once(unbounded, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(413);
  unbounded.destroy();
});

it('a body that is cut off fails, and harms nobody else', async () => {
  const errors: unknown[] = [];
  const { url, port, messages } = await serve({
    handler: (request) => {
      const pending = new Pending<HttpReply>();
      const failed = (error: unknown): void => {
        errors.push(error);
        pending.fail(error);
      };
      request.takeBody(10_000, (bytes) => pending.answer(text(String(bytes.length))), failed);
      return pending;
    },
  });
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 5000\r\n\r\nhalf');
  soon(() => socket.destroy());
  await expect.poll(() => errors.length).toBe(1);
  expect(errors[0]).toBeInstanceOf(RequestAbortedError);
  expect(messages).toEqual([]);
  expect(await (await fetch(url, { method: 'POST', body: 'x' })).text()).toBe('1');
});

it('an answer for who has left already is for nobody', async () => {
  const waiting: (() => void)[] = [];
  const { url, port, messages } = await serve({ handler: echo((action) => void waiting.push(action)) });
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nfour');
  await expect.poll(() => waiting.length).toBe(1);
  socket.destroy();
  await transport?.drained(5000);
  waiting.pop()?.();
  expect(messages).toEqual([]);
  const other = fetch(url, { method: 'POST', body: 'x' });
  await expect.poll(() => waiting.length).toBe(1);
  waiting.pop()?.();
  expect(await (await other).text()).toBe('1:x');
});

it('a node that drains waits for it, and it is the last of its connection', async () => {
  const waiting: (() => void)[] = [];
  const { url } = await serve({ handler: echo((action) => void waiting.push(action)) });
  const sent = fetch(url, { method: 'POST', body: 'x' });
  await expect.poll(() => waiting.length).toBe(1);
  transport?.stopListening();
  let drained = false;
  const done = transport?.drained(5000).then(() => {
    drained = true;
  });
  await new Promise((resolve) => soon(() => resolve(undefined)));
  expect(drained).toBe(false);
  waiting.pop()?.();
  await done;
  const answer = await sent;
  expect([answer.headers.get('connection'), await answer.text()]).toEqual(['close', '1:x']);
});

it('what a handler throws while it takes the body is told as a defect, under the id of the request', async () => {
  const { url, messages, fields } = await serve({
    handler: (request) => {
      const pending = new Pending<HttpReply>();
      const taken = (): void => {
        throw new TypeError('a secret');
      };
      request.takeBody(10, taken, (error) => pending.fail(error));
      return pending;
    },
  });
  const answer = await fetch(url, { method: 'POST', body: 'x', headers: { 'x-request-id': 'mine' } });
  expect([answer.status, answer.headers.get('x-request-id')]).toEqual([500, 'mine']);
  expect(await answer.text()).not.toContain('secret');
  expect(messages).toEqual(['a handler threw']);
  expect(fields).toMatchObject([{ request: 'mine', route: '/x' }]);
});

it('a failure that is known before the handler returns is told as one that comes later', async () => {
  const { url } = await serve({
    method: 'GET',
    handler: () => {
      const pending = new Pending<HttpReply>();
      pending.fail(new OperatingError('away', { retryAfterMs: 1500 }));
      return pending;
    },
  });
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
});
