import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTestEdge, FakeOwner, type FakeSocket, type TestEdge } from './support.contract.ts';

const BOARD = 'board:chess';
const OTHER = 'board:go';
const LIMITS = { backpressureBytes: 400, replyQueueBytes: 2000 };

async function createSlowEdge(limits = LIMITS): Promise<{ edge: TestEdge; owner: FakeOwner }> {
  const edge = await createTestEdge({ limits });
  const owner = new FakeOwner(edge.bus);
  owner.keepBeating(edge.clock);
  owner.change(BOARD, [['ada', 0]]);
  owner.change(OTHER, [['eve', 0]]);
  await edge.settle();
  return { edge, owner };
}

describe('a client that does not read', () => {
  let edge: TestEdge;
  let owner: FakeOwner;
  let slow: FakeSocket;
  let quick: FakeSocket;

  beforeEach(async () => {
    ({ edge, owner } = await createSlowEdge());
    slow = edge.connect();
    quick = edge.connect();
    for (const socket of [slow, quick]) {
      socket.push({ type: 'subscribe', id: 1, channel: BOARD });
      socket.push({ type: 'subscribe', id: 2, channel: OTHER });
    }
    await edge.settle();
    slow.reading = false;
  });

  async function change(times: number): Promise<void> {
    for (let i = 1; i <= times; i++) {
      owner.change(BOARD, [['ada', i]]);
      await edge.settle();
    }
  }

  it('costs at most its backpressure limit, and the others nothing', async () => {
    await change(50);
    expect(slow.bufferedBytes()).toBeLessThan(LIMITS.backpressureBytes + 200);
    expect(quick.state(BOARD)).toEqual([['ada', 50]]);
    expect(quick.of('update')).toHaveLength(50);
  });

  it('gets one conflated snapshot of what changed when it reads again, and then updates', async () => {
    await change(50);
    slow.reading = true;
    slow.read();
    expect(slow.of('snapshot')).toEqual([
      expect.objectContaining({ channel: BOARD, conflated: true, state: [['ada', 50]] }),
    ]);
    owner.change(BOARD, [['ada', 51]]);
    owner.change(OTHER, [['eve', 1]]);
    await edge.settle();
    expect(slow.state(BOARD)).toEqual([['ada', 51]]);
    expect(slow.state(OTHER)).toEqual([['eve', 1]]);
    expect(slow.of('snapshot')).toHaveLength(1);
    expect(slow.violations).toEqual([]);
  });

  it('is not offered a reply again before it reads', async () => {
    await change(20);
    const before = slow.drops;
    for (let id = 10; id < 20; id++) slow.push({ type: 'ping', id });
    expect(slow.drops).toBe(before + 1);
  });

  it('gets its replies first, in order, however long it takes', async () => {
    await change(20);
    for (let id = 10; id < 20; id++) slow.push({ type: 'ping', id });
    slow.push({ type: 'subscribe', id: 20, channel: OTHER });
    expect(slow.of('pong')).toEqual([]);
    await edge.clock.settle();
    slow.reading = true;
    slow.read();
    expect(slow.of('pong').map(({ id }) => id)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    const afterUpdates = slow.frames.slice(slow.frames.findIndex(({ type }) => type === 'pong'));
    expect(afterUpdates.map(({ type }) => type).slice(10)).toEqual(['subscribed', 'snapshot']);
    expect(slow.violations).toEqual([]);
  });

  async function overflow(): Promise<void> {
    await change(20);
    for (let id = 0; id < 200 && edge.gateway.stats().subscriptions === 4; id++)
      slow.push({ type: 'ping', id });
    expect(edge.gateway.stats()).toMatchObject({ connections: 2, subscriptions: 2 });
  }

  it('is closed with 4502 where more replies are due than are kept, as soon as it reads', async () => {
    await overflow();
    const unsent = slow.bufferedBytes();
    slow.push({ type: 'subscribe', id: 1, channel: BOARD });
    await change(3);
    expect([slow.closeCode, slow.bufferedBytes()]).toEqual([undefined, unsent]);
    slow.read();
    expect(slow.closeCode).toBe(4502);
    expect(slow.of('pong')).toEqual([]);
    expect(edge.gateway.stats()).toMatchObject({ connections: 1, subscriptions: 2 });
  });

  it('is cut off where it never reads', async () => {
    await overflow();
    await edge.clock.advance(9000);
    expect(slow.closeCode).toBeUndefined();
    await edge.clock.advance(3000);
    expect(slow.closeCode).toBe(1006);
    expect(edge.gateway.stats()).toMatchObject({ connections: 1, subscriptions: 2 });
  });

  it('hears bye and 4001 of a draining node when it reads, and holds it up no longer than the deadline', async () => {
    await change(20);
    const drained = edge.gateway.drain();
    await edge.clock.advance(100);
    expect([slow.closeCode, quick.closeCode]).toEqual([undefined, 4001]);
    slow.reading = true;
    slow.read();
    await edge.clock.advance(100);
    await drained;
    expect([slow.last()?.type, slow.closeCode]).toEqual(['bye', 4001]);
    expect(slow.of('bye')).toHaveLength(1);
  });

  it('is cut off by a stop', async () => {
    await change(20);
    const drained = edge.gateway.drain();
    await edge.clock.advance(6000);
    await drained;
    await edge.gateway.stop();
    expect(slow.closeCode).toBe(1006);
  });

  it('is told of staleness that came and stayed meanwhile', async () => {
    await change(20);
    owner.heartbeat(false);
    await edge.settle();
    slow.reading = true;
    slow.read();
    expect(slow.of('status')).toEqual([
      { type: 'status', channel: BOARD, stale: true },
      { type: 'status', channel: OTHER, stale: true },
    ]);
  });

  it('catches up in steps where its buffer fills again', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `board:wide${i}`);
    slow.reading = true;
    names.forEach((channel, id) => slow.push({ type: 'subscribe', id, channel }));
    await edge.settle();
    slow.reading = false;
    for (let round = 0; round < 4; round++) {
      for (const name of names) owner.change(name, [['somebody with a long name', round]]);
      await edge.settle();
    }
    for (let step = 0; step < 200 && slow.of('snapshot').length < names.length; step++) {
      slow.read(1);
      expect(slow.bufferedBytes()).toBeLessThan(LIMITS.backpressureBytes + 300);
      await edge.settle();
    }
    slow.read();
    for (const name of names) expect(slow.state(name)).toEqual([['somebody with a long name', 3]]);
    expect(slow.violations).toEqual([]);
  });
});

