import type { ErrorCode } from '../../protocol/codes.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ChannelState } from '../../store/channel-states.ts';
import { LocalReads, type StateReader } from './local-reads.ts';
import type { WatchedChannel } from './watched-channel.ts';

interface OpeningsDeps {
  /** Used where no owner can be reached. */
  readonly reader: StateReader;
  readonly logger: Logger;
  readonly defer: (action: () => void) => void;
  /** A name that nobody else has. */
  readonly randomId: () => string;
  readonly drop: (channel: WatchedChannel) => void;
  readonly isStale: (channel: WatchedChannel) => boolean;
  readonly opened: (channel: WatchedChannel) => void;
}

/** How channels get their first state, or why they get none: whoever waits for it is told here. */
export class Openings {
  readonly #deps: OpeningsDeps;
  readonly #retryAfterMs: number;
  readonly #reads: LocalReads;

  constructor(deps: OpeningsDeps, options: { readonly retryAfterMs: number }) {
    this.#deps = deps;
    this.#retryAfterMs = options.retryAfterMs;
    this.#reads = new LocalReads({
      reader: deps.reader,
      defer: deps.defer,
      settled: (channel, state) => this.#settleLocally(channel, state),
      failed: (channels, error) => this.#failLocally(channels, error),
    });
  }

  /** No owner answers: the store is read directly. */
  readLocally(channel: WatchedChannel): void {
    this.#reads.want(channel);
  }

  forget(channel: WatchedChannel): void {
    this.#reads.forget(channel);
  }

  /** The first state is there: whoever waited gets it now. */
  open(channel: WatchedChannel): void {
    channel.stale = this.#deps.isStale(channel);
    this.#reads.forget(channel);
    this.#deps.opened(channel);
    for (const waiter of channel.takeWaiters()) waiter.opened();
  }

  refuse(channel: WatchedChannel, code: ErrorCode, message: string, retryAfterMs?: number): void {
    this.#deps.drop(channel);
    for (const waiter of channel.takeWaiters()) waiter.refused(code, message, retryAfterMs);
  }

  #settleLocally(channel: WatchedChannel, state: ChannelState): void {
    if (channel.isOpen) return;
    if (state === 'not_found') {
      this.refuse(channel, 'not_found', `there is no ${channel.name}`);
      return;
    }
    if (state === 'unavailable') {
      this.refuse(channel, 'unavailable', `only its owner knows ${channel.name}`, this.#retryAfterMs);
      return;
    }
    // An epoch of its own each time, so that no position ever stands for two states.
    channel.view.holdLocal(`local-${this.#deps.randomId()}`, state);
    this.open(channel);
  }

  #failLocally(channels: readonly WatchedChannel[], error: unknown): void {
    this.#deps.logger.warn(
      { err: error, channels: channels.length },
      'no owner, and the store cannot be read',
    );
    for (const channel of channels) {
      const message = 'neither an owner nor the score store can be reached';
      this.refuse(channel, 'unavailable', message, this.#retryAfterMs);
    }
  }
}
