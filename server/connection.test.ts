import { beforeEach, describe, expect, it } from 'vitest';
import { createTestEdge, FakeOwner, identity, type TestEdge } from './gateway/support.contract.ts';
import { DEFAULT_SERVER_LIMITS } from './limits.ts';

const BOARD = 'board:chess';
const EVENT = { type: 'score', board: 'chess', member: 'ada', delta: 1 };

describe('a connection', () => {
  let edge: TestEdge;

  beforeEach(async () => {
    edge = await createTestEdge();
    new FakeOwner(edge.bus).keepBeating(edge.clock);
  });

  it('is welcomed first, with the limits it must keep', () => {
    const first = edge.connect();
    const second = edge.connect({ encoding: 'msgpack' });
    const { frameBytes, subscriptionsPerConnection, backpressureBytes } = DEFAULT_SERVER_LIMITS;
    const { eventsPerPublish, unackedEventsPerConnection, publishesPerSecond } = DEFAULT_SERVER_LIMITS;
    expect(first.frames).toEqual([
      {
        type: 'welcome',
        session: expect.any(String),
        node: 'node-1',
        protocol: 1,
        pingIntervalMs: 25_000,
        limits: {
          frameBytes,
          subscriptionsPerConnection,
          backpressureBytes,
          eventsPerPublish,
          unackedEventsPerConnection,
          publishesPerSecond,
        },
      },
    ]);
    expect(second.frames[0]).not.toMatchObject({ session: (first.frames[0] as { session: string }).session });
  });

  it('answers pings', () => {
    const socket = edge.connect({ encoding: 'msgpack' });
    socket.push({ type: 'ping', id: -3 });
    expect(socket.last()).toEqual({ type: 'pong', id: -3 });
  });

  it.each([
    ['an unknown type', { type: 'jump', id: 5 }, 5],
    ['a missing field', { type: 'subscribe', id: 6 }, 6],
    ['a wrong type', { type: 'subscribe', id: 7, channel: 7 }, 7],
    ['a property it does not know', { type: 'ping', id: 8, extra: 1 }, 8],
    ['an id that is no integer', { type: 'ping', id: 1.5 }, undefined],
    ['an id that is too large', { type: 'ping', id: 2 ** 53 }, undefined],
    ['no id', { type: 'ping' }, undefined],
    ['a list', [1, 2], undefined],
    ['a number', 5, undefined],
    ['null', null, undefined],
    ['a type from the prototype', { type: 'constructor', id: 9 }, 9],
  ])('refuses %s and goes on', (_, frame, id) => {
    for (const encoding of ['json', 'msgpack'] as const) {
      const socket = edge.connect({ encoding });
      socket.push(frame);
      const error = socket.last();
      expect(error).toMatchObject({ type: 'error', code: 'malformed' });
      expect((error as { id?: number }).id).toBe(id);
      socket.push({ type: 'ping', id: 1 });
      expect(socket.last()).toEqual({ type: 'pong', id: 1 });
    }
  });

  it.each([
    ['text that is no JSON', 'json', Buffer.from('{"type":'), false],
    ['a binary frame on a JSON connection', 'json', Buffer.from('{}'), true],
    ['a text frame on a MessagePack connection', 'msgpack', Buffer.from('{}'), false],
    ['truncated MessagePack', 'msgpack', Buffer.from([0x82, 0xa4]), true],
    ['an extension type', 'msgpack', Buffer.from([0xc7, 0x01, 0x05, 0x00]), true],
    ['an empty frame', 'json', Buffer.alloc(0), false],
    ['very deep nesting', 'json', Buffer.from('['.repeat(5000) + ']'.repeat(5000)), false],
  ] as const)('is closed with 4500 after %s', (_, encoding, bytes, isBinary) => {
    const socket = edge.connect({ encoding });
    socket.pushRaw(bytes, isBinary);
    expect(socket.last()).toMatchObject({ type: 'error', code: 'malformed' });
    expect(socket.last()).not.toHaveProperty('id');
    expect(socket.closeCode).toBe(4500);
    expect(edge.gateway.stats().connections).toBe(0);
  });
});

