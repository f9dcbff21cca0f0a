import type { Channel } from '../../protocol/channels.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import type { ChannelHub } from './channel-hub.ts';
import type { Waiter, WatchedChannel } from './watched-channel.ts';

export interface NamedChannel {
  readonly name: string;
  readonly channel: Channel;
}

export interface ChannelRefusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Channels kept open for somebody who begins only when all of them have a state, or not at all. */
export class HeldChannels {
  readonly #hub: Pick<ChannelHub, 'acquire' | 'release'>;
  readonly #held = new Map<string, WatchedChannel>();

  constructor(hub: Pick<ChannelHub, 'acquire' | 'release'>) {
    this.#hub = hub;
  }

  /** The first refusal, if there is one; then nothing is held. */
  async open(channels: readonly NamedChannel[], retryAfterMs: number): Promise<ChannelRefusal | undefined> {
    for (const { name, channel } of channels) {
      const watched = this.#hub.acquire(name, channel);
      if (watched === undefined) {
        this.release();
        return { code: 'unavailable', message: 'the node watches as many channels as it may', retryAfterMs };
      }
      this.#held.set(name, watched);
    }
    const refusals = await Promise.all([...this.#held.values()].map((watched) => opened(watched)));
    const refusal = refusals.find((each) => each !== undefined);
    if (refusal !== undefined) this.release();
    return refusal;
  }

  /** Of one channel, whose subscription now holds it, or of all. */
  release(name?: string): void {
    for (const each of name === undefined ? [...this.#held.keys()] : [name]) {
      const watched = this.#held.get(each);
      if (this.#held.delete(each) && watched !== undefined) this.#hub.release(watched);
    }
  }
}

function opened(watched: WatchedChannel): Promise<ChannelRefusal | undefined> {
  if (watched.isGone)
    return Promise.resolve({ code: 'not_found', message: `there is no ${watched.name} any more` });
  if (watched.isOpen) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const waiter: Waiter = {
      opened: () => resolve(undefined),
      refused: (code, message, retryAfterMs) =>
        resolve({ code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }),
    };
    watched.waiters.add(waiter);
  });
}
