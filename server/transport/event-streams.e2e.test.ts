import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SnapshotFrame, SubscribedFrame, UpdateFrame } from '../../protocol/frames.ts';
import { type EventStreamClient, listenTo } from '../../test/support/event-stream-client.ts';
import { connectRaw } from '../../test/support/raw-client.ts';
import { identity } from '../gateway/support.contract.ts';
import { type ServedEdge, serveEdge } from './support.contract.ts';

const CHESS = 'board:chess';
const ANN = 'rank:chess:ann';
const ANN_DOCUMENT = { member: 'ann', total: 1, rank: 1, score: 1 };

let edge: ServedEdge;
const clients: EventStreamClient[] = [];

async function serve(options: Parameters<typeof serveEdge>[0] = {}): Promise<ServedEdge> {
  edge = await serveEdge({ states: { [CHESS]: [['ada', 1]], [ANN]: ANN_DOCUMENT }, ...options });
  return edge;
}

async function listen(
  channels: readonly string[],
  options: Parameters<typeof listenTo>[1] = {},
): Promise<EventStreamClient> {
  const client = await listenTo(edge.streamUrl(...channels), options);
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) {
    expect(client.states.violations).toEqual([]);
    client.close();
  }
  await edge.stop();
});

const isState = (wanted: unknown) => (state: unknown) => JSON.stringify(state) === JSON.stringify(wanted);
const gone = () => vi.waitFor(() => expect(edge.gateway.stats().connections).toBe(0), 5000);

describe('a stream of events', () => {
  it('has the same frames as a socket of the channel, and says how to come back', async () => {
    const { owner, socketUrl } = await serve();
    const socket = await connectRaw(socketUrl);
    await socket.ask({ type: 'subscribe', channel: CHESS });
    const stream = await listen([CHESS]);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
    });
    for (const rows of [[['böb ☃\u2028\n', 2.5]], [['ada', 3]], []]) {
      owner.change(CHESS, rows);
      await stream.waitForState(CHESS, isState(rows));
      await socket.waitForState(CHESS, isState(rows));
    }
    const [subscribed, ...updates] = stream.frames;
    expect(subscribed).toMatchObject({ type: 'subscribed', id: 0, channel: CHESS, state: [['ada', 1]] });
    expect(updates).toHaveLength(3);
    expect(updates).toEqual(socket.frames.filter(({ type }) => type === 'update'));
    expect(stream.retryMs).toBeGreaterThanOrEqual(1000);
    expect(stream.retryMs).toBeLessThan(3000);
    socket.close();
  });

  it('carries several channels, each once, with their places as ids', async () => {
    const { owner } = await serve();
    const stream = await listen([ANN, CHESS, ANN]);
    await stream.waitFor('the second', (frame) => frame.type === 'subscribed' && frame.id === 1);
    expect(stream.frames.map((frame) => ({ ...frame }))).toMatchObject([
      { type: 'subscribed', id: 0, channel: ANN, kind: 'document', state: ANN_DOCUMENT },
      { type: 'subscribed', id: 1, channel: CHESS, kind: 'rows' },
    ]);
    owner.change(ANN, { member: 'ann', total: 2, rank: 2, score: 1 });
    owner.change(CHESS, [['ada', 9]]);
    await stream.waitForState(ANN, isState({ member: 'ann', total: 2, rank: 2, score: 1 }));
    await stream.waitForState(CHESS, isState([['ada', 9]]));
    expect(edge.gateway.stats()).toMatchObject({ connections: 1, subscriptions: 2 });
  });

  it('tells that the source of a channel can not be reached', async () => {
    const { owner } = await serve();
    const stream = await listen([CHESS]);
    await stream.waitFor('a state', ({ type }) => type === 'subscribed');
    owner.heartbeat(false);
    await stream.waitFor('stale', (frame) => frame.type === 'status' && frame.stale);
  });

  it('shares what is encoded with sockets, and forgets its channels when the client leaves', async () => {
    const { owner, transport, gateway } = await serve();
    const streams = await Promise.all([1, 2, 3].map(() => listen([CHESS])));
    for (const stream of streams) await stream.waitFor('a state', ({ type }) => type === 'subscribed');
    expect(transport.publisher.subscribers(`j:${CHESS}`)).toBe(3);
    owner.change(CHESS, [['ada', 2]]);
    for (const stream of streams) await stream.waitForState(CHESS, isState([['ada', 2]]));
    expect(gateway.stats().counts.updates).toBe(1);
    for (const stream of streams) stream.close();
    await gone();
    expect(transport.publisher.subscribers(`j:${CHESS}`)).toBe(0);
    expect(gateway.stats().subscriptions).toBe(0);
  });

  it('stays alive by comments while nothing happens', async () => {
    await serve({ tuning: { idlePingMs: 40, idleMs: 1000, tokenSweepMs: 20 } });
    const stream = await listen([CHESS]);
    await vi.waitFor(() => expect(stream.comments).toBeGreaterThan(30), 20_000);
    expect(stream.frames).toHaveLength(1);
  });
});

