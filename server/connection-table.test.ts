import { describe, expect, it } from 'vitest';
import { createTestEdge } from './gateway/support.contract.ts';

const EVENT = { type: 'score', board: 'chess', member: 'ada', delta: 1 };

describe('limits of connections', () => {
  it('closes with 4002 beyond the connections of the node, until one has left', async () => {
    const edge = await createTestEdge({ limits: { connections: 2 } });
    const [first] = [edge.connect(), edge.connect()];
    const third = edge.connect();
    expect(third.closeCode).toBe(4002);
    expect(third.frames).toEqual([]);
    first.hangUp();
    expect(edge.connect().closeCode).toBeUndefined();
    expect(edge.gateway.stats()).toMatchObject({ connections: 2, refusedConnections: 1 });
  });

  it('closes with 4002 beyond the connections of one address', async () => {
    const edge = await createTestEdge({ limits: { connectionsPerAddress: 1 } });
    const first = edge.connect({ remoteAddress: '10.0.0.1' });
    expect(edge.connect({ remoteAddress: '10.0.0.1' }).closeCode).toBe(4002);
    expect(edge.connect({ remoteAddress: '10.0.0.2' }).closeCode).toBeUndefined();
    first.hangUp();
    expect(edge.connect({ remoteAddress: '10.0.0.1' }).closeCode).toBeUndefined();
  });

  it('has no limit per address where it is 0', async () => {
    const edge = await createTestEdge({ limits: { connectionsPerAddress: 0 } });
    for (let i = 0; i < 50; i++) expect(edge.connect().closeCode).toBeUndefined();
  });
});