describe('publishing', () => {
  let edge: TestEdge;

  async function start(limits = {}): Promise<void> {
    edge = await createTestEdge({ limits });
  }

  async function publisher(): Promise<ReturnType<TestEdge['connect']>> {
    const socket = edge.connect({ token: 'good' });
    await edge.clock.settle();
    return socket;
  }

  it('hands events on and acknowledges what became of them', async () => {
    await start();
    const socket = await publisher();
    socket.push({ type: 'publish', id: 1, events: [EVENT, EVENT] });
    await edge.clock.settle();
    expect(edge.ingest.published).toEqual([[EVENT, EVENT]]);
    expect(socket.last()).toEqual({ type: 'ack', id: 1, applied: 2, duplicates: 0, rejected: [] });
  });

  it('passes refusals on with their time to wait', async () => {
    await start();
    edge.ingest.verdict = { ok: false, code: 'unavailable', message: 'away', retryAfterMs: 300 };
    const socket = await publisher();
    socket.push({ type: 'publish', id: 1, events: [EVENT] });
    await edge.clock.settle();
    expect(socket.last()).toEqual({
      type: 'error',
      id: 1,
      code: 'unavailable',
      message: 'away',
      retryAfterMs: 300,
    });
  });

  it('needs a token', async () => {
    await start();
    const socket = edge.connect();
    socket.push({ type: 'publish', id: 1, events: [EVENT] });
    expect(socket.last()).toMatchObject({ type: 'error', id: 1, code: 'unauthorized' });
    expect(edge.ingest.published).toEqual([]);
  });

  it('has a limit of events per publish', async () => {
    await start({ eventsPerPublish: 2 });
    const socket = await publisher();
    socket.push({ type: 'publish', id: 1, events: [EVENT, EVENT, EVENT] });
    expect(socket.last()).toMatchObject({ type: 'error', id: 1, code: 'too_large' });
    socket.push({ type: 'publish', id: 2, events: [EVENT, EVENT] });
    await edge.clock.settle();
    expect(socket.last()).toMatchObject({ type: 'ack', id: 2 });
  });

  it('has a limit of unacknowledged events, which an ack frees', async () => {
    await start({ unackedEventsPerConnection: 3 });
    let open = (): void => undefined;
    edge.ingest.gate = new Promise((resolve) => {
      open = resolve;
    });
    const socket = await publisher();
    socket.push({ type: 'publish', id: 1, events: [EVENT, EVENT] });
    socket.push({ type: 'publish', id: 2, events: [EVENT, EVENT] });
    expect(socket.last()).toMatchObject({ type: 'error', id: 2, code: 'rate_limited', retryAfterMs: 1000 });
    open();
    await edge.clock.settle();
    socket.push({ type: 'publish', id: 3, events: [EVENT, EVENT] });
    await edge.clock.settle();
    expect(socket.of('ack').map(({ id }) => id)).toEqual([1, 3]);
  });

  it('has a limit of publishes per second, and tells when the next may come', async () => {
    await start({ publishesPerSecond: 2 });
    const socket = await publisher();
    for (let id = 1; id <= 3; id++) socket.push({ type: 'publish', id, events: [] });
    expect(socket.of('error')).toMatchObject([{ id: 3, code: 'rate_limited', retryAfterMs: 500 }]);
    await edge.clock.advance(500);
    for (let id = 4; id <= 5; id++) socket.push({ type: 'publish', id, events: [] });
    await edge.clock.settle();
    expect(socket.of('ack').map(({ id }) => id)).toEqual([1, 2, 4]);
  });

  it('has no limit of publishes where it is 0', async () => {
    await start({ publishesPerSecond: 0 });
    const socket = await publisher();
    for (let id = 0; id < 3000; id++) socket.push({ type: 'publish', id, events: [] });
    await edge.clock.settle();
    expect(socket.of('ack')).toHaveLength(3000);
  });
});