describe('who comes back', () => {
  it('gets what was missed, of each channel, and nothing twice', async () => {
    const { owner } = await serve();
    const first = await listen([CHESS, ANN]);
    owner.change(CHESS, [['ada', 2]]);
    await first.waitForState(CHESS, isState([['ada', 2]]));
    await first.waitFor('the document', (frame) => frame.type === 'subscribed' && frame.id === 1);
    first.close();
    await gone();
    owner.change(CHESS, [['ada', 3]]);
    owner.change(CHESS, [
      ['ada', 3],
      ['bob', 1],
    ]);
    const { lastEventId, states } = first;
    const second = await listen([CHESS, ANN], { headers: { 'last-event-id': lastEventId }, states });
    await second.waitFor('both', (frame) => frame.type === 'subscribed' && frame.id === 1);
    await second.waitForState(
      CHESS,
      isState([
        ['ada', 3],
        ['bob', 1],
      ]),
    );
    expect(second.frames.slice(0, 2)).toMatchObject([
      { type: 'subscribed', id: 0, recovered: true },
      { type: 'subscribed', id: 1, recovered: true, patches: [] },
    ]);
    expect(states.of(ANN)).toEqual(ANN_DOCUMENT);
    // Also where it is interrupted again before anything has changed.
    expect(second.lastEventId).not.toBe(lastEventId);
    second.close();
    await gone();
    const third = await listen([CHESS, ANN], {
      headers: { 'last-event-id': second.lastEventId },
      states,
    });
    expect(await third.waitFor('the first', ({ type }) => type === 'subscribed')).toMatchObject({
      recovered: true,
      patches: [],
    });
  });

  it.each([
    ['another list of channels', (id: string) => ({ channels: [ANN, CHESS], id })],
    ['an id of somebody else', () => ({ channels: [CHESS, ANN], id: 'an-id' })],
    ['a position that nobody has', (id: string) => ({ channels: [CHESS, ANN], id: `${id}zz` })],
    ['an endless id', (id: string) => ({ channels: [CHESS, ANN], id: id + ',0.1'.repeat(2100) })],
  ])('with %s gets the states', async (_what, change) => {
    await serve();
    const first = await listen([CHESS, ANN]);
    await first.waitFor('both', (frame) => frame.type === 'subscribed' && frame.id === 1);
    const { channels, id } = change(first.lastEventId);
    const { states } = first;
    const second = await listen(channels, { headers: { 'last-event-id': id }, states });
    const last = await second.waitFor<SubscribedFrame>(
      'both',
      (frame) => frame.type === 'subscribed' && frame.id === 1,
    );
    expect(last).toHaveProperty('state');
  });
});