describe('clients that read now and then', () => {
  const CHANNELS = [BOARD, OTHER] as const;
  const channel = fc.constantFrom(...CHANNELS);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('tick' as const), channel }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), channel }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('read' as const), count: fc.integer({ min: 1, max: 6 }) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('stall' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('ping' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('subscribe' as const), channel }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), channel }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 30 }) }),
    },
  );

  it('are never sent an update that they cannot apply, and end with the right state', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
        const { edge, owner } = await createSlowEdge({ backpressureBytes: 120, replyQueueBytes: 20_000 });
        const socket = edge.connect();
        const subscribed = new Set<string>(CHANNELS);
        for (const name of CHANNELS) socket.push({ type: 'subscribe', id: 1, channel: name });
        await edge.settle();
        let score = 0;
        for (const each of steps) {
          switch (each.do) {
            case 'tick':
              owner.change(each.channel, [['ada', ++score]]);
              await edge.clock.advance(12);
              break;
            case 'lose':
              owner.change(each.channel, [['ada', ++score]], 'lost');
              break;
            case 'read':
              socket.read(each.count);
              break;
            case 'stall':
              socket.reading = false;
              break;
            case 'ping':
              socket.push({ type: 'ping', id: 3 });
              break;
            case 'subscribe':
              socket.push({ type: 'subscribe', id: 4, channel: each.channel });
              subscribed.add(each.channel);
              break;
            case 'unsubscribe':
              socket.push({ type: 'unsubscribe', id: 5, channel: each.channel });
              subscribed.delete(each.channel);
              break;
            case 'wait':
              await edge.clock.advance(each.ms);
              break;
          }
        }
        socket.reading = true;
        socket.read();
        await edge.clock.advance(4000);
        // Whoever was told less than everything would now be sent an update with a gap before it.
        for (const name of CHANNELS) owner.change(name, [['ada', ++score]]);
        await edge.settle();
        expect(socket.violations).toEqual([]);
        expect(socket.closeCode).toBeUndefined();
        for (const name of subscribed) expect(socket.state(name)).toEqual(owner.stateOf(name));
        owner.stop();
        await edge.gateway.stop();
      }),
      { numRuns: 100 },
    );
  }, 20_000);
});
