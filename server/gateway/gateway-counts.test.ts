import { beforeEach, describe, expect, it } from 'vitest';
import type { GatewayCounts } from './gateway-counts.ts';
import { createTestEdge, FakeOwner, type FakeSocket, type TestEdge } from './support.contract.ts';

const BOARD = 'board:chess';
const OTHER = 'board:go';

describe('a gateway counts', () => {
  let edge: TestEdge;
  let owner: FakeOwner;
  let counts: GatewayCounts;

  beforeEach(async () => {
    edge = await createTestEdge({ limits: { backpressureBytes: 400 } });
    owner = new FakeOwner(edge.bus);
    owner.keepBeating(edge.clock);
    owner.change(BOARD, [['ada', 0]]);
    counts = edge.gateway.stats().counts;
  });

  async function viewer(
    channels: readonly string[],
    options: { since?: object; encoding?: 'json' | 'msgpack' } = {},
  ): Promise<FakeSocket> {
    const socket = edge.connect(options.encoding === undefined ? {} : { encoding: options.encoding });
    for (const [i, channel] of channels.entries()) {
      socket.push({ type: 'subscribe', id: i + 1, channel, ...(options.since && { since: options.since }) });
    }
    await edge.settle();
    return socket;
  }

  it('an update once, its deliveries and bytes for each who is sent it, its size for each encoding', async () => {
    const sockets = [await viewer([BOARD]), await viewer([BOARD])];
    await viewer([BOARD], { encoding: 'msgpack' });
    await viewer([OTHER]);
    owner.change(BOARD, [['ada', 1]]);
    await edge.settle();
    expect(sockets[0]?.of('update')).toHaveLength(1);
    expect(counts).toMatchObject({ updates: 1, deliveries: 3, subscribes: 4, withheldUpdates: 0 });
    expect(counts.updateBytes.count).toBe(2);
    expect(counts.deliveredBytes).toBeGreaterThan(counts.updateBytes.sum);
  });

  it('how long each delivery took from the acceptance of the change, but of none that changes nothing', async () => {
    await viewer([BOARD]);
    await viewer([BOARD]);
    owner.change(BOARD, [['ada', 1]]);
    await edge.settle();
    const { latencySeconds } = counts;
    expect(latencySeconds.count).toBe(2);
    // The owner of the tests says that all its changes were accepted at 1000.
    expect(latencySeconds.sum).toBeCloseTo((2 * (edge.clock.now() - 1000)) / 1000, 0);
    owner.stop();
    const next = new FakeOwner(edge.bus, 2);
    next.change(BOARD, [['ada', 1]]);
    next.heartbeat();
    await edge.settle();
    expect([counts.updates, counts.deliveries, latencySeconds.count]).toEqual([2, 4, 2]);
  });

  it('what is withheld from slow connections, and the snapshots that take its place', async () => {
    const slow = await viewer([BOARD, OTHER]);
    await viewer([BOARD]);
    slow.reading = false;
    for (let i = 1; i <= 50; i++) {
      owner.change(BOARD, [['ada', i]]);
      await edge.settle();
    }
    expect(counts.deliveries + counts.withheldUpdates).toBe(100);
    expect(counts.withheldUpdates).toBeGreaterThan(40);
    expect(counts.conflatedSnapshots).toBe(0);
    slow.reading = true;
    slow.read();
    expect(counts.conflatedSnapshots).toBe(1);
    const { withheldUpdates } = counts;
    owner.change(BOARD, [['ada', 51]]);
    await edge.settle();
    expect(counts.withheldUpdates).toBe(withheldUpdates);
  });

  it('nothing as withheld from a slow connection that is gone', async () => {
    const slow = await viewer([BOARD]);
    await viewer([BOARD]);
    slow.reading = false;
    for (let i = 1; i <= 20; i++) {
      owner.change(BOARD, [['ada', i]]);
      await edge.settle();
    }
    slow.hangUp();
    const { withheldUpdates } = counts;
    owner.change(BOARD, [['ada', 99]]);
    await edge.settle();
    expect(counts.withheldUpdates).toBe(withheldUpdates);
  });

  it('what clients are told that come back, and how many of them there are', async () => {
    await viewer([BOARD, OTHER]);
    const since = { epoch: owner.epoch, seq: owner.seqOf(BOARD) };
    owner.change(BOARD, [['ada', 1]]);
    await edge.settle();
    await viewer([BOARD], { since });
    await viewer([BOARD], { since: { epoch: owner.epoch, seq: owner.seqOf(BOARD) } });
    await viewer([BOARD, OTHER], { since: { epoch: 'another', seq: 1 } });
    expect(counts.recoveries).toEqual({ patches: 1, current: 1, snapshot: 2 });
    expect([counts.reconnects, counts.subscribes]).toEqual([3, 6]);
  });

  it('connections that begin and end, by whose will it was', async () => {
    const left = await viewer([BOARD]);
    const wrong = await viewer([BOARD]);
    left.hangUp();
    wrong.pushRaw(Buffer.from('{'), false);
    await edge.settle();
    expect(edge.gateway.stats()).toMatchObject({ connections: 0, openedConnections: 2 });
    expect(Object.fromEntries(edge.gateway.stats().closedConnections)).toEqual({
      client: 1,
      malformedFrame: 1,
    });
  });
});