describe('publishing with a producer', () => {
  let edge: TestEdge;

  async function publisher(limits = {}): Promise<ReturnType<TestEdge['connect']>> {
    edge = await createTestEdge({ limits });
    const socket = edge.connect({ token: 'good' });
    await edge.clock.settle();
    return socket;
  }
  const frame = (id: number, seq: number, count = 1, producer = 'p') => ({
    type: 'publish',
    id,
    producer,
    seq,
    events: Array.from({ length: count }, () => EVENT),
  });

  it('opens a session for each, and its acks tell the number', async () => {
    const socket = await publisher();
    socket.push(frame(1, 1, 2));
    socket.push(frame(2, 3));
    socket.push(frame(3, 1, 1, 'q'));
    await edge.clock.settle();
    expect(edge.ingest.sessions.map(({ producer, seqs }) => [producer, seqs])).toEqual([
      ['p', [1, 3]],
      ['q', [1]],
    ]);
    expect(socket.of('ack')).toEqual([
      { type: 'ack', id: 1, applied: 2, duplicates: 0, rejected: [], seq: 2 },
      { type: 'ack', id: 2, applied: 1, duplicates: 0, rejected: [], seq: 3 },
      { type: 'ack', id: 3, applied: 1, duplicates: 0, rejected: [], seq: 1 },
    ]);
  });

  it('passes on what is wanted and what is in conflict, and says nothing of what is left out', async () => {
    const socket = await publisher({ unackedEventsPerConnection: 3 });
    socket.push(frame(1, 1));
    edge.ingest.sessions[0]?.verdicts.push(
      { ok: false, code: 'resend', message: 'again', seq: 4 },
      undefined,
      { ok: false, code: 'conflict', message: 'gone' },
    );
    socket.push(frame(2, 7));
    socket.push(frame(3, 8));
    await edge.clock.settle();
    expect(socket.frames.slice(1)).toEqual([
      { type: 'error', id: 1, code: 'resend', message: 'again', seq: 4 },
      { type: 'error', id: 3, code: 'conflict', message: 'gone' },
    ]);
    // What was left out does not count as unacknowledged for ever.
    socket.push(frame(4, 4, 3));
    await edge.clock.settle();
    expect(socket.last()).toMatchObject({ type: 'ack', id: 4 });
  });

  it('needs both the producer and the number, in their forms', async () => {
    const socket = await publisher();
    for (const bad of [
      { producer: 'p' },
      { seq: 1 },
      { producer: 'p', seq: 0 },
      { producer: 'p', seq: 1.5 },
      { producer: 'p', seq: 2 ** 53 },
      { producer: 'no spaces', seq: 1 },
      { producer: '', seq: 1 },
    ]) {
      socket.push({ type: 'publish', id: 1, events: [], ...bad });
      expect(socket.last(), JSON.stringify(bad)).toMatchObject({ type: 'error', id: 1, code: 'malformed' });
    }
    expect(edge.ingest.sessions).toEqual([]);
  });

  it('has a limit of producers, which are those of the connection until it ends', async () => {
    const socket = await publisher({ producersPerConnection: 2 });
    for (const [id, producer] of ['p', 'q', 'r', 'p'].entries()) socket.push(frame(id, 1, 1, producer));
    await edge.clock.settle();
    expect(socket.of('error')).toMatchObject([{ id: 2, code: 'too_large' }]);
    expect(socket.of('error')[0]).not.toHaveProperty('retryAfterMs');
    expect(socket.of('ack').map(({ id }) => id)).toEqual([0, 1, 3]);
    const other = edge.connect({ token: 'good' });
    await edge.clock.settle();
    other.push(frame(1, 1, 1, 'r'));
    await edge.clock.settle();
    expect(other.last()).toMatchObject({ type: 'ack' });
  });

  it('tells the session of a frame that is over a limit, so that a gap is not taken for a beginning', async () => {
    const socket = await publisher({
      eventsPerPublish: 2,
      unackedEventsPerConnection: 3,
      publishesPerSecond: 4,
    });
    edge.ingest.gate = new Promise(() => undefined);
    socket.push(frame(1, 1, 3));
    socket.push(frame(2, 1, 2, 'q'));
    socket.push(frame(3, 3, 2, 'q'));
    socket.push(frame(4, 4, 0));
    socket.push(frame(5, 9));
    expect(socket.of('error')).toMatchObject([
      { id: 1, code: 'too_large' },
      { id: 3, code: 'rate_limited' },
      { id: 5, code: 'rate_limited' },
    ]);
    expect(edge.ingest.sessions.map(({ seqs, refusedSeqs }) => [seqs, refusedSeqs])).toEqual([
      [[4], [1, 9]],
      [[1], [3]],
    ]);
  });

  it('counts a frame without events as one, since it waits too', async () => {
    const socket = await publisher({ unackedEventsPerConnection: 2 });
    edge.ingest.gate = new Promise(() => undefined);
    for (let id = 1; id <= 3; id++) socket.push(frame(id, 1, 0));
    expect(socket.of('error')).toMatchObject([{ id: 3, code: 'rate_limited' }]);
  });

  it('ends its sessions with the connection', async () => {
    const socket = await publisher();
    socket.push(frame(1, 1));
    socket.push(frame(2, 1, 1, 'q'));
    socket.hangUp();
    expect(edge.ingest.sessions.map(({ closed }) => closed)).toEqual([true, true]);
    await edge.clock.settle();
    expect(socket.of('ack')).toEqual([]);
  });
});

