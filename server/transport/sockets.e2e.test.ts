import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { ErrorFrame, SubscribedFrame } from '../../protocol/frames.ts';
import { connectRaw, type RawClient } from '../../test/support/raw-client.ts';
import { type ServedEdge, serveEdge } from './support.contract.ts';

const BOARD = 'board:chess';

let edge: ServedEdge | undefined;

async function serve(options: Parameters<typeof serveEdge>[0] = {}): Promise<ServedEdge> {
  edge = await serveEdge({ states: { [BOARD]: [['ada', 1]] }, ...options });
  return edge;
}

afterEach(async () => {
  await edge?.stop();
  edge = undefined;
});

/** How an upgrade ends: with the chosen subprotocol, or with a status. */
function upgrade(
  url: string,
  protocols: string[],
  headers: Record<string, string> = {},
): Promise<{ protocol: string } | { status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { headers });
    socket.on('open', () => {
      resolve({ protocol: socket.protocol });
      socket.terminate();
    });
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    socket.on('error', reject);
  });
}

describe('the upgrade', () => {
  it('chooses the first subprotocol that it speaks', async () => {
    const { socketUrl } = await serve();
    expect(await upgrade(socketUrl, ['scorewire.v1.msgpack', 'scorewire.v1.json'])).toEqual({
      protocol: 'scorewire.v1.msgpack',
    });
    expect(await upgrade(socketUrl, ['other', 'scorewire.v1.json'])).toEqual({
      protocol: 'scorewire.v1.json',
    });
  });

  it('speaks JSON with who offers none', async () => {
    const { socketUrl } = await serve();
    const client = await connectRaw(socketUrl, { protocols: [] });
    await client.waitFor('welcome', ({ type }) => type === 'welcome');
    expect(client.socket.protocol).toBe('');
    expect(client.violations).toEqual([]);
    client.close();
  });

  it('refuses who offers only others', async () => {
    const { socketUrl } = await serve();
    const refused = await upgrade(socketUrl, ['other', 'scorewire.v2.json']);
    expect(refused).toMatchObject({ status: 400, body: expect.stringContaining('"code":"malformed"') });
  });

  it('refuses other origins and hosts', async () => {
    const { socketUrl } = await serve({
      transport: {
        originAllowed: (origin) => origin === 'http://good.example',
        hostAllowed: (host) => host.startsWith('127.0.0.1:'),
      },
    });
    const refusal = { status: 403, body: expect.stringContaining('"code":"forbidden"') };
    expect(await upgrade(socketUrl, [], { origin: 'http://bad.example' })).toMatchObject(refusal);
    expect(await upgrade(socketUrl, [], { host: 'evil.example' })).toMatchObject(refusal);
    expect(await upgrade(socketUrl, [], { origin: 'http://good.example' })).toEqual({ protocol: '' });
  });

  it('takes the token from the header or the query', async () => {
    const { socketUrl, authenticator } = await serve();
    const header = await connectRaw(socketUrl, { token: 'good' });
    const query = await connectRaw(`${socketUrl}?token=good`);
    const encoded = await connectRaw(`${socketUrl}?token=g%6Fod`);
    for (const client of [header, query, encoded]) {
      expect(await client.ask({ type: 'publish', events: [] })).toMatchObject({ type: 'ack' });
      client.close();
    }
    authenticator.known.set('x'.repeat(8000), { ...authenticator.anonymous });
    const long = await connectRaw(socketUrl, { token: 'x'.repeat(8000) });
    expect(await long.ask({ type: 'publish', events: [] })).toMatchObject({ type: 'ack' });
    long.close();
  });
});

