import type { ServerLimits } from '../limits.ts';
import type { FrameHead, GatewaySocket, SendOutcome } from '../transport/socket-types.ts';
import type { Wire } from './encoded-frames.ts';

interface Queued {
  readonly wire: Wire;
  readonly head: FrameHead;
}

/** Bytes of replies kept, beyond which the connection cannot be kept either; and unsent bytes over which the socket drops what it is given. */
export type OutboxLimits = Pick<ServerLimits, 'replyQueueBytes' | 'backpressureBytes'>;

export interface OutboxOwner {
  /** A reply did not leave at once: the socket is over its backpressure limit. */
  dropped(): void;
  /** The queue is over its limit. */
  overflown(): void;
}

/**
 * The one way by which replies leave. Over the backpressure limit a socket drops what it is given without a word, so what it
 * did not take is kept here, in order, and sent when the socket drains. The close frame is no exception.
 */
export class Outbox {
  readonly #socket: GatewaySocket;
  readonly #limits: OutboxLimits;
  readonly #owner: OutboxOwner;
  /** Made for the first that waits, since nearly nothing does. */
  #queue: Queued[] | undefined;
  #bytes = 0;
  #lastWord: { readonly code: number; readonly reason: string } | undefined;

  constructor(socket: GatewaySocket, limits: OutboxLimits, owner: OutboxOwner) {
    this.#socket = socket;
    this.#limits = limits;
    this.#owner = owner;
  }

  get isEmpty(): boolean {
    return this.#queue === undefined;
  }

  send(wire: Wire, head: FrameHead): 'sent' | 'queued' {
    if (this.isEmpty && this.#socket.send(wire, head) !== 'dropped') return 'sent';
    this.keep(wire, head);
    return 'queued';
  }

  /** What the socket did not take. */
  keep(wire: Wire, head: FrameHead): void {
    this.#queue ??= [];
    this.#queue.push({ wire, head });
    this.#bytes += byteLength(wire);
    this.#owner.dropped();
    if (this.#bytes > this.#limits.replyQueueBytes) this.#owner.overflown();
  }

  /** Sends what is queued while the socket's buffer stays below `belowBytes`. True when nothing is left. */
  drain(belowBytes: number): boolean {
    let sent = 0;
    let outcome: SendOutcome = 'sent';
    for (; ; sent++) {
      const queued = this.#queue?.[sent];
      if (queued === undefined || this.#socket.bufferedBytes() >= belowBytes) break;
      outcome = this.#socket.send(queued.wire, queued.head);
      if (outcome === 'dropped') break;
      this.#bytes -= byteLength(queued.wire);
    }
    const rest = this.#queue?.slice(sent) ?? [];
    this.#queue = rest.length === 0 ? undefined : rest;
    if (this.isEmpty && this.#lastWord !== undefined) this.#sayLastWord(this.#lastWord);
    return this.isEmpty;
  }

  /** The close frame goes out as soon as the socket takes it, after what is queued. Nothing may be sent from then on. */
  end(code: number, reason: string): void {
    this.#lastWord = { code, reason };
    this.drain(this.#limits.backpressureBytes);
  }

  clear(): void {
    this.#queue = undefined;
    this.#bytes = 0;
  }

  #sayLastWord({ code, reason }: { code: number; reason: string }): void {
    if (this.#socket.bufferedBytes() >= this.#limits.backpressureBytes) return;
    this.#lastWord = undefined;
    this.#socket.end(code, reason);
  }
}

function byteLength(wire: Wire): number {
  return typeof wire === 'string' ? Buffer.byteLength(wire) : wire.length;
}
