import { describe, expect, it } from 'vitest';
import { EventStream } from './event-stream.ts';
import type { GatewaySocket } from './socket-types.ts';
import { recordingLogger } from './support.contract.ts';
import { TopicStreams } from './topic-streams.ts';
import type * as uws from './uws.ts';

const LIMIT = 1000;
const UPDATE = { type: 'update', channel: 'board:a', seq: 1 } as const;

/** A response whose client takes what it is written only while it reads. */
class FakeResponse {
  readonly writes: string[] = [];
  reading = true;
  ended: 'ended' | 'closed' | undefined;
  #writable: () => boolean = () => true;

  cork(action: () => void): this {
    action();
    return this;
  }

  write(text: string): boolean {
    if (this.ended !== undefined) throw new Error('an ended response was touched');
    this.writes.push(text);
    return this.reading;
  }

  onWritable(handler: () => boolean): this {
    this.#writable = handler;
    return this;
  }

  end(): this {
    this.ended = 'ended';
    return this;
  }

  close(): this {
    this.ended = 'closed';
    return this;
  }

  /** The client takes something. */
  take(): boolean {
    return this.#writable();
  }
}

function begin(options: { drained?: () => void } = {}) {
  const response = new FakeResponse();
  const topics = new TopicStreams();
  const turns: (() => void)[] = [];
  const calls: string[] = [];
  const { logger, messages } = recordingLogger();
  let socket: GatewaySocket | undefined;
  const stream = new EventStream(
    {
      retryMs: 1500,
      idAfter: ({ seq }) => (seq === undefined ? undefined : `at-${seq}`),
      begin: (given) => {
        socket = given;
        return {
          message: () => undefined,
          dropped: () => void calls.push('dropped'),
          drained: options.drained ?? (() => void calls.push('drained')),
          closed: (code) => void calls.push(`closed ${code}`),
        };
      },
      abandon: () => undefined,
    },
    topics,
    {
      remoteAddress: '::1',
      backpressureBytes: LIMIT,
      defer: (action) => void turns.push(action),
      logger,
    },
  );
  stream.begin(response as unknown as uws.HttpResponse);
  const turn = (): void => {
    for (const action of turns.splice(0)) action();
  };
  turn();
  calls.length = 0;
  response.writes.length = 0;
  if (socket === undefined) throw new Error('it did not begin');
  return { response, topics, turn, calls, messages, stream, socket };
}

describe('a stream of events', () => {
  it('writes what it is sent in one turn at once, each frame with its type and its position', () => {
    const { socket, response, turn, calls } = begin();
    socket.send('{"a":1}', UPDATE);
    socket.send('{"b":2}', { type: 'status' });
    socket.send('{"c":3}', { type: 'bye', reconnectAfterMs: 700 });
    expect(response.writes).toEqual([]);
    turn();
    expect(response.writes).toEqual([
      'event: update\nid: at-1\ndata: {"a":1}\n\nevent: status\ndata: {"b":2}\n\nevent: bye\nretry: 700\ndata: {"c":3}\n\n',
    ]);
    expect(calls).toEqual(['drained']);
    turn();
    expect(response.writes).toHaveLength(1);
  });

  it('keeps at most its limit and one frame for who does not read, and drops the rest', () => {
    const { socket, response, turn, calls } = begin();
    response.reading = false;
    socket.send('x'.repeat(400), UPDATE);
    turn();
    let most = 0;
    for (let i = 0; i < 50; i++) {
      socket.send('x'.repeat(400), UPDATE);
      turn();
      most = Math.max(most, socket.bufferedBytes());
    }
    expect(most).toBeLessThan(LIMIT + 500);
    expect(calls.filter((call) => call === 'dropped').length).toBeGreaterThan(40);
    expect(socket.send('{}', UPDATE)).toBe('dropped');
    // The library has the first; the others wait here, and the library is given nothing more.
    expect(response.writes).toHaveLength(1);
  });

  it('goes on when the client has taken everything', () => {
    const { socket, response, turn, calls } = begin();
    response.reading = false;
    for (const wire of ['1', '2']) {
      socket.send(wire, { type: 'status' });
      turn();
    }
    // Some of it; the library needs something to write to go on.
    expect(response.take()).toBe(false);
    expect(response.writes).toEqual(['event: status\ndata: 1\n\n', ':\n\n']);
    expect(calls).toEqual([]);
    response.reading = true;
    expect(response.take()).toBe(true);
    expect(response.writes.slice(2)).toEqual([':\n\n', 'event: status\ndata: 2\n\n']);
    expect([calls, socket.bufferedBytes()]).toEqual([['drained'], 0]);
  });

  it('does not wait for the end of the turn with much, so that nobody who reads is taken for slow', () => {
    const { socket, response, calls } = begin();
    for (let i = 0; i < 100; i++) socket.send('x'.repeat(100_000), UPDATE);
    expect(response.writes).toHaveLength(100);
    expect(calls).not.toContain('dropped');
  });

  it('is alive while it is taken what it writes, comments too', () => {
    const { socket, response, turn } = begin();
    socket.takeHeard();
    expect(socket.takeHeard()).toBe(false);
    socket.ping();
    turn();
    expect(response.writes).toEqual([':\n\n']);
    expect(socket.takeHeard()).toBe(true);
    response.reading = false;
    socket.send('1', UPDATE);
    turn();
    expect(socket.takeHeard()).toBe(false);
    socket.ping();
    turn();
    expect(response.writes).toHaveLength(2);
    response.take();
    expect(socket.takeHeard()).toBe(true);
  });

  it('gets what is published to topics that it has joined, until it leaves or ends', () => {
    const { socket, stream, topics, response, turn } = begin();
    socket.join('j:a');
    socket.join('j:b');
    socket.leave('j:b');
    topics.publish('j:a', '1', { type: 'status' });
    topics.publish('j:b', '2', { type: 'status' });
    turn();
    expect(response.writes).toEqual(['event: status\ndata: 1\n\n']);
    expect([topics.count('j:a'), topics.count('j:b')]).toEqual([1, 0]);
    stream.aborted();
    expect(topics.count('j:a')).toBe(0);
  });

  it('ends after what it was sent before, tells so once, and is never touched again', () => {
    const { socket, stream, response, turn, calls } = begin();
    socket.send('1', { type: 'status' });
    socket.end(4001, 'draining');
    expect([response.writes, response.ended, calls]).toEqual([
      ['event: status\ndata: 1\n\n'],
      'ended',
      ['closed 4001'],
    ]);
    stream.aborted();
    socket.end(4001, 'again');
    socket.ping();
    expect(socket.send('2', UPDATE)).toBe('dropped');
    turn();
    expect(response.take()).toBe(true);
    expect([response.writes.length, calls]).toEqual([1, ['closed 4001']]);
  });

  it('is cut off where it is too full to be told', () => {
    const { socket, response, turn, calls } = begin();
    response.reading = false;
    socket.send('x'.repeat(2 * LIMIT), UPDATE);
    turn();
    socket.end(4003, 'idle');
    expect([response.ended, calls]).toEqual(['closed', ['closed 1006']]);
  });

  it('ends by a defect of who handles it, and the log says so', () => {
    const { socket, response, turn, messages } = begin({
      drained: () => {
        throw new Error('a defect');
      },
    });
    socket.send('1', UPDATE);
    turn();
    expect(response.ended).toBe('ended');
    expect(messages).toContain('a stream of events failed');
  });
});
