import { beforeEach, describe, expect, it } from 'vitest';
import { createTestEdge, FakeOwner, type FakeSocket, type TestEdge } from './support.contract.ts';

const BOARD = 'board:chess';

describe('healing', () => {
  let edge: TestEdge;
  let owner: FakeOwner;
  let socket: FakeSocket;

  beforeEach(async () => {
    edge = await createTestEdge();
    owner = new FakeOwner(edge.bus);
    owner.keepBeating(edge.clock);
    owner.change(BOARD, [['ada', 1]]);
    socket = edge.connect();
    await edge.settle();
  });

  async function subscribed(): Promise<void> {
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
    expect(socket.state(BOARD)).toEqual([['ada', 1]]);
  }

  it('repeats the first question until it is answered', async () => {
    owner.answering = false;
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.clock.advance(600);
    expect(owner.watches.length).toBeGreaterThanOrEqual(3);
    owner.answering = true;
    await edge.clock.advance(300);
    expect(socket.last()).toMatchObject({ type: 'subscribed', state: [['ada', 1]] });
    const asked = owner.watches.length;
    await edge.clock.advance(1000);
    expect(owner.watches.length).toBeLessThanOrEqual(asked + 1);
  });

  it('applies patches that came between the subscription and the answer', async () => {
    owner.answering = false;
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.clock.advance(20);
    const gateway = owner.watches[0]?.gateway ?? '';
    owner.sendView(gateway, BOARD);
    owner.change(BOARD, [['ada', 2]]);
    owner.change(BOARD, [['ada', 3]]);
    await edge.settle();
    expect(socket.state(BOARD)).toEqual([['ada', 3]]);
    expect(socket.violations).toEqual([]);
  });

  it('applies patches that came before the answer, in whatever order', async () => {
    owner.answering = false;
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.clock.advance(20);
    const gateway = owner.watches[0]?.gateway ?? '';
    const seq = owner.seqOf(BOARD);
    owner.patch(BOARD, seq + 2, [[0, 1, ['ada', 3]]]);
    owner.patch(BOARD, seq + 1, [[0, 1, ['ada', 2]]]);
    owner.patch(BOARD, seq, [[0, 1, ['ada', 0]]]);
    await edge.settle();
    expect(socket.of('subscribed')).toHaveLength(0);
    owner.sendView(gateway, BOARD);
    await edge.settle();
    expect(socket.last()).toMatchObject({ type: 'subscribed', seq: seq + 2, state: [['ada', 3]] });
  });

  it('asks at once at a gap, and tells the way over it as one update', async () => {
    await subscribed();
    const seq = owner.seqOf(BOARD);
    owner.change(BOARD, [['ada', 2]], 'lost');
    owner.change(BOARD, [['ada', 3]]);
    const asked = owner.watches.length;
    await edge.settle();
    expect(owner.watches.length).toBe(asked + 1);
    expect(owner.watches.at(-1)?.channels).toEqual([[BOARD, owner.epoch, seq]]);
    expect(socket.last()).toEqual({
      type: 'update',
      channel: BOARD,
      seq: seq + 2,
      from: seq,
      at: 2000,
      patch: [[0, 1, ['ada', 3]]],
    });
  });

  it('heals a lost last patch within one repetition of its watch list', async () => {
    await subscribed();
    owner.change(BOARD, [['ada', 5]], 'lost');
    await edge.clock.advance(3050);
    expect(socket.state(BOARD)).toEqual([['ada', 5]]);
    expect(socket.violations).toEqual([]);
  });

  it('ignores what it has already seen', async () => {
    await subscribed();
    owner.change(BOARD, [['ada', 2]]);
    await edge.settle();
    const told = socket.frames.length;
    owner.patch(BOARD, owner.seqOf(BOARD), [[0, 1, ['ada', 2]]]);
    owner.sendView(owner.watches[0]?.gateway ?? '', BOARD);
    await edge.settle();
    expect(socket.frames.length).toBe(told);
  });

  it('moves positions along where the state is the same at another position', async () => {
    await subscribed();
    const seq = owner.seqOf(BOARD);
    owner.change(BOARD, [['ada', 2]], 'lost');
    owner.change(BOARD, [['ada', 1]], 'lost');
    await edge.clock.advance(3050);
    expect(socket.last()).toMatchObject({ type: 'update', from: seq, seq: seq + 2, patch: [] });
  });

  it('asks for the whole view where a patch does not fit its state', async () => {
    await subscribed();
    owner.change(BOARD, [['ada', 7]], 'lost');
    owner.patch(BOARD, owner.seqOf(BOARD), [[40, 3, ['who', 7]]]);
    await edge.settle();
    expect(socket.state(BOARD)).toEqual([['ada', 7]]);
    expect(socket.violations).toEqual([]);
  });

  it('asks for the whole view where more came at once than it keeps', async () => {
    await subscribed();
    for (let i = 2; i < 100; i++) owner.change(BOARD, [['ada', i]]);
    await edge.settle();
    await edge.settle();
    expect(socket.state(BOARD)).toEqual([['ada', 99]]);
    expect(socket.violations).toEqual([]);
  });

  it('tells a new owner at once what it watches, and its clients one update with the new epoch', async () => {
    await subscribed();
    const seq = owner.seqOf(BOARD);
    owner.stop();
    const next = new FakeOwner(edge.bus, 2);
    next.change(BOARD, [['bob', 9]]);
    next.heartbeat();
    await edge.settle();
    expect(next.channelsWatched).toEqual([BOARD]);
    expect(socket.last()).toMatchObject({
      type: 'update',
      epoch: next.epoch,
      from: seq,
      seq: next.seqOf(BOARD),
      patch: [[0, 1, ['bob', 9]]],
    });
    expect(socket.violations).toEqual([]);
  });

  it('believes a patch of a higher owner before its heartbeat, and then nothing of the lower one', async () => {
    await subscribed();
    const next = new FakeOwner(edge.bus, 2);
    next.change(BOARD, [['bob', 9]]);
    await edge.settle();
    expect(socket.state(BOARD)).toEqual([['bob', 9]]);
    owner.answering = false;
    owner.change(BOARD, [['old', 1]]);
    owner.sendView(owner.watches[0]?.gateway ?? '', BOARD);
    owner.heartbeat(false);
    await edge.settle();
    expect(socket.state(BOARD)).toEqual([['bob', 9]]);
    expect(socket.of('status')).toEqual([]);
    expect(socket.violations).toEqual([]);
  });

  it('repeats its watch lists at once when the bus comes back', async () => {
    await subscribed();
    edge.bus.setState('down');
    owner.change(BOARD, [['ada', 8]]);
    await edge.settle();
    edge.bus.setState('up');
    await edge.settle();
    expect(socket.state(BOARD)).toEqual([['ada', 8]]);
    expect(socket.violations).toEqual([]);
  });

  it('sends long watch lists in several messages', async () => {
    const small = await createTestEdge({ tuning: { watchListChannels: 3 } });
    const other = new FakeOwner(small.bus);
    const client = small.connect();
    for (let i = 0; i < 40; i++) client.push({ type: 'subscribe', id: i, channel: `board:b${i}` });
    await small.settle();
    expect(client.of('subscribed')).toHaveLength(40);
    expect(Math.max(...other.watches.map(({ channels }) => channels.length))).toBe(3);
  });

  it('survives messages that are none', async () => {
    await subscribed();
    edge.bus.publish(`channel.${BOARD}`, new Uint8Array([0xc1, 0xff]));
    owner.change(BOARD, [['ada', 2]]);
    await edge.settle();
    expect(socket.state(BOARD)).toEqual([['ada', 2]]);
  });
});

