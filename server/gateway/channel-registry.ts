import type { ChannelInfo } from '../../protocol/node-reports.ts';
import type { WatchedChannel } from './watched-channel.ts';

export interface ChannelRegistryOptions {
  /** Channels at most; lingering ones make room for new ones. */
  readonly channels: number;
  readonly lingerMs: number;
}

/** The channels of a node by name; one that nobody is subscribed to any more lingers for a while, for who comes back. */
export class ChannelRegistry {
  readonly #options: ChannelRegistryOptions;
  readonly #dropped: (channel: WatchedChannel) => void;
  readonly #channels = new Map<string, WatchedChannel>();
  readonly #lingering = new Map<WatchedChannel, number>();

  /** `dropped` is told every channel that is gone. */
  constructor(dropped: (channel: WatchedChannel) => void, options: ChannelRegistryOptions) {
    this.#dropped = dropped;
    this.#options = options;
  }

  get size(): number {
    return this.#channels.size;
  }

  get(name: string): WatchedChannel | undefined {
    return this.#channels.get(name);
  }

  /** Those with most subscribers first, at most `limit`. */
  busiest(limit: number): readonly ChannelInfo[] {
    const sorted = [...this.#channels.values()].sort((a, b) => b.subscribers - a.subscribers);
    return sorted.slice(0, limit).map(({ name, partition, subscribers, updates, stale }) => {
      return { channel: name, partition, subscribers, updates, stale };
    });
  }

  countStale(): number {
    let count = 0;
    for (const { stale } of this.#channels.values()) if (stale) count++;
    return count;
  }

  /** False where even without those that linger there is no room. */
  makeRoom(): boolean {
    if (this.size < this.#options.channels) return true;
    for (const channel of [...this.#lingering.keys()]) this.drop(channel);
    return this.size < this.#options.channels;
  }

  add(channel: WatchedChannel): void {
    this.#channels.set(channel.name, channel);
  }

  acquire(channel: WatchedChannel): void {
    channel.subscribers++;
    this.#lingering.delete(channel);
  }

  release(channel: WatchedChannel, now: number): void {
    if (--channel.subscribers > 0 || this.#channels.get(channel.name) !== channel) return;
    this.#lingering.set(channel, now + this.#options.lingerMs);
  }

  dropLingering(now: number): void {
    for (const [channel, until] of this.#lingering) if (until <= now) this.drop(channel);
  }

  drop(channel: WatchedChannel): void {
    if (this.#channels.get(channel.name) !== channel) return;
    this.#channels.delete(channel.name);
    this.#lingering.delete(channel);
    this.#dropped(channel);
  }

  dropAll(): void {
    for (const channel of [...this.#channels.values()]) this.drop(channel);
  }
}
