import { WebSocket } from 'ws';
import type { ScorewireEvent } from '../../protocol/events.ts';
import type { ServerFrame } from '../../protocol/frames.ts';

/** Publishes events at a beat, and fails on anything but acks. */
export class ChangeFeed {
  readonly #socket: WebSocket;
  #timer: NodeJS.Timeout | undefined;
  #id = 0;
  #acknowledged = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data)) as ServerFrame));
    socket.on('close', (code) => {
      throw new Error(`the publisher was sent away with ${code}`);
    });
  }

  static async connect(url: string, token: string): Promise<ChangeFeed> {
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new ChangeFeed(socket);
  }

  /** Resolves when all of it is applied. */
  async publish(events: readonly ScorewireEvent[], atOnce = 1000): Promise<void> {
    for (let i = 0; i < events.length; i += atOnce) this.#send(events.slice(i, i + atOnce));
    while (this.#acknowledged < this.#id) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** In the middle between two ticks, of every tick, until `rest`. */
  begin(tickMs: number, events: () => readonly ScorewireEvent[]): void {
    const untilMiddle = (1.5 * tickMs - (Date.now() % tickMs)) % tickMs;
    this.#timer = setTimeout(
      () => {
        this.#send(events());
        this.begin(tickMs, events);
      },
      untilMiddle < 1 ? tickMs : untilMiddle,
    );
  }

  rest(): void {
    clearTimeout(this.#timer);
  }

  close(): void {
    this.rest();
    this.#socket.removeAllListeners('close');
    this.#socket.close();
  }

  #send(events: readonly ScorewireEvent[]): void {
    this.#id += 1;
    this.#socket.send(JSON.stringify({ type: 'publish', id: this.#id, events }));
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === 'ack' && frame.rejected.length === 0) this.#acknowledged += 1;
    else if (frame.type !== 'welcome')
      throw new Error(`an answer to a publish: ${JSON.stringify(frame).slice(0, 500)}`);
  }
}
