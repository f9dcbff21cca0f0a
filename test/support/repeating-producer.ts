import { WebSocket } from 'ws';
import type { ServerFrame } from '../../protocol/frames.ts';

/**
 * A producer that follows the protocol and is as tiresome as that allows: it sends what was sent before again and again, in
 * frames of other sizes, hangs up in the middle, and comes back to another server. Written without the SDK, so that the
 * server is not proved right by its own client.
 */
export interface RepeatingProducer {
  /** Resolves when every event is settled; rejects at what the protocol does not allow, or after the deadline. */
  run(deadlineMs: number): Promise<void>;
  /** So many events are settled. */
  readonly settled: number;
  /** Events sent, each time counted. */
  readonly sent: number;
  /** Times of acks, for how long it takes to recover. */
  readonly ackedAt: readonly number[];
  readonly rejected: ReadonlyMap<number, string>;
}

const WINDOW_EVENTS = 4000;
const MAX_FRAME_EVENTS = 400;
const MAX_CONFLICTS_IN_A_ROW = 3;

export function createRepeatingProducer(options: {
  readonly producer: string;
  readonly urls: () => readonly string[];
  readonly token: string;
  readonly events: readonly object[];
  /** 0 to 1. */
  readonly random: () => number;
  /** How often it goes back, and how often it hangs up, per frame. */
  readonly repeat?: number;
  readonly hangUp?: number;
}): RepeatingProducer {
  const { producer, events, random, repeat = 0.05, hangUp = 0.005 } = options;
  let settled = 0;
  let sent = 0;
  const ackedAt: number[] = [];
  const rejected = new Map<number, string>();
  let attempt = 0;
  let conflictsInARow = 0;

  /** One connection, until it ends or everything is settled. */
  const session = (deadlineAt: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const urls = options.urls();
      const socket = new WebSocket(urls[attempt++ % urls.length] ?? '', ['scorewire.v1.json'], {
        headers: { authorization: `Bearer ${options.token}` },
        handshakeTimeout: 3000,
      });
      let next = settled + 1;
      let id = 0;
      let waitUntil = 0;
      const frames = new Map<number, { first: number; count: number }>();
      const end = (error?: Error): void => {
        clearInterval(pump);
        socket.terminate();
        if (error === undefined) resolve();
        else reject(error);
      };
      const send = (): void => {
        if (socket.readyState !== WebSocket.OPEN || Date.now() < waitUntil) return;
        while (next <= events.length && next <= settled + WINDOW_EVENTS && socket.bufferedAmount < 1 << 20) {
          if (random() < repeat) next = settled + 1 + Math.floor(random() * (next - settled));
          const count = Math.min(1 + Math.floor(random() * MAX_FRAME_EVENTS), events.length - next + 1);
          id += 1;
          frames.set(id, { first: next, count });
          socket.send(
            JSON.stringify({
              type: 'publish',
              id,
              producer,
              seq: next,
              events: events.slice(next - 1, next - 1 + count),
            }),
          );
          sent += count;
          next += count;
          if (random() < hangUp) {
            end();
            return;
          }
        }
      };
      const receive = (frame: ServerFrame): void => {
        if (frame.type === 'ack') {
          settled = Math.max(settled, frame.seq ?? 0);
          conflictsInARow = 0;
          ackedAt.push(Date.now());
          const { first = 0 } = frames.get(frame.id) ?? {};
          frames.delete(frame.id);
          for (const { index, code } of frame.rejected) {
            const earlier = rejected.get(first + index);
            if (earlier !== undefined && earlier !== code)
              end(new Error(`a verdict changed: ${earlier}, then ${code}`));
            rejected.set(first + index, code);
          }
          if (settled >= events.length) end();
        } else if (frame.type === 'error') {
          if (frame.code === 'resend' && frame.seq !== undefined) next = frame.seq;
          else if (frame.code === 'unavailable' || frame.code === 'rate_limited') {
            waitUntil = Date.now() + Math.min(frame.retryAfterMs ?? 100, 300);
            next = settled + 1;
          } else if (frame.code === 'conflict' && conflictsInARow++ < MAX_CONFLICTS_IN_A_ROW) {
            // The claim of a connection that was hung up may arrive after this one's: claim again.
            end();
          } else end(new Error(`an error that should not be: ${JSON.stringify(frame)}`));
        }
      };
      socket.on('message', (data: Buffer) => receive(JSON.parse(data.toString('utf8')) as ServerFrame));
      socket.on('open', send);
      socket.on('close', () => end());
      socket.on('error', () => end());
      // Sends go on when acks or time make room.
      const pump = setInterval(() => {
        if (Date.now() > deadlineAt)
          end(new Error(`${producer}: ${settled} of ${events.length} settled at the deadline`));
        else send();
      }, 5);
    });

  return {
    run: async (deadlineMs) => {
      const deadlineAt = Date.now() + deadlineMs;
      while (settled < events.length) {
        await session(deadlineAt);
        if (Date.now() > deadlineAt)
          throw new Error(`${producer}: ${settled} of ${events.length} settled at the deadline`);
        // A server that is away refuses at once.
        if (settled < events.length) await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    get settled() {
      return settled;
    },
    get sent() {
      return sent;
    },
    ackedAt,
    rejected,
  };
}