describe('frames', () => {
  for (const encoding of ['json', 'msgpack'] as const) {
    it(`subscribes, gets the state, updates and replies (${encoding})`, async () => {
      const { socketUrl, owner } = await serve();
      const client = await connectRaw(socketUrl, { encoding, token: 'good' });
      const subscribed = await client.ask<SubscribedFrame>({ type: 'subscribe', channel: BOARD });
      expect(subscribed).toMatchObject({ type: 'subscribed', state: [['ada', 1]] });
      owner.change(BOARD, [['böb ☃', 2.5]]);
      await client.waitForState(BOARD, (state) => JSON.stringify(state) === '[["böb ☃",2.5]]');
      expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
      expect(await client.ask({ type: 'unsubscribe', channel: BOARD })).toMatchObject({ type: 'ok' });
      expect(client.violations).toEqual([]);
      client.close();
    });
  }

  it('shares one published buffer per encoding among all subscribers', async () => {
    const { socketUrl, owner, transport } = await serve();
    const clients: RawClient[] = [];
    for (let i = 0; i < 12; i++) {
      const client = await connectRaw(socketUrl, { encoding: i % 2 ? 'json' : 'msgpack' });
      await client.ask({ type: 'subscribe', channel: BOARD });
      clients.push(client);
    }
    expect(transport.publisher.subscribers(`j:${BOARD}`)).toBe(6);
    expect(transport.publisher.subscribers(`m:${BOARD}`)).toBe(6);
    for (let score = 2; score < 30; score++) owner.change(BOARD, [['ada', score]]);
    for (const client of clients) {
      await client.waitForState(BOARD, (state) => JSON.stringify(state) === '[["ada",29]]');
      expect(client.violations).toEqual([]);
      client.close();
    }
  });

  it('takes a message in fragments', async () => {
    const { socketUrl } = await serve();
    const client = await connectRaw(socketUrl);
    client.socket.send('{"type":"pi', { fin: false });
    client.socket.send('ng","id":77}', { fin: true });
    await client.waitFor('pong', (frame) => frame.type === 'pong' && frame.id === 77);
    client.close();
  });

  it('closes with 4503 at a frame over the limit, and takes one at the limit', async () => {
    const { socketUrl } = await serve({ limits: { frameBytes: 2000 } });
    const client = await connectRaw(socketUrl);
    const frame = JSON.stringify({ type: 'ping', id: 1 });
    client.socket.send(frame + ' '.repeat(2000 - frame.length));
    await client.waitFor('pong', ({ type }) => type === 'pong');
    client.socket.send(' '.repeat(2001));
    expect((await client.closed).code).toBe(4503);
  });

  it('ends the connection at a frame far over the limit', async () => {
    const { socketUrl, transport } = await serve({ limits: { frameBytes: 2000 } });
    const client = await connectRaw(socketUrl);
    client.socket.send(' '.repeat(1_000_000));
    expect((await client.closed).code).toBe(1006);
    await expect.poll(() => transport.connections).toBe(0);
  });

  it('ends the connection at a text that is not UTF-8, as the library does without a close frame', async () => {
    const { socketUrl } = await serve();
    const client = await connectRaw(socketUrl);
    client.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
    expect((await client.closed).code).toBe(1006);
  });

  it('closes with 4500 at a frame of the other kind, with an error before', async () => {
    const { socketUrl } = await serve();
    const client = await connectRaw(socketUrl, { encoding: 'msgpack' });
    client.socket.send('{"type":"ping","id":1}');
    const error = await client.waitFor<ErrorFrame>('error', ({ type }) => type === 'error');
    expect(error.code).toBe('malformed');
    expect((await client.closed).code).toBe(4500);
  });

  it('closes with 4002 beyond the limit of connections', async () => {
    const { socketUrl } = await serve({ limits: { connections: 1 } });
    const first = await connectRaw(socketUrl);
    const second = await connectRaw(socketUrl);
    expect((await second.closed).code).toBe(4002);
    expect(second.frames).toEqual([]);
    first.close();
  });

  it('says bye and closes with 4001 when it drains', async () => {
    const { socketUrl, gateway } = await serve();
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectRaw(socketUrl)));
    await gateway.drain(100);
    for (const client of clients) {
      expect((await client.closed).code).toBe(4001);
      expect(client.frames.at(-1)).toMatchObject({ type: 'bye' });
    }
  });
});

