import { beforeEach, describe, expect, it } from 'vitest';
import { createTestEdge, FakeOwner, type FakeSocket, type TestEdge } from './support.contract.ts';

const BOARD = 'board:chess';

describe('staleness', () => {
  let edge: TestEdge;
  let owner: FakeOwner;
  let socket: FakeSocket;

  beforeEach(async () => {
    edge = await createTestEdge();
    owner = new FakeOwner(edge.bus);
    owner.change(BOARD, [['ada', 1]]);
    owner.keepBeating(edge.clock);
    socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
  });

  it('tells once when the heartbeat stays away, and once when it is back', async () => {
    expect(socket.of('status')).toEqual([]);
    owner.stop();
    await edge.clock.advance(10_000);
    expect(socket.of('status')).toEqual([{ type: 'status', channel: BOARD, stale: true }]);
    expect(edge.gateway.stats().staleChannels).toBe(1);
    owner.heartbeat();
    await edge.settle();
    expect(socket.of('status').at(-1)).toEqual({ type: 'status', channel: BOARD, stale: false });
    expect(socket.of('status')).toHaveLength(2);
  });

  it('tells at once when the owner cannot read the store', async () => {
    owner.heartbeat(false);
    await edge.settle();
    expect(socket.of('status')).toEqual([{ type: 'status', channel: BOARD, stale: true }]);
    owner.heartbeat(true);
    await edge.settle();
    expect(socket.of('status')).toHaveLength(2);
  });

  it('tells who joins while it is stale right after the state', async () => {
    owner.heartbeat(false);
    await edge.settle();
    const late = edge.connect({ encoding: 'msgpack' });
    late.push({ type: 'subscribe', id: 1, channel: BOARD });
    expect(late.frames.slice(1)).toMatchObject([{ type: 'subscribed' }, { type: 'status', stale: true }]);
  });

  it('repeats its watch list to an owner that is heard again after a silence', async () => {
    const stopped = owner;
    stopped.stop();
    await edge.clock.advance(5000);
    const same = new FakeOwner(edge.bus, 1);
    same.change(BOARD, [['ada', 1]]);
    same.heartbeat();
    await edge.settle();
    expect(same.channelsWatched).toEqual([BOARD]);
  });

  it('is stale where the owner refuses what it once served, until it serves it again', async () => {
    const gateway = owner.watches[0]?.gateway ?? '';
    owner.send(`inbox.${gateway}`, {
      type: 'refusal',
      channel: BOARD,
      fence: 1,
      code: 'unavailable',
      message: 'not now',
    });
    await edge.settle();
    expect(socket.of('status')).toMatchObject([{ stale: true }]);
    expect(socket.state(BOARD)).toEqual([['ada', 1]]);
    owner.change(BOARD, [['ada', 2]]);
    await edge.settle();
    expect(socket.of('status')).toMatchObject([{ stale: true }, { stale: false }]);
    expect(socket.state(BOARD)).toEqual([['ada', 2]]);
  });
});