describe('a client that does not read', () => {
  const limits = { backpressureBytes: 64 * 1024 };
  const rows = (count: number) =>
    Array.from({ length: 800 }, (_, i) => [`member-${i}-${'x'.repeat(60)}`, count]);

  it('costs a bounded amount, and gets one conflated snapshot when it reads again', async () => {
    const { owner, transport } = await serve({ limits });
    const stream = await listen([CHESS]);
    await stream.waitFor('a state', ({ type }) => type === 'subscribed');
    stream.pause();
    const topic = `j:${CHESS}`;
    let count = 0;
    // What the kernel takes on both sides is not known; once it is full, the stream leaves the topic.
    await vi.waitFor(
      () => {
        owner.change(CHESS, rows(++count));
        expect(transport.publisher.subscribers(topic)).toBe(0);
      },
      { timeout: 20_000, interval: 20 },
    );
    stream.resume();
    await vi.waitFor(() => expect(transport.publisher.subscribers(topic)).toBe(1), 10_000);
    owner.change(CHESS, [['last', 1]]);
    await stream.waitForState(CHESS, isState([['last', 1]]));
    const snapshot = await stream.waitFor<SnapshotFrame>('a snapshot', ({ type }) => type === 'snapshot');
    expect(snapshot).toMatchObject({ channel: CHESS, conflated: true });
    // Its position is in the id like that of any other.
    stream.close();
    const back = await listen([CHESS], {
      headers: { 'last-event-id': stream.lastEventId },
      states: stream.states,
    });
    expect(await back.waitFor('a state', ({ type }) => type === 'subscribed')).toMatchObject({
      recovered: true,
    });
  });

  it('is given many large states one after the other', async () => {
    const channels = Array.from({ length: 60 }, (_, i) => `board:large-${i}`);
    const states = Object.fromEntries(channels.map((channel) => [channel, rows(1)]));
    await serve({ limits: { ...limits, replyQueueBytes: 64 * 1024 }, states });
    const stream = await listen(channels);
    await stream.waitFor('the last', (frame) => frame.type === 'subscribed' && frame.id === 59);
    expect(stream.frames.map((frame) => 'id' in frame && frame.id)).toEqual(channels.map((_, i) => i));
  });

  it('is given up when it takes nothing for too long', async () => {
    const { owner, gateway } = await serve({
      limits,
      tuning: { idlePingMs: 100, idleMs: 300, tokenSweepMs: 20, closeDeadlineMs: 100 },
    });
    const stream = await listen([CHESS]);
    stream.pause();
    await vi.waitFor(
      () => {
        owner.change(CHESS, rows(Math.random()));
        expect(gateway.stats().connections).toBe(0);
      },
      { timeout: 20_000, interval: 20 },
    );
  });
});

describe('a stream is refused', () => {
  const problem = async (url: string, headers: Record<string, string> = {}) => {
    const client = await listenTo(url, { headers });
    expect(client.headers['content-type']).toBe('application/problem+json');
    return { status: client.status, code: client.problem.code, headers: client.headers };
  };

  it('without channels, or with one that is none, or that there is not', async () => {
    const { owner, streamUrl, gateway } = await serve();
    expect(await problem(streamUrl())).toMatchObject({ status: 400, code: 'malformed' });
    for (const name of ['', 'nonsense', 'board:a b', 'match:']) {
      expect(await problem(streamUrl(CHESS, name)), name).toMatchObject({
        status: 400,
        code: 'unknown_channel',
      });
    }
    owner.refusing = 'not_found';
    expect(await problem(streamUrl('match:none'))).toMatchObject({ status: 404, code: 'not_found' });
    expect(gateway.stats()).toMatchObject({ connections: 0, subscriptions: 0 });
  });

  it('by what the token permits', async () => {
    const { authenticator, streamUrl } = await serve();
    const only = (channel: string) => identity({ maySubscribe: (name) => name === channel });
    authenticator.anonymous = only(CHESS);
    authenticator.known.set('ann', only(ANN));
    const bearer = { authorization: 'Bearer ann' };
    expect((await listen([CHESS])).status).toBe(200);
    expect(await problem(streamUrl(CHESS, ANN))).toMatchObject({
      status: 401,
      code: 'unauthorized',
      headers: { 'www-authenticate': 'Bearer' },
    });
    expect(await problem(streamUrl(CHESS), bearer)).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await listen([ANN], { headers: bearer })).status).toBe(200);
    const byQuery = await listenTo(`${streamUrl(ANN)}&token=ann`);
    expect(byQuery.status).toBe(200);
    byQuery.close();
    for (const refused of [`${streamUrl(CHESS)}&token=bad`, `${streamUrl(ANN)}&token=`]) {
      expect(await problem(refused)).toMatchObject({ status: 401, code: 'unauthorized' });
    }
    expect(await problem(streamUrl(CHESS), { authorization: 'Basic x' })).toMatchObject({ status: 401 });
  });

  it('beyond the limits of channels, of the address and of the node, which it shares with sockets', async () => {
    const limits = { subscriptionsPerConnection: 2, connectionsPerAddress: 2, connections: 3 };
    const { streamUrl, socketUrl, owner } = await serve({ limits });
    expect(await problem(streamUrl(CHESS, ANN, 'board:x'))).toMatchObject({
      status: 429,
      code: 'too_many_subscriptions',
    });
    owner.refusing = 'not_found';
    for (let i = 0; i < 3; i++) expect((await problem(streamUrl('match:none'))).status).toBe(404);
    owner.refusing = undefined;
    const socket = await connectRaw(socketUrl);
    await socket.ask({ type: 'ping' });
    const stream = await listen([CHESS]);
    expect(await problem(streamUrl(CHESS))).toMatchObject({
      status: 429,
      code: 'rate_limited',
      headers: { 'retry-after': '1' },
    });
    expect((await (await connectRaw(socketUrl)).closed).code).toBe(4002);
    stream.close();
    socket.close();
    await gone();
    expect((await listen([CHESS, ANN])).status).toBe(200);
  });

  it('by a full node for a while', async () => {
    const { streamUrl } = await serve({ limits: { connections: 1 } });
    await listen([CHESS]);
    expect(await problem(streamUrl(CHESS))).toMatchObject({
      status: 503,
      code: 'unavailable',
      headers: { 'retry-after': '1' },
    });
  });

  it('and its place is free again when the client has left before the beginning', async () => {
    const { owner, transport, gateway } = await serve({
      limits: { connections: 1 },
      tuning: { ownerWaitMs: 60_000 },
    });
    owner.answering = false;
    const socket = connect(transport.port, '127.0.0.1');
    socket.write('GET /v1/sse?channel=board:new HTTP/1.1\r\nhost: x\r\n\r\n');
    await vi.waitFor(() => expect(gateway.stats().channels).toBe(1));
    expect(await problem(edge.streamUrl(CHESS))).toMatchObject({ status: 503 });
    socket.destroy();
    owner.answering = true;
    await vi.waitFor(async () => expect((await listen([CHESS])).status).toBe(200), 10_000);
  });

  it('to a page of another origin, and a page that may is told so', async () => {
    const { streamUrl } = await serve({
      transport: { originAllowed: (origin) => origin === 'http://good.example' },
    });
    expect(await problem(streamUrl(CHESS), { origin: 'http://bad.example' })).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    const stream = await listen([CHESS], { headers: { origin: 'http://good.example' } });
    expect(stream.headers).toMatchObject({ 'access-control-allow-origin': 'http://good.example' });
  });

  it.each(['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])('to %s', async (method) => {
    const { streamUrl } = await serve();
    const response = await fetch(streamUrl(CHESS), { method });
    expect(response.status).toBe(method === 'OPTIONS' ? 204 : 405);
    expect(response.headers.get('allow')).toBe('GET');
    await response.arrayBuffer();
  });
});

