import type { FrameHead, GatewaySocket, SendOutcome } from '../transport/socket-types.ts';
import type { Wire } from './encoded-frames.ts';

interface Queued {
  readonly wire: Wire;
  readonly head: FrameHead;
}

export interface OutboxOptions {
  /** Bytes of replies kept; beyond, the connection cannot be kept either. */
  readonly queueBytes: number;
  /** With more than this unsent, the socket drops what it is given. */
  readonly backpressureBytes: number;
  /** Called when a reply did not leave at once: the socket is over its backpressure limit. */
  readonly dropped: () => void;
  /** Called when the queue is over its limit. */
  readonly overflown: () => void;
}

/**
 * The one way by which replies leave. Over the backpressure limit a socket drops what it is given without a word, so what it
 * did not take is kept here, in order, and sent when the socket drains. The close frame is no exception.
 */
export class Outbox {
  readonly #socket: GatewaySocket;
  readonly #options: OutboxOptions;
  #queue: Queued[] = [];
  #bytes = 0;
  #lastWord: { readonly code: number; readonly reason: string } | undefined;

  constructor(socket: GatewaySocket, options: OutboxOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  send(wire: Wire, head: FrameHead): 'sent' | 'queued' {
    if (this.isEmpty && this.#socket.send(wire, head) !== 'dropped') return 'sent';
    this.#queue.push({ wire, head });
    this.#bytes += byteLength(wire);
    this.#options.dropped();
    if (this.#bytes > this.#options.queueBytes) this.#options.overflown();
    return 'queued';
  }

  /** Sends what is queued while the socket's buffer stays below `belowBytes`. True when nothing is left. */
  drain(belowBytes: number): boolean {
    let sent = 0;
    let outcome: SendOutcome = 'sent';
    for (; sent < this.#queue.length; sent++) {
      const queued = this.#queue[sent];
      if (queued === undefined || this.#socket.bufferedBytes() >= belowBytes) break;
      outcome = this.#socket.send(queued.wire, queued.head);
      if (outcome === 'dropped') break;
      this.#bytes -= byteLength(queued.wire);
    }
    this.#queue = this.#queue.slice(sent);
    if (this.isEmpty && this.#lastWord !== undefined) this.#sayLastWord(this.#lastWord);
    return this.isEmpty;
  }

  /** The close frame goes out as soon as the socket takes it, after what is queued. Nothing may be sent from then on. */
  end(code: number, reason: string): void {
    this.#lastWord = { code, reason };
    this.drain(this.#options.backpressureBytes);
  }

  clear(): void {
    this.#queue = [];
    this.#bytes = 0;
  }

  #sayLastWord({ code, reason }: { code: number; reason: string }): void {
    if (this.#socket.bufferedBytes() >= this.#options.backpressureBytes) return;
    this.#lastWord = undefined;
    this.#socket.end(code, reason);
  }
}

function byteLength(wire: Wire): number {
  return typeof wire === 'string' ? Buffer.byteLength(wire) : wire.length;
}