describe('without an owner', () => {
  let edge: TestEdge;

  beforeEach(async () => {
    edge = await createTestEdge();
    edge.stored.set(BOARD, [['ada', 1]]);
  });

  it('reads a first state straight from the store after a wait, marked stale', async () => {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.clock.advance(800);
    expect(socket.of('subscribed')).toEqual([]);
    await edge.clock.advance(500);
    expect(socket.frames.slice(1)).toMatchObject([
      { type: 'subscribed', id: 1, epoch: expect.stringMatching(/^local-/), state: [['ada', 1]] },
      { type: 'status', stale: true },
    ]);
  });

  it('does not wait where no owner has been heard for long, and reads many channels together', async () => {
    await edge.clock.advance(5000);
    const socket = edge.connect();
    for (let id = 0; id < 30; id++) {
      edge.stored.set(`board:b${id}`, []);
      socket.push({ type: 'subscribe', id, channel: `board:b${id}` });
    }
    await edge.clock.settle();
    expect(socket.of('subscribed')).toHaveLength(30);
    expect(edge.reads.batches).toBe(1);
  });

  it("lets any owner's view replace it, as one update with the epoch", async () => {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.clock.advance(2500);
    const owner = new FakeOwner(edge.bus);
    owner.change(BOARD, [
      ['ada', 1],
      ['bob', 0],
    ]);
    owner.heartbeat();
    await edge.settle();
    expect(socket.of('update')).toMatchObject([
      { epoch: owner.epoch, from: 0, seq: owner.seqOf(BOARD), patch: [[1, 0, ['bob', 0]]] },
    ]);
    expect(socket.of('status')).toMatchObject([{ stale: true }, { stale: false }]);
    expect(socket.violations).toEqual([]);
  });

  it('never uses a position twice for its own states', async () => {
    const epochs = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const socket = edge.connect();
      socket.push({ type: 'subscribe', id: 1, channel: BOARD });
      await edge.clock.advance(1500);
      epochs.add(socket.views.get(BOARD)?.epoch ?? '');
      socket.hangUp();
      await edge.clock.advance(6000);
    }
    expect(epochs.size).toBe(3);
  });

  it('says not_found and unavailable where the store does, and asks again for the next', async () => {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: 'board:unknown' });
    await edge.clock.advance(1500);
    expect(socket.last()).toMatchObject({ type: 'error', id: 1, code: 'not_found' });
    edge.stored.set(BOARD, new Error('the store is away'));
    socket.push({ type: 'subscribe', id: 2, channel: BOARD });
    await edge.clock.advance(1500);
    expect(socket.last()).toMatchObject({ type: 'error', id: 2, code: 'unavailable', retryAfterMs: 1000 });
    expect(edge.gateway.stats()).toMatchObject({ channels: 0, subscriptions: 0 });
    edge.stored.set(BOARD, []);
    socket.push({ type: 'subscribe', id: 3, channel: BOARD });
    await edge.clock.advance(1500);
    expect(socket.of('subscribed')).toMatchObject([{ id: 3 }]);
  });

  it('reads from the store at once where the owner says that it cannot', async () => {
    const owner = new FakeOwner(edge.bus);
    owner.refusing = 'unavailable';
    owner.keepBeating(edge.clock);
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
    expect(socket.of('subscribed')).toMatchObject([{ state: [['ada', 1]] }]);
    expect(socket.of('status')).toMatchObject([{ stale: true }]);
  });
});

describe('a channel whose source was removed', () => {
  const MATCH = 'match:final';
  let edge: TestEdge;
  let owner: FakeOwner;
  let socket: FakeSocket;

  beforeEach(async () => {
    edge = await createTestEdge();
    owner = new FakeOwner(edge.bus);
    owner.keepBeating(edge.clock);
    owner.change(MATCH, { title: 'Final' });
    socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: MATCH });
    await edge.settle();
    const gateway = owner.watches[0]?.gateway ?? '';
    owner.refusing = 'not_found';
    const refusal = {
      type: 'refusal',
      channel: MATCH,
      fence: 1,
      code: 'not_found',
      message: 'gone',
    } as const;
    owner.send(`inbox.${gateway}`, refusal);
    await edge.settle();
  });

  it('keeps its last state for who is there, marked stale, and lets nobody else in', async () => {
    expect(socket.of('status')).toMatchObject([{ channel: MATCH, stale: true }]);
    expect(socket.state(MATCH)).toEqual({ title: 'Final' });
    const late = edge.connect();
    late.push({ type: 'subscribe', id: 7, channel: MATCH });
    await edge.settle();
    expect(late.last()).toMatchObject({ type: 'error', id: 7, code: 'not_found' });
    late.push({ type: 'subscribe', id: 8, channel: MATCH });
    await edge.settle();
    expect(late.last()).toMatchObject({ type: 'error', id: 8, code: 'not_found' });
    expect(socket.violations).toEqual([]);
  });

  it('goes on for everybody when it is there again, without waiting for the next watch list', async () => {
    owner.refusing = undefined;
    owner.change(MATCH, { title: 'Replay' }, 'lost');
    const late = edge.connect();
    late.push({ type: 'subscribe', id: 7, channel: MATCH });
    await edge.settle();
    late.push({ type: 'subscribe', id: 8, channel: MATCH });
    await edge.settle();
    expect(late.state(MATCH)).toEqual({ title: 'Replay' });
    expect(socket.state(MATCH)).toEqual({ title: 'Replay' });
    expect(socket.of('status')).toMatchObject([{ stale: true }, { stale: false }]);
    expect([...socket.violations, ...late.violations]).toEqual([]);
  });
});