describe('draining', () => {
  it('says bye one after the other over the time that is named for it, and spreads the reconnections beside', async () => {
    const edge = await createTestEdge({ tuning: { drainMs: 1000, drainPaceMs: 100, drainSpreadMs: 500 } });
    const sockets = Array.from({ length: 50 }, () => edge.connect());
    const closed = () => sockets.filter(({ closeCode }) => closeCode === 4001).length;
    const drained = edge.gateway.drain(200);
    expect(closed()).toBe(1);
    for (let tenth = 1; tenth < 10; tenth++) {
      await edge.clock.advance(100);
      expect(closed()).toBe(5 * tenth + 1);
    }
    await edge.clock.advance(100);
    await drained;
    const byes = sockets.flatMap((socket) => socket.of('bye'));
    expect(byes).toHaveLength(50);
    expect(Math.min(...byes.map(({ reconnectAfterMs }) => reconnectAfterMs))).toBe(200);
    expect(Math.max(...byes.map(({ reconnectAfterMs }) => reconnectAfterMs))).toBe(690);
    for (const socket of sockets) expect(socket.last()?.type).toBe('bye');
    expect(edge.gateway.stats().connections).toBe(0);
  });

  it('serves those as ever whose turn has not come, and takes in nobody', async () => {
    const edge = await createTestEdge({ tuning: { drainMs: 1000, drainPaceMs: 1000 } });
    const [first, last] = [edge.connect({ token: 'good' }), edge.connect({ token: 'good' })];
    await edge.clock.settle();
    const drained = edge.gateway.drain();
    expect(edge.gateway.isDraining).toBe(true);
    expect(edge.connect().closeCode).toBe(4001);
    await edge.clock.advance(100);
    expect([first.closeCode, last.closeCode]).toEqual([4001, undefined]);
    last.push({ type: 'publish', id: 1, events: [EVENT] });
    await edge.clock.advance(100);
    expect(last.last()).toMatchObject({ type: 'ack', id: 1 });
    await edge.clock.advance(1000);
    await drained;
    expect(last.closeCode).toBe(4001);
  });

  it('is over soon where there are few, and takes so many at once as may be', async () => {
    const edge = await createTestEdge({ tuning: { drainStepConnections: 10, drainMs: 0 } });
    const sockets = Array.from({ length: 50 }, () => edge.connect());
    const drained = edge.gateway.drain(200);
    expect(sockets.filter(({ closeCode }) => closeCode === 4001)).toHaveLength(10);
    await edge.clock.advance(100);
    await drained;
    const few = await createTestEdge();
    const pair = [few.connect(), few.connect()];
    const drainedSoon = few.gateway.drain();
    await few.clock.advance(40);
    await drainedSoon;
    expect(pair.map(({ closeCode }) => closeCode)).toEqual([4001, 4001]);
  });

  it('answers what was published before, and refuses what comes after', async () => {
    const edge = await createTestEdge();
    let open = (): void => undefined;
    edge.ingest.gate = new Promise((resolve) => {
      open = resolve;
    });
    const socket = edge.connect({ token: 'good' });
    await edge.clock.settle();
    socket.push({ type: 'publish', id: 1, events: [EVENT] });
    const drained = edge.gateway.drain();
    await edge.clock.advance(1000);
    expect(socket.closeCode).toBeUndefined();
    socket.push({ type: 'publish', id: 2, events: [EVENT] });
    expect(socket.last()).toMatchObject({ type: 'error', id: 2, code: 'unavailable', retryAfterMs: 1000 });
    open();
    await edge.clock.advance(100);
    await drained;
    expect(socket.frames.slice(-2)).toMatchObject([{ type: 'ack', id: 1 }, { type: 'bye' }]);
    expect(socket.closeCode).toBe(4001);
    expect(edge.ingest.published).toHaveLength(1);
  });

  it('answers producers too, and leaves what comes after to the next connection', async () => {
    const edge = await createTestEdge();
    let open = (): void => undefined;
    edge.ingest.gate = new Promise((resolve) => {
      open = resolve;
    });
    const socket = edge.connect({ token: 'good' });
    await edge.clock.settle();
    socket.push({ type: 'publish', id: 1, producer: 'p', seq: 1, events: [EVENT] });
    socket.push({ type: 'publish', id: 2, producer: 'p', seq: 2, events: [EVENT] });
    const drained = edge.gateway.drain();
    socket.push({ type: 'publish', id: 3, producer: 'p', seq: 3, events: [EVENT] });
    await edge.clock.advance(1000);
    expect(edge.ingest.sessions[0]).toMatchObject({ seqs: [1, 2], closed: false });
    open();
    await edge.clock.advance(100);
    await drained;
    expect(socket.frames.slice(1)).toMatchObject([
      { type: 'error', id: 3, code: 'unavailable' },
      { type: 'ack', id: 1, seq: 1 },
      { type: 'ack', id: 2, seq: 2 },
      { type: 'bye' },
    ]);
    expect(edge.ingest.sessions[0]?.closed).toBe(true);
  });

  it('waits for answers no longer than its deadline', async () => {
    const edge = await createTestEdge({ tuning: { drainDeadlineMs: 300 } });
    edge.ingest.gate = new Promise(() => undefined);
    const socket = edge.connect({ token: 'good' });
    await edge.clock.settle();
    socket.push({ type: 'publish', id: 1, events: [EVENT] });
    const drained = edge.gateway.drain();
    await edge.clock.advance(400);
    await drained;
    expect(socket.closeCode).toBe(4001);
  });

  it('takes nobody in any more', async () => {
    const edge = await createTestEdge();
    await edge.gateway.drain();
    expect(edge.connect().closeCode).toBe(4001);
  });
});

describe('silent clients', () => {
  it('are asked for a sign of life, and closed with 4003 where none comes', async () => {
    const edge = await createTestEdge();
    const [dead, alive, busy] = [edge.connect(), edge.connect(), edge.connect()];
    dead.alive = false;
    busy.alive = false;
    for (let second = 0; second < 59; second++) {
      await edge.clock.advance(1000);
      busy.push({ type: 'ping', id: second });
    }
    expect([dead.pings, alive.pings, busy.pings]).toEqual([1, 1, 0]);
    expect(dead.closeCode).toBeUndefined();
    await edge.clock.advance(3000);
    expect([dead.closeCode, alive.closeCode, busy.closeCode]).toEqual([4003, undefined, undefined]);
    await edge.clock.advance(300_000);
    expect([alive.closeCode, busy.closeCode]).toEqual([undefined, 4003]);
  });
});

describe('stopping', () => {
  it('closes what is left with 1001 and leaves no timer behind', async () => {
    const edge = await createTestEdge();
    const socket = edge.connect();
    socket.push({ type: 'subscribe', id: 1, channel: 'board:chess' });
    await edge.gateway.stop();
    await edge.gateway.stop();
    expect(socket.closeCode).toBe(1001);
    await edge.clock.advance(1000);
    expect(edge.clock.pending).toBe(0);
  });
});
