/**
 * A response that goes on, as Server-Sent Events. For the gateway it is a socket that never says anything: what it is sent
 * in one turn of the loop leaves in one write, and what the client does not take counts as its backpressure.
 */
import { CLOSE_CODES } from '../../protocol/codes.ts';
import type { Encoding } from '../../protocol/encodings.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { FrameHead, GatewaySocket, SendOutcome, SocketHandler } from './socket-types.ts';
import type { EventSource } from './stream-types.ts';
import type { TopicStreams } from './topic-streams.ts';
import type * as uws from './uws.ts';

export interface EventStreamOptions {
  readonly remoteAddress: string;
  /** With more than this unsent, it drops what it is given. */
  readonly backpressureBytes: number;
  /** Runs an action after this loop turn; `setImmediate`. */
  readonly defer: (action: () => void) => void;
  readonly logger: Logger;
}

/** As much is written at once even before the turn of the loop ends, so that who reads fast is not taken for slow. */
const WRITE_BYTES = 64 * 1024;

/** Between two events, this says nothing. */
const COMMENT = ':\n\n';

/** The client has left, or was cut off. */
const ABNORMAL = 1006;

/** A defect of ours; the client connects again. */
const INTERNAL_ERROR = 1011;

export class EventStream implements GatewaySocket {
  readonly encoding: Encoding = 'json';
  readonly remoteAddress: string;
  readonly #source: EventSource;
  readonly #topics: TopicStreams;
  readonly #options: EventStreamOptions;
  readonly #joined = new Set<string>();
  #live: uws.HttpResponse | undefined;
  #handler: SocketHandler | undefined;
  /** Given to us in this turn. */
  #queue: string[] = [];
  #queuedBytes = 0;
  /** At most so much of what was written is still with the library, which says nothing but that there is some. */
  #unsentBytes = 0;
  #flushing = false;
  #heard = true;

  constructor(source: EventSource, topics: TopicStreams, options: EventStreamOptions) {
    this.#source = source;
    this.#topics = topics;
    this.#options = options;
    this.remoteAddress = options.remoteAddress;
  }

  /** The head is written, and the response is corked. */
  begin(response: uws.HttpResponse): void {
    this.#live = response;
    response.onWritable(() => this.#writable());
    // It may be that nothing else is sent for a while, and a browser waits for the first bytes.
    this.#add(`retry: ${this.#source.retryMs}\n\n`);
    this.#guard(() => {
      const handler = this.#source.begin(this);
      // It may have been ended at once; then `closed` has come before there was a handler.
      if (this.#live === undefined) handler.closed(CLOSE_CODES.normal.code);
      else this.#handler = handler;
    });
    this.#write();
  }

  /** The client has left. */
  aborted(): void {
    this.#guard(() => this.#closed(ABNORMAL));
  }

  send(wire: string | Uint8Array, head: FrameHead): SendOutcome {
    if (this.#live === undefined || typeof wire !== 'string') return 'dropped';
    if (this.bufferedBytes() > this.#options.backpressureBytes) {
      this.#handler?.dropped();
      return 'dropped';
    }
    const id = this.#source.idAfter(head);
    const retry = head.reconnectAfterMs === undefined ? '' : `retry: ${head.reconnectAfterMs}\n`;
    this.#add(`event: ${head.type}\n${retry}${id === undefined ? '' : `id: ${id}\n`}data: ${wire}\n\n`);
    if (this.#queuedBytes >= WRITE_BYTES && this.#unsentBytes === 0) this.#write();
    return this.bufferedBytes() === 0 ? 'sent' : 'buffered';
  }

  bufferedBytes(): number {
    return this.#queuedBytes + this.#unsentBytes;
  }

  /** A client that only listens is alive as long as it takes what it is sent. */
  takeHeard(): boolean {
    const heard = this.#heard;
    this.#heard = false;
    return heard;
  }

  ping(): void {
    if (this.bufferedBytes() === 0) this.#add(COMMENT);
  }

  join(topic: string): void {
    this.#joined.add(topic);
    this.#topics.join(topic, this);
  }

  leave(topic: string): void {
    this.#joined.delete(topic);
    this.#topics.leave(topic, this);
  }

  cork(sends: () => void): void {
    sends();
  }

  end(code: number): void {
    const live = this.#live;
    if (live === undefined) return;
    const isFull = this.bufferedBytes() > this.#options.backpressureBytes;
    if (!isFull) this.#write();
    this.#closed(isFull ? ABNORMAL : code);
    if (isFull) live.close();
    else live.cork(() => void live.end('', true));
  }

  #add(text: string): void {
    this.#queue.push(text);
    this.#queuedBytes += Buffer.byteLength(text);
    if (this.#flushing) return;
    this.#flushing = true;
    this.#options.defer(() => {
      this.#flushing = false;
      if (this.#unsentBytes === 0) this.#flush();
    });
  }

  /** Everything that was given, and then whatever there is now room for. */
  #flush(): void {
    this.#write();
    if (this.#unsentBytes === 0) this.#guard(() => this.#handler?.drained());
  }

  #write(): void {
    const live = this.#live;
    if (live === undefined || this.#queue.length === 0) return;
    const text = this.#queue.join('');
    const bytes = this.#queuedBytes;
    this.#queue = [];
    this.#queuedBytes = 0;
    live.cork(() => {
      if (live.write(text)) this.#unsentBytes = 0;
      else this.#unsentBytes += bytes;
    });
    if (this.#unsentBytes === 0) this.#heard = true;
  }

  /** The client has taken something. The library hands over what it still has only when it is given more. */
  #writable(): boolean {
    const live = this.#live;
    if (live === undefined) return true;
    this.#heard = true;
    if (this.#unsentBytes > 0) {
      live.cork(() => {
        if (live.write(COMMENT)) this.#unsentBytes = 0;
        else this.#unsentBytes += COMMENT.length;
      });
    }
    if (this.#unsentBytes === 0) this.#flush();
    return this.#unsentBytes === 0;
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.logger.error({ err: error }, 'a stream of events failed');
      this.end(INTERNAL_ERROR);
    }
  }

  #closed(code: number): void {
    if (this.#live === undefined) return;
    this.#live = undefined;
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const topic of this.#joined) this.#topics.leave(topic, this);
    this.#joined.clear();
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.closed(code);
  }
}
