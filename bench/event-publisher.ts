import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { SUBPROTOCOLS } from '../protocol/codec.ts';
import type { ScorewireEvent } from '../protocol/events.ts';
import type { ServerFrame } from '../protocol/frames.ts';

export const EVENTS_PER_FRAME = 500;
const FRAMES_IN_FLIGHT = 40;
const PRODUCERS = 4;

interface Producer {
  readonly id: string;
  /** The number of its next event. */
  next: number;
}

/**
 * Publishes over one connection as several producers, with so many frames unanswered all the time. The events are encoded beforehand, so that
 * the publisher takes as little as possible of the machine that it shares with what is measured.
 */
export class EventPublisher {
  readonly #socket: WebSocket;
  readonly #producers: readonly Producer[] = Array.from({ length: PRODUCERS }, () => ({
    id: randomUUID(),
    next: 1,
  }));
  #frames = 0;
  #unanswered = 0;
  #answered: (() => void) | undefined;
  #fault: Error | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString('utf8'))));
    socket.on('close', (code) => this.#fail(new Error(`the connection was closed with ${code}`)));
  }

  static async connect(url: string, token: string): Promise<EventPublisher> {
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, [SUBPROTOCOLS.json], { headers, perMessageDeflate: false });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new EventPublisher(socket);
  }

  /** All of them, or again and again until a time. Gives how many events were published, all of which are settled then. */
  async publish(frames: readonly string[], until?: number): Promise<number> {
    let sent = 0;
    while (until === undefined ? sent < frames.length : performance.now() < until) {
      while (this.#unanswered >= FRAMES_IN_FLIGHT) await this.#answer();
      this.#send(frames[sent++ % frames.length] as string);
    }
    while (this.#unanswered > 0) await this.#answer();
    return sent * EVENTS_PER_FRAME;
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.close();
  }

  #send(events: string): void {
    const producer = this.#producers[this.#frames % PRODUCERS] as Producer;
    const { id, next } = producer;
    this.#socket.send(
      `{"type":"publish","id":${++this.#frames},"producer":"${id}","seq":${next},"events":${events}}`,
    );
    producer.next += EVENTS_PER_FRAME;
    this.#unanswered++;
  }

  async #answer(): Promise<void> {
    if (this.#fault === undefined) {
      await new Promise<void>((resolve) => {
        this.#answered = resolve;
      });
    }
    if (this.#fault !== undefined) throw this.#fault;
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === 'welcome') return;
    if (frame.type !== 'ack' || frame.applied !== EVENTS_PER_FRAME) {
      this.#fail(new Error(`an answer to a publish: ${JSON.stringify(frame)}`));
      return;
    }
    this.#unanswered--;
    this.#answered?.();
  }

  #fail(fault: Error): void {
    this.#fault ??= fault;
    this.#answered?.();
  }
}

/** The `events` of so many frames. */
export function encodeFrames(events: Iterable<ScorewireEvent>, frames: number): string[] {
  const encoded: string[] = [];
  let batch: ScorewireEvent[] = [];
  for (const event of events) {
    if (encoded.length === frames) break;
    batch.push(event);
    if (batch.length < EVENTS_PER_FRAME) continue;
    encoded.push(JSON.stringify(batch));
    batch = [];
  }
  return encoded;
}