it('closes with 4003 who gives no sign of life, and keeps who only answers pings', async () => {
  const tuning = { idleMs: 1000, idlePingMs: 50, tokenSweepMs: 20 };
  const { socketUrl } = await serve({ tuning });
  const silent = await connectRaw(socketUrl);
  Object.assign(silent.socket, { _autoPong: false });
  const quiet = await connectRaw(socketUrl);
  let pings = 0;
  quiet.socket.on('ping', () => pings++);
  expect((await silent.closed).code).toBe(4003);
  const before = pings;
  expect(before).toBeGreaterThan(0);
  await expect.poll(() => pings).toBeGreaterThan(before);
  expect(await quiet.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
  quiet.close();
});

describe('a client that stops reading', () => {
  const limits = { backpressureBytes: 64 * 1024, replyQueueBytes: 256 * 1024 };
  const wide = (score: number): [string, number][] =>
    Array.from({ length: 500 }, (_, i) => [`somebody with a rather long name ${i}`, score + i]);

  function tcp(client: RawClient): Socket {
    return (client.socket as unknown as { _socket: Socket })._socket;
  }

  it('is withheld updates, costs no more than its limit, and catches up by conflated snapshots', async () => {
    const served = await serve({ limits, states: { [BOARD]: wide(0), 'board:still': [['eve', 1]] } });
    const { socketUrl, owner, transport } = served;
    const slow = await connectRaw(socketUrl);
    const quick = await connectRaw(socketUrl);
    for (const client of [slow, quick]) {
      await client.ask({ type: 'subscribe', channel: BOARD });
      await client.ask({ type: 'subscribe', channel: 'board:still' });
    }
    tcp(slow).pause();
    // The kernel's buffers take some megabytes before anything is withheld.
    let score = 0;
    const isWithheld = (): boolean => transport.publisher.subscribers(`j:${BOARD}`) === 1;
    for (; score < 3000 && !isWithheld(); score++) {
      owner.change(BOARD, wide(score + 1));
      const told = quick.frames.length;
      await expect.poll(() => quick.frames.length, { interval: 2, timeout: 5000 }).toBeGreaterThan(told);
    }
    expect(isWithheld()).toBe(true);
    for (let i = 0; i < 5; i++) owner.change(BOARD, wide(++score));
    slow.send({ type: 'ping', id: 4711 });
    slow.send({ type: 'subscribe', id: 4712, channel: 'board:late' });
    await quick.waitForState(BOARD, (state) => JSON.stringify(state) === JSON.stringify(wide(score)));
    tcp(slow).resume();
    await slow.waitForState(BOARD, (state) => JSON.stringify(state) === JSON.stringify(wide(score)));
    const snapshots = slow.frames.filter(({ type }) => type === 'snapshot');
    expect(snapshots).toMatchObject([{ channel: BOARD, conflated: true }]);
    await slow.waitFor('pong', (frame) => frame.type === 'pong' && frame.id === 4711);
    await slow.waitFor('subscribed', (frame) => frame.type === 'subscribed' && frame.id === 4712);
    await expect.poll(() => transport.publisher.subscribers(`j:${BOARD}`)).toBe(2);
    owner.change(BOARD, []);
    await slow.waitForState(BOARD, (state) => JSON.stringify(state) === '[]');
    expect(slow.violations).toEqual([]);
    expect(quick.violations).toEqual([]);
    slow.close();
    quick.close();
  });

  async function overflow(served: ServedEdge): Promise<RawClient> {
    const slow = await connectRaw(served.socketUrl);
    await slow.ask({ type: 'subscribe', channel: BOARD });
    tcp(slow).pause();
    const isGivenUp = (): boolean => served.gateway.stats().subscriptions === 0;
    for (let id = 10; id < 20_000 && !isGivenUp(); id++) {
      slow.send({ type: 'subscribe', id, channel: BOARD });
      if (id % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(isGivenUp).toBe(true);
    return slow;
  }

  it('is closed with 4502 when it asks on without reading', async () => {
    const served = await serve({ limits, states: { [BOARD]: wide(0) } });
    const slow = await overflow(served);
    expect(served.transport.connections).toBe(1);
    tcp(slow).resume();
    expect((await slow.closed).code).toBe(4502);
    expect(slow.violations).toEqual([]);
    await expect.poll(() => served.transport.connections).toBe(0);
  });

  it('is cut off where it never reads', async () => {
    const tuning = { closeDeadlineMs: 10, tokenSweepMs: 10 };
    const served = await serve({ limits, tuning, states: { [BOARD]: wide(0) } });
    const slow = await overflow(served);
    await expect.poll(() => served.transport.connections).toBe(0);
    tcp(slow).resume();
    expect((await slow.closed).code).toBe(1006);
  });
});
