import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { CODECS, ENCODINGS, SUBPROTOCOLS } from '../protocol/codec.ts';
import type { ClientFrame, ServerFrame } from '../protocol/frames.ts';
import { connect, type ScorewireClient } from './index.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A server of a few lines on a real socket: it welcomes, answers subscriptions and acknowledges publishes. */
async function serve(encoding: keyof typeof SUBPROTOCOLS): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  cleanups.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  server.on('connection', (socket) => {
    expect(socket.protocol).toBe(SUBPROTOCOLS[encoding]);
    const send = (frame: Partial<ServerFrame>) => socket.send(CODECS[encoding].encode(frame));
    send({ type: 'welcome', session: 's', node: 'n', protocol: 1, pingIntervalMs: 25_000 });
    socket.on('message', (data: Buffer, isBinary) => {
      expect(isBinary).toBe(encoding === 'msgpack');
      const frame = (
        isBinary ? CODECS.msgpack.decode(data) : CODECS.json.decode(data.toString())
      ) as ClientFrame;
      if (frame.type === 'subscribe') {
        const { id, channel } = frame;
        const state = [['ann', 2 ** 53, 'Ann Ö']] as const;
        send({ type: 'subscribed', id, channel, kind: 'rows', epoch: 'a', seq: 1, state });
        send({ type: 'update', channel, seq: 2, at: 7, patch: [[0, 0, ['__proto__', 1.5]]] });
      } else if (frame.type === 'publish') {
        send({ type: 'ack', id: frame.id, applied: frame.events.length, duplicates: 0, rejected: [] });
      }
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/ws`;
}

function open(url: string, encoding: keyof typeof SUBPROTOCOLS): ScorewireClient {
  const client = connect({ url, encoding, WebSocket });
  cleanups.push(() => client.close());
  return client;
}

test.each(ENCODINGS)(
  'over a real socket in %s the client subscribes, follows and publishes',
  async (encoding) => {
    const client = open(await serve(encoding), encoding);
    const rows = await new Promise((resolve) => {
      client.board('arena', ({ state, patch }) => {
        if (patch) resolve(state);
      });
    });
    expect(rows).toEqual([
      ['__proto__', 1.5],
      ['ann', 2 ** 53, 'Ann Ö'],
    ]);
    const ack = await client.publish({ type: 'score', board: 'arena', member: 'ann', delta: 1 });
    expect(ack).toEqual({ applied: 1, duplicates: 0, rejected: [] });
  },
);

test('a client that is closed while its socket is still opening ends quietly', async () => {
  const client = open(await serve('json'), 'json');
  await Promise.resolve();
  client.close();
  expect(client.state.state).toBe('closed');
});

test('nothing listens at the address: the client waits and tries again', async () => {
  const client = connect({ url: 'ws://127.0.0.1:1/v1/ws', WebSocket });
  cleanups.push(() => client.close());
  await new Promise<void>((resolve) => {
    client.on('state', ({ state }) => state === 'waiting' && resolve());
  });
});

test.each([
  [{ url: 'http://example.org' }, /url/],
  [{ url: 'ws://x/v1/ws', WebSocket, maxPendingEvents: 0 }, /maxPendingEvents/],
  [{ url: 'ws://x/v1/ws', WebSocket, backoff: { capMs: Number.NaN } }, /backoff\.capMs/],
])('senseless options are refused at once: %#', (options, message) => {
  expect(() => connect(options)).toThrow(message);
});

test('without a WebSocket of its own, the runtime is told to give one', () => {
  // Node 22 has one built in.
  vi.stubGlobal('WebSocket', undefined);
  cleanups.push(() => vi.unstubAllGlobals());
  expect(() => connect({ url: 'ws://x/v1/ws' })).toThrow(/WebSocket/);
});