describe('a stream ends', () => {
  it('when the token expires, and says so', async () => {
    const { authenticator } = await serve({ tuning: { tokenSweepMs: 20 } });
    authenticator.known.set('short', identity({ expiresAt: Date.now() + 200 }));
    const stream = await listen([CHESS], { headers: { authorization: 'Bearer short' } });
    await stream.ended;
    expect(stream.frames.at(-1)).toMatchObject({ type: 'error', code: 'unauthorized' });
    await gone();
  });

  it('with a word when the node drains, and no other begins', async () => {
    const { owner, gateway, streamUrl } = await serve();
    const streams = await Promise.all([1, 2, 3].map(() => listen([CHESS])));
    owner.change(CHESS, [['ada', 2]]);
    for (const stream of streams) await stream.waitForState(CHESS, isState([['ada', 2]]));
    await gateway.drain();
    for (const stream of streams) {
      await stream.ended;
      const bye = stream.frames.at(-1);
      expect(bye).toMatchObject({ type: 'bye' });
      expect(stream.retryMs).toBe(bye?.type === 'bye' && bye.reconnectAfterMs);
      expect(stream.frames.filter((frame): frame is UpdateFrame => frame.type === 'update')).toHaveLength(1);
    }
    const refused = await listenTo(streamUrl(CHESS));
    expect(refused).toMatchObject({ status: 503, problem: { code: 'unavailable' } });
    expect(gateway.stats().connections).toBe(0);
  });

  it('with a word also when it was about to begin', async () => {
    const { owner, gateway } = await serve({ tuning: { ownerWaitMs: 60_000 } });
    owner.answering = false;
    const opening = listen(['board:new']);
    await vi.waitFor(() => expect(gateway.stats().channels).toBe(1));
    await gateway.drain();
    owner.answering = true;
    const stream = await opening;
    await stream.ended;
    expect(stream.frames.map(({ type }) => type)).toEqual(['bye']);
    expect(gateway.stats().connections).toBe(0);
  });

  it('when the transport stops', async () => {
    const { transport, gateway } = await serve();
    const stream = await listen([CHESS]);
    await transport.stop();
    await stream.ended;
    expect(gateway.stats()).toMatchObject({ connections: 0, subscriptions: 0 });
  });
});