describe('recovery', () => {
  let edge: TestEdge;
  let owner: FakeOwner;

  beforeEach(async () => {
    edge = await createTestEdge({ tuning: { recentPatches: 4 } });
    owner = new FakeOwner(edge.bus);
    owner.keepBeating(edge.clock);
    owner.change(BOARD, [['ada', 0]]);
    const stays = edge.connect();
    stays.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
  });

  async function changes(count: number): Promise<void> {
    for (let i = 1; i <= count; i++) {
      owner.change(BOARD, [['ada', i]]);
      await edge.settle();
    }
  }

  function comesBack(since: object): FakeSocket {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD, since });
    return socket;
  }

  it('gives the patches since exactly the position of the client', async () => {
    const since = { epoch: owner.epoch, seq: owner.seqOf(BOARD) };
    await changes(3);
    const frame = comesBack(since).last();
    expect(frame).toMatchObject({
      type: 'subscribed',
      recovered: true,
      epoch: owner.epoch,
      seq: since.seq + 3,
    });
    expect(frame).toMatchObject({
      patches: [1, 2, 3].map((i) => ({ seq: since.seq + i, patch: [[0, 1, ['ada', i]]] })),
    });
  });

  it('gives no patches to who missed none', async () => {
    await changes(2);
    const since = { epoch: owner.epoch, seq: owner.seqOf(BOARD) };
    expect(comesBack(since).last()).toMatchObject({ recovered: true, patches: [], ...since });
  });

  it('gives a snapshot where the position is not held: too old, of another epoch, or ahead', async () => {
    const { epoch } = owner;
    const seq = owner.seqOf(BOARD);
    await changes(5);
    for (const since of [
      { epoch, seq },
      { epoch: 'other', seq: seq + 4 },
      { epoch, seq: seq + 99 },
      { epoch: '', seq: 0 },
    ]) {
      const frame = comesBack(since).last();
      expect(frame).toMatchObject({ type: 'subscribed', state: [['ada', 5]] });
      expect(frame).not.toHaveProperty('recovered');
    }
  });

  it('leads over a change of the epoch', async () => {
    const since = { epoch: owner.epoch, seq: owner.seqOf(BOARD) };
    await changes(1);
    owner.stop();
    const next = new FakeOwner(edge.bus, 2);
    next.change(BOARD, [['bob', 9]]);
    next.heartbeat();
    await edge.settle();
    const frame = comesBack(since).last();
    expect(frame).toMatchObject({
      recovered: true,
      epoch: next.epoch,
      patches: [{ seq: since.seq + 1 }, { epoch: next.epoch, from: since.seq + 1 }],
    });
  });
});
