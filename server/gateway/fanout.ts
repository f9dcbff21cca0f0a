import { CODECS } from '../../protocol/codec.ts';
import { ENCODINGS } from '../../protocol/encodings.ts';
import type { StatusFrame, UpdateFrame } from '../../protocol/frames.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { TopicPublisher } from '../transport/socket-types.ts';
import { topicOf, type WatchedChannel } from './watched-channel.ts';

export interface FanoutDeps {
  readonly clock: Clock;
  readonly publisher: TopicPublisher;
  /** Runs an action after the current loop turn has handed to the sockets what was published in it. */
  readonly defer: (action: () => void) => void;
  readonly isStale: (channel: WatchedChannel) => boolean;
  /** After the channel has been told: it may be behind still, or again up to date. */
  readonly told: (channel: WatchedChannel) => void;
}

/**
 * Tells subscribers. What comes within a short window is told in one loop turn, a flush, one after the other per channel, and
 * each update is encoded once per encoding that somebody listens in. One timer for all channels.
 */
export class Fanout {
  readonly #deps: FanoutDeps;
  readonly #coalesceMs: number;
  readonly #due = new Set<WatchedChannel>();
  #cancelTimer: (() => void) | undefined;
  #flush = 0;
  #drained = 0;
  #updates = 0;

  constructor(deps: FanoutDeps, options: { readonly coalesceMs: number }) {
    this.#deps = deps;
    this.#coalesceMs = options.coalesceMs;
  }

  /** The number of the last flush. */
  get flush(): number {
    return this.#flush;
  }

  /** The last flush of which everything has reached the sockets, or was reported as dropped. */
  get drainedFlush(): number {
    return this.#drained;
  }

  get updates(): number {
    return this.#updates;
  }

  schedule(channel: WatchedChannel): void {
    this.#due.add(channel);
    this.#cancelTimer ??= this.#deps.clock.after(this.#coalesceMs, () => this.#run());
  }

  forget(channel: WatchedChannel): void {
    this.#due.delete(channel);
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#due.clear();
  }

  #run(): void {
    this.#cancelTimer = undefined;
    const due = [...this.#due];
    this.#due.clear();
    const flush = ++this.#flush;
    for (const channel of due) {
      this.#tell(channel);
      this.#deps.told(channel);
    }
    this.#deps.defer(() => {
      this.#drained = flush;
    });
  }

  #tell(channel: WatchedChannel): void {
    for (const { base, update } of channel.takePending()) {
      // A probe has come where it was to go.
      if (channel.channel.type === 'probe') continue;
      const bytes = this.#publish(channel, { type: 'update', channel: channel.name, ...update });
      channel.recent.push(base, update, bytes);
      channel.updatedInFlush = this.#flush;
      this.#updates++;
    }
    const stale = this.#deps.isStale(channel);
    if (channel.isOpen && stale !== channel.stale) {
      channel.stale = stale;
      channel.staleChangedInFlush = this.#flush;
      this.#publish(channel, { type: 'status', channel: channel.name, stale });
    }
  }

  /** The bytes of one of the encodings. */
  #publish(channel: WatchedChannel, frame: UpdateFrame | StatusFrame): number {
    const { publisher } = this.#deps;
    let bytes = 0;
    for (const encoding of ENCODINGS) {
      const topic = topicOf(encoding, channel.name);
      if (publisher.subscribers(topic) === 0) continue;
      const wire = CODECS[encoding].encode(frame);
      publisher.publish(topic, wire, frame);
      bytes = wire.length;
    }
    // Nobody listens at this moment, but somebody may come back for it.
    return bytes > 0 ? bytes : CODECS.json.encode(frame).length;
  }
}
