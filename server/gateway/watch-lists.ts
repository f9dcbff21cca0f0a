import type { MessageBus } from '../../bus/message-bus.ts';
import { encodeBusMessage, TOPICS, type WatchMessage } from '../../bus/messages.ts';
import type { WatchedChannel } from './watched-channel.ts';

export interface WatchListsDeps {
  readonly bus: Pick<MessageBus, 'publish'>;
  readonly defer: (action: () => void) => void;
}

export interface WatchListsOptions {
  /** Names the inbox for the answers. */
  readonly gateway: string;
  readonly partitions: number;
  /** Channels in one message. */
  readonly watchListChannels: number;
  /** Lists are repeated this often, counted from `now` on. */
  readonly watchMs: number;
  readonly now: number;
}

/**
 * Tells owners what this gateway watches, with positions. What is asked for in one loop turn leaves as one message per
 * partition, so that ten thousand first subscribers do not cost ten thousand messages.
 */
export class WatchLists {
  readonly #deps: WatchListsDeps;
  readonly #options: WatchListsOptions;
  readonly #channels: readonly Set<WatchedChannel>[];
  readonly #asked = new Set<WatchedChannel>();
  readonly #repeatAt: number[];
  #deferred = false;

  constructor(deps: WatchListsDeps, options: WatchListsOptions) {
    this.#deps = deps;
    this.#options = options;
    const { now, partitions, watchMs } = options;
    this.#channels = Array.from({ length: partitions }, () => new Set());
    // Spread over the period, so that the lists of all partitions do not leave at once.
    this.#repeatAt = Array.from({ length: partitions }, (_, i) => now + (watchMs * (i + 1)) / partitions);
  }

  channels(partition: number): ReadonlySet<WatchedChannel> {
    return this.#channels[partition] ?? new Set();
  }

  add(channel: WatchedChannel): void {
    this.#channels[channel.partition]?.add(channel);
  }

  remove(channel: WatchedChannel): void {
    this.#channels[channel.partition]?.delete(channel);
    this.#asked.delete(channel);
  }

  /** Asks the owner for this channel within this loop turn. */
  ask(channel: WatchedChannel): void {
    this.#asked.add(channel);
    if (this.#deferred) return;
    this.#deferred = true;
    this.#deps.defer(() => this.#sendAsked());
  }

  /** Tells the owner of a partition everything that is watched in it. */
  repeat(partition: number): void {
    this.#send(partition, [...this.channels(partition)]);
  }

  repeatAll(): void {
    for (let partition = 0; partition < this.#channels.length; partition++) this.repeat(partition);
  }

  /** Repeats the lists that fall due before this time. */
  repeatDue(before: number): void {
    this.#repeatAt.forEach((dueAt, partition) => {
      if (dueAt >= before) return;
      this.#repeatAt[partition] = Math.max(before, dueAt + this.#options.watchMs);
      this.repeat(partition);
    });
  }

  #sendAsked(): void {
    this.#deferred = false;
    const byPartition = new Map<number, WatchedChannel[]>();
    for (const channel of this.#asked) {
      const channels = byPartition.get(channel.partition);
      if (channels === undefined) byPartition.set(channel.partition, [channel]);
      else channels.push(channel);
    }
    this.#asked.clear();
    for (const [partition, channels] of byPartition) this.#send(partition, channels);
  }

  #send(partition: number, channels: readonly WatchedChannel[]): void {
    const { gateway, watchListChannels } = this.#options;
    for (let i = 0; i < channels.length; i += watchListChannels) {
      const message: WatchMessage = {
        type: 'watch',
        gateway,
        channels: channels.slice(i, i + watchListChannels).map(entryOf),
      };
      this.#deps.bus.publish(TOPICS.watch(partition), encodeBusMessage(message));
    }
  }
}

function entryOf({ name, view }: WatchedChannel): readonly [string, string?, number?] {
  const position = view.ownerPosition;
  return position === undefined ? [name] : [name, position.epoch, position.seq];
}
