import type { Channel } from '../../protocol/channels.ts';
import type { ChannelState } from '../../store/channel-states.ts';
import type { WatchedChannel } from './watched-channel.ts';

/** Reads states straight from the store, in their order, in few round trips. Rejects where the store is away. */
export interface StateReader {
  readStates(channels: readonly Channel[]): Promise<readonly ChannelState[]>;
}

export interface LocalReadsDeps {
  readonly reader: StateReader;
  readonly defer: (action: () => void) => void;
  readonly settled: (channel: WatchedChannel, state: ChannelState) => void;
  readonly failed: (channels: readonly WatchedChannel[], error: unknown) => void;
}

/** Channels read together; more are read in turns. */
const BATCH_CHANNELS = 1000;

/** First states of channels that no owner answers for, read in batches, one batch at a time. */
export class LocalReads {
  readonly #deps: LocalReadsDeps;
  readonly #wanted = new Set<WatchedChannel>();
  #running = false;

  constructor(deps: LocalReadsDeps) {
    this.#deps = deps;
  }

  want(channel: WatchedChannel): void {
    this.#wanted.add(channel);
    if (this.#running) return;
    this.#running = true;
    this.#deps.defer(() => void this.#run());
  }

  forget(channel: WatchedChannel): void {
    this.#wanted.delete(channel);
  }

  async #run(): Promise<void> {
    while (this.#wanted.size > 0) {
      const batch = [...this.#wanted].slice(0, BATCH_CHANNELS);
      try {
        const states = await this.#deps.reader.readStates(batch.map(({ channel }) => channel));
        batch.forEach((channel, i) => {
          // One that was dropped meanwhile is not wanted any more.
          if (this.#wanted.delete(channel)) this.#deps.settled(channel, states[i] ?? 'not_found');
        });
      } catch (error) {
        this.#deps.failed(
          batch.filter((channel) => this.#wanted.delete(channel)),
          error,
        );
      }
    }
    this.#running = false;
  }
}
