import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_GATEWAY_TUNING } from './gateway-options.ts';
import { createTestEdge, FakeOwner, identity, type TestEdge } from './support.contract.ts';

const BOARD = 'board:chess';
const { coalesceMs, coalesceQuietMs } = DEFAULT_GATEWAY_TUNING;

describe('subscribing', () => {
  let edge: TestEdge;
  let owner: FakeOwner;

  beforeEach(async () => {
    edge = await createTestEdge();
    owner = new FakeOwner(edge.bus);
    owner.keepBeating(edge.clock);
    owner.change(BOARD, [['ada', 1]]);
    await edge.settle();
  });

  for (const encoding of ['json', 'msgpack'] as const) {
    it(`gives the owner's state, then its changes (${encoding})`, async () => {
      const socket = edge.connect({ encoding });
      expect(socket.frames[0]).toMatchObject({ type: 'welcome', node: 'node-1', protocol: 1 });
      socket.push({ type: 'subscribe', id: 7, channel: BOARD });
      await edge.settle();
      expect(socket.last()).toEqual({
        type: 'subscribed',
        id: 7,
        channel: BOARD,
        kind: 'rows',
        epoch: owner.epoch,
        seq: owner.seqOf(BOARD),
        state: [['ada', 1]],
      });
      owner.change(BOARD, [
        ['bob', 2],
        ['ada', 1],
      ]);
      await edge.settle();
      expect(socket.last()).toEqual({
        type: 'update',
        channel: BOARD,
        seq: owner.seqOf(BOARD),
        at: 1000,
        patch: [[0, 0, ['bob', 2]]],
      });
      expect(socket.violations).toEqual([]);
    });
  }

  it('asks the owner once for a channel however many subscribe, and gives later ones its own view at once', async () => {
    const first = edge.connect();
    const second = edge.connect();
    first.push({ type: 'subscribe', id: 1, channel: BOARD });
    second.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
    const asked = owner.watches.length;
    const third = edge.connect();
    third.push({ type: 'subscribe', id: 1, channel: BOARD });
    expect(third.last()).toMatchObject({ type: 'subscribed', state: [['ada', 1]] });
    expect(second.last()).toMatchObject({ type: 'subscribed', state: [['ada', 1]] });
    expect(owner.watches.length).toBe(asked);
    expect(asked).toBe(1);
  });

  it('sends the questions of one turn as one message per partition', async () => {
    const socket = edge.connect();
    for (let i = 0; i < 40; i++) socket.push({ type: 'subscribe', id: i, channel: `board:b${i}` });
    await edge.settle();
    expect(socket.of('subscribed')).toHaveLength(40);
    expect(owner.watches.length).toBeLessThanOrEqual(4);
  });

  it('encodes an update once per encoding that somebody listens in', async () => {
    const sockets = [edge.connect(), edge.connect(), edge.connect()];
    for (const socket of sockets) socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
    edge.network.published.length = 0;
    owner.change(BOARD, [['bob', 2]]);
    await edge.settle();
    expect(edge.network.published.map(({ topic }) => topic)).toEqual([`j:${BOARD}`]);
    for (const socket of sockets) expect(socket.state(BOARD)).toEqual([['bob', 2]]);
  });

  it('tells what came within the window in one turn, in order', async () => {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    socket.push({ type: 'subscribe', id: 2, channel: 'board:go' });
    await edge.settle();
    owner.change(BOARD, [['bob', 2]]);
    owner.change('board:go', [['eve', 3]]);
    owner.change(BOARD, [['bob', 4]]);
    await edge.clock.advance(coalesceQuietMs - 1);
    expect(socket.of('update')).toHaveLength(0);
    await edge.clock.advance(1);
    expect(socket.of('update')).toHaveLength(3);
    expect(socket.state(BOARD)).toEqual([['bob', 4]]);
    expect(socket.violations).toEqual([]);
  });

  it('waits for more while more comes, but not beyond the window', async () => {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
    const heldBack = [];
    for (let passed = 0; passed < coalesceMs + coalesceQuietMs; passed++) {
      owner.change(BOARD, [['bob', passed]]);
      await edge.clock.advance(1);
      heldBack.push(socket.of('update').length);
    }
    expect(heldBack.slice(0, coalesceMs - 1)).toEqual(Array(coalesceMs - 1).fill(0));
    expect(heldBack[coalesceMs]).toBeGreaterThanOrEqual(coalesceMs);
    expect(socket.violations).toEqual([]);
  });

  it('answers a second subscribe of a channel afresh and keeps one subscription', async () => {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
    socket.push({ type: 'subscribe', id: 2, channel: BOARD });
    expect(socket.of('subscribed').map(({ id }) => id)).toEqual([1, 2]);
    expect(edge.gateway.stats().subscriptions).toBe(1);
    owner.change(BOARD, []);
    await edge.settle();
    expect(socket.of('update')).toHaveLength(1);
    socket.push({ type: 'unsubscribe', id: 3, channel: BOARD });
    owner.change(BOARD, [['zoe', 1]]);
    await edge.settle();
    expect(socket.of('update')).toHaveLength(1);
  });

  it('answers every one of several requests that wait for the same first state', async () => {
    owner.answering = false;
    const socket = edge.connect();
    for (let id = 1; id <= 3; id++) socket.push({ type: 'subscribe', id, channel: BOARD });
    owner.answering = true;
    await edge.clock.advance(400);
    expect(socket.of('subscribed').map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(edge.gateway.stats().subscriptions).toBe(1);
  });

  it('bounds the requests that wait for one channel', async () => {
    owner.answering = false;
    const socket = edge.connect();
    for (let id = 1; id <= 17; id++) socket.push({ type: 'subscribe', id, channel: BOARD });
    expect(socket.last()).toMatchObject({ type: 'error', id: 17, code: 'rate_limited', retryAfterMs: 1000 });
  });

  it('says ok to unsubscribing from what is not subscribed', () => {
    const socket = edge.connect();
    socket.push({ type: 'unsubscribe', id: 1, channel: BOARD });
    expect(socket.last()).toEqual({ type: 'ok', id: 1 });
  });

  it('answers a request that was waiting when its channel is unsubscribed', () => {
    owner.answering = false;
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    socket.push({ type: 'unsubscribe', id: 2, channel: BOARD });
    expect(socket.frames.slice(1)).toMatchObject([
      { type: 'error', id: 1, code: 'conflict' },
      { type: 'ok', id: 2 },
    ]);
  });

  it.each([
    ['', 'an empty name'],
    [`board:${'x'.repeat(300)}`, 'a name that is too long'],
    ['board:no spaces', 'a name of the wrong form'],
  ])('says of %j that it names no channel, and goes on', (channel) => {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel });
    expect(socket.last()).toMatchObject({ type: 'error', id: 1, code: 'unknown_channel' });
    socket.push({ type: 'unsubscribe', id: 2, channel });
    expect(socket.last()).toEqual({ type: 'ok', id: 2 });
  });

  it('refuses malformed names, the forbidden, and anonymous clients where a token is needed', async () => {
    edge.authenticator.anonymous = identity({ maySubscribe: () => false });
    edge.authenticator.known.set('chess', identity({ maySubscribe: (channel) => channel === BOARD }));
    const anonymous = edge.connect();
    anonymous.push({ type: 'subscribe', id: 1, channel: 'no-such-kind' });
    anonymous.push({ type: 'subscribe', id: 2, channel: BOARD });
    expect(anonymous.of('error')).toMatchObject([
      { id: 1, code: 'unknown_channel' },
      { id: 2, code: 'unauthorized' },
    ]);
    const known = edge.connect({ token: 'chess' });
    known.push({ type: 'subscribe', id: 3, channel: 'board:go' });
    known.push({ type: 'subscribe', id: 4, channel: BOARD });
    await edge.settle();
    expect(known.of('error')).toMatchObject([{ id: 3, code: 'forbidden' }]);
    expect(known.of('subscribed')).toMatchObject([{ id: 4 }]);
  });

  it("passes the owner's refusal on and keeps nothing of the channel", async () => {
    owner.refusing = 'not_found';
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: 'match:m1' });
    await edge.settle();
    expect(socket.last()).toMatchObject({ type: 'error', id: 1, code: 'not_found' });
    expect(edge.gateway.stats()).toMatchObject({ channels: 0, subscriptions: 0 });
    owner.refusing = undefined;
    socket.push({ type: 'subscribe', id: 2, channel: 'match:m1' });
    await edge.settle();
    expect(socket.last()).toMatchObject({ type: 'subscribed', id: 2 });
  });

  it('drops a channel some time after its last subscriber has left, and not before', async () => {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
    socket.hangUp();
    await edge.clock.advance(3000);
    expect(edge.gateway.stats().channels).toBe(1);
    await edge.clock.advance(3000);
    expect(edge.gateway.stats()).toMatchObject({ channels: 0, recentPatchBytes: 0 });
    const asked = owner.watches.length;
    await edge.clock.advance(10_000);
    expect(owner.watches.length).toBe(asked);
    expect(asked).toBeGreaterThan(1);
  });

  it('keeps a lingering channel for who comes back in time', async () => {
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: BOARD });
    await edge.settle();
    const since = { epoch: owner.epoch, seq: owner.seqOf(BOARD) };
    socket.hangUp();
    owner.change(BOARD, [['bob', 9]]);
    await edge.clock.advance(4000);
    const again = edge.connect();
    again.push({ type: 'subscribe', id: 1, channel: BOARD, since });
    expect(again.last()).toMatchObject({
      type: 'subscribed',
      recovered: true,
      patches: [{ seq: since.seq + 1 }],
    });
    await edge.clock.advance(20_000);
    expect(edge.gateway.stats().channels).toBe(1);
  });
});

