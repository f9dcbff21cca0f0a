import { describe, expect, it } from 'vitest';
import type { GatewaySocket, SendOutcome } from '../transport/socket-types.ts';
import { Outbox } from './outbox.ts';

const HEAD = { type: 'pong' } as const;

function createOutbox(queueBytes = 100): {
  outbox: Outbox;
  sent: string[];
  socket: { outcome: SendOutcome; buffered: number; taken: () => void };
  events: string[];
} {
  const sent: string[] = [];
  const events: string[] = [];
  const state = { outcome: 'sent' as SendOutcome, buffered: 0, taken: (): void => undefined };
  const socket = {
    send: (wire: string) => {
      if (state.outcome !== 'dropped') sent.push(wire);
      state.taken();
      return state.outcome;
    },
    bufferedBytes: () => state.buffered,
    end: (code: number, reason: string) => events.push(`end ${code} ${reason}`),
  } as unknown as GatewaySocket;
  const outbox = new Outbox(
    socket,
    { replyQueueBytes: queueBytes, backpressureBytes: 50 },
    { dropped: () => events.push('dropped'), overflown: () => events.push('overflown') },
  );
  return { outbox, sent, socket: state, events };
}

describe('an outbox', () => {
  it('sends at once what the socket takes, buffered or not', () => {
    const { outbox, sent, socket, events } = createOutbox();
    expect(outbox.send('a', HEAD)).toBe('sent');
    socket.outcome = 'buffered';
    expect(outbox.send('b', HEAD)).toBe('sent');
    expect([sent, events]).toEqual([['a', 'b'], []]);
  });

  it('keeps what was dropped, and everything after it, in order', () => {
    const { outbox, sent, socket, events } = createOutbox();
    socket.outcome = 'dropped';
    expect(outbox.send('a', HEAD)).toBe('queued');
    socket.outcome = 'sent';
    expect(outbox.send('b', HEAD)).toBe('queued');
    expect(sent).toEqual([]);
    expect(events[0]).toBe('dropped');
    expect(outbox.drain(10)).toBe(true);
    expect(sent).toEqual(['a', 'b']);
    expect(outbox.send('c', HEAD)).toBe('sent');
  });

  it('drains only while the buffer is low, and keeps what is dropped again', () => {
    const { outbox, sent, socket } = createOutbox();
    socket.outcome = 'dropped';
    for (const wire of ['a', 'b']) outbox.send(wire, HEAD);
    expect(outbox.drain(10)).toBe(false);
    socket.outcome = 'sent';
    socket.buffered = 10;
    expect(outbox.drain(10)).toBe(false);
    socket.buffered = 9;
    expect(outbox.drain(10)).toBe(true);
    expect(sent).toEqual(['a', 'b']);
  });

  it('tells when it keeps more than its limit, counted in bytes', () => {
    const { outbox, socket, events } = createOutbox(9);
    socket.outcome = 'dropped';
    outbox.send('☃☃', HEAD);
    outbox.send(new Uint8Array(3), HEAD);
    expect(events).not.toContain('overflown');
    outbox.send('x', HEAD);
    expect(events).toContain('overflown');
  });

  it('ends the socket once what is queued has left and the close frame has room', () => {
    const { outbox, sent, socket, events } = createOutbox();
    socket.outcome = 'dropped';
    socket.buffered = 60;
    outbox.send('a', HEAD);
    outbox.end(4001, 'bye');
    socket.outcome = 'sent';
    socket.buffered = 50;
    outbox.drain(70);
    expect([sent, events]).toEqual([['a'], ['dropped']]);
    socket.buffered = 49;
    outbox.drain(10);
    outbox.drain(10);
    expect(events).toEqual(['dropped', 'end 4001 bye']);
  });

  it('that is cleared while it drains stays empty', () => {
    const { outbox, sent, socket } = createOutbox();
    socket.outcome = 'dropped';
    for (const wire of ['a', 'b']) outbox.send(wire, HEAD);
    socket.outcome = 'sent';
    socket.taken = () => outbox.clear();
    expect(outbox.drain(10)).toBe(true);
    expect(sent).toEqual(['a']);
    expect(outbox.send('c', HEAD)).toBe('sent');
  });

  it('ends an idle socket at once', () => {
    const { outbox, events } = createOutbox();
    outbox.end(4500, 'no');
    expect(events).toEqual(['end 4500 no']);
  });
});