describe('tokens', () => {
  let edge: TestEdge;

  beforeEach(async () => {
    edge = await createTestEdge({ tuning: { waitingFrameBytes: 500 }, limits: { frameBytes: 1000 } });
    new FakeOwner(edge.bus).keepBeating(edge.clock);
    edge.authenticator.anonymous = identity({ maySubscribe: () => false });
  });

  it('lets frames that come during the verification wait, in order', async () => {
    const socket = edge.connect({ token: 'good' });
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    socket.push({ type: 'ping', id: 2 });
    expect(socket.frames.map(({ type }) => type)).toEqual(['welcome']);
    await edge.settle();
    expect(socket.frames.map(({ type }) => type)).toEqual(['welcome', 'pong', 'subscribed']);
  });

  it('judges frames after an auth by the new identity', async () => {
    const socket = edge.connect();
    socket.push({ type: 'auth', id: 1, token: 'good' });
    socket.push({ type: 'subscribe', id: 2, channel: BOARD });
    await edge.settle();
    expect(socket.of('ok')).toEqual([{ type: 'ok', id: 1 }]);
    expect(socket.of('subscribed')).toMatchObject([{ id: 2 }]);
  });

  it('closes with 4501 at a refused token, of the handshake or of an auth', async () => {
    const first = edge.connect({ token: 'bad' });
    const second = edge.connect();
    second.push({ type: 'auth', id: 1, token: 'bad' });
    second.push({ type: 'ping', id: 2 });
    await edge.clock.settle();
    expect(first.last()).toMatchObject({ type: 'error', code: 'unauthorized' });
    expect(first.last()).not.toHaveProperty('id');
    expect(second.last()).toMatchObject({ type: 'error', id: 1, code: 'unauthorized' });
    expect([first.closeCode, second.closeCode]).toEqual([4501, 4501]);
  });

  it('says unavailable where tokens cannot be verified, and does not tell the client to give up', async () => {
    const first = edge.connect({ token: 'outage' });
    const second = edge.connect({ token: 'good' });
    await edge.clock.settle();
    second.push({ type: 'auth', id: 1, token: 'outage' });
    await edge.clock.settle();
    expect(first.last()).toMatchObject({ type: 'error', code: 'unavailable' });
    expect(first.closeCode).toBe(4002);
    expect(second.last()).toMatchObject({ type: 'error', id: 1, code: 'unavailable' });
    expect(second.closeCode).toBeUndefined();
  });

  it('has a limit of bytes that wait for a verification', () => {
    edge.authenticator.gate = new Promise(() => undefined);
    const socket = edge.connect({ token: 'good' });
    for (let id = 0; id < 100 && socket.closeCode === undefined; id++) socket.push({ type: 'ping', id });
    expect(socket.closeCode).toBe(4502);
  });

  it('does nothing for who has left when the verification ends', async () => {
    const socket = edge.connect({ token: 'good' });
    socket.push({ type: 'ping', id: 1 });
    socket.hangUp();
    await edge.clock.settle();
    expect(socket.frames.map(({ type }) => type)).toEqual(['welcome']);
  });

  it('asks for a new token before the end, and closes with 4501 at the end', async () => {
    edge.authenticator.known.set('brief', identity({ expiresAt: edge.clock.now() + 60_000 }));
    const socket = edge.connect({ token: 'brief' });
    await edge.clock.advance(29_000);
    expect(socket.of('error')).toEqual([]);
    await edge.clock.advance(10_000);
    expect(socket.of('error')).toMatchObject([
      { code: 'unauthorized', message: expect.stringContaining('auth') },
    ]);
    expect(socket.closeCode).toBeUndefined();
    await edge.clock.advance(25_000);
    expect(socket.closeCode).toBe(4501);
  });

  it('goes on with a new token, which replaces the old one and what it permitted', async () => {
    edge.authenticator.known.set('brief', identity({ expiresAt: edge.clock.now() + 60_000 }));
    edge.authenticator.known.set('go', identity({ maySubscribe: (channel) => channel === 'board:go' }));
    const socket = edge.connect({ token: 'brief' });
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    socket.push({ type: 'subscribe', id: 2, channel: 'board:go' });
    await edge.settle();
    socket.push({ type: 'auth', id: 3, token: 'go' });
    await edge.clock.settle();
    expect(socket.frames.slice(-2)).toMatchObject([
      { type: 'error', code: 'forbidden', message: expect.stringContaining(BOARD) },
      { type: 'ok', id: 3 },
    ]);
    expect(edge.gateway.stats().subscriptions).toBe(1);
    await edge.clock.advance(120_000);
    expect(socket.closeCode).toBeUndefined();
  });
});