describe('limits of subscribing', () => {
  it('has a limit of subscriptions per connection', async () => {
    const edge = await createTestEdge({ limits: { subscriptionsPerConnection: 2 } });
    const socket = edge.connect();
    for (let id = 1; id <= 3; id++) socket.push({ type: 'subscribe', id, channel: `board:b${id}` });
    expect(socket.last()).toMatchObject({ type: 'error', id: 3, code: 'too_many_subscriptions' });
    socket.push({ type: 'unsubscribe', id: 4, channel: 'board:b1' });
    socket.push({ type: 'subscribe', id: 5, channel: 'board:b3' });
    expect(socket.of('error')).toMatchObject([{ id: 3 }, { id: 1, code: 'conflict' }]);
  });

  it('has a limit of channels per node, for which lingering ones make room', async () => {
    const edge = await createTestEdge({ limits: { channels: 2 } });
    const socket = edge.connect();
    for (let id = 1; id <= 3; id++) socket.push({ type: 'subscribe', id, channel: `board:b${id}` });
    expect(socket.last()).toMatchObject({ type: 'error', id: 3, code: 'unavailable', retryAfterMs: 1000 });
    socket.push({ type: 'unsubscribe', id: 4, channel: 'board:b1' });
    socket.push({ type: 'subscribe', id: 5, channel: 'board:b3' });
    expect(socket.of('error').map(({ id }) => id)).toEqual([3, 1]);
    expect(edge.gateway.stats().channels).toBe(2);
  });
});
