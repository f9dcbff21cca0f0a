/**
 * The channels that this node has subscribers of. The flow of an update: a patch arrives from the bus, waits for its flush, is applied to
 * the view and published to the native topics. The view only changes in a flush, so what a joining client is given, and
 * what those already there have been told, are always the same state.
 *
 * Healing rests on positions alone: see `ChannelView` for what is applied, `Owners` for who is believed, `WatchLists` for
 * what is asked. Clients never have to do anything for it.
 */
import type { MessageBus } from '../../bus/message-bus.ts';
import type { HeartbeatMessage, PatchMessage, RefusalMessage, ViewMessage } from '../../bus/messages.ts';
import type { Channel } from '../../protocol/channels.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ChannelState } from '../../store/channel-states.ts';
import { partitionOfChannel } from '../../store/partitions.ts';
import type { TopicPublisher } from '../transport/socket-types.ts';
import { BusListener } from './bus-listener.ts';
import { ChannelRegistry } from './channel-registry.ts';
import { Fanout } from './fanout.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { LocalReads, type StateReader } from './local-reads.ts';
import { Owners } from './owners.ts';
import { WatchLists } from './watch-lists.ts';
import { WatchedChannel } from './watched-channel.ts';

export interface ChannelHubDeps {
  readonly bus: MessageBus;
  readonly publisher: TopicPublisher;
  /** Used where no owner can be reached. */
  readonly reader: StateReader;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs an action after this loop turn; `setImmediate`. */
  readonly defer: (action: () => void) => void;
  /** A name that nobody else has. */
  readonly randomId: () => string;
}

export class ChannelHub implements Service {
  readonly #deps: ChannelHubDeps;
  readonly #options: GatewayOptions;
  readonly #channels: ChannelRegistry;
  /** Those that wait for an answer of their owner. */
  readonly #behind = new Set<WatchedChannel>();
  readonly #recentUse = { bytes: 0 };
  readonly #gateway: string;
  readonly #owners: Owners;
  readonly #lists: WatchLists;
  readonly #listener: BusListener;
  readonly #reads: LocalReads;
  readonly #fanout: Fanout;
  #cancelTimer: (() => void) | undefined;
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor(deps: ChannelHubDeps, options: GatewayOptions) {
    this.#deps = deps;
    this.#options = options;
    const { bus, clock, defer, publisher, reader } = deps;
    const { partitions, timing, tuning } = options;
    const now = clock.now();
    this.#gateway = `${options.node}-${deps.randomId()}`;
    this.#listener = new BusListener(deps, {
      heartbeat: (message) => this.#receiveHeartbeat(message),
      change: (message) => this.#receiveChange(message),
      refusal: (message) => this.#receiveRefusal(message),
      up: () => this.#lists.repeatAll(),
    });
    this.#channels = new ChannelRegistry((channel) => this.#forget(channel), {
      channels: options.limits.channels,
      lingerMs: tuning.lingerMs,
    });
    this.#owners = new Owners({ partitions, heartbeatTimeoutMs: timing.heartbeatTimeoutMs, now });
    this.#lists = new WatchLists(
      { bus, defer },
      {
        gateway: this.#gateway,
        partitions,
        watchListChannels: tuning.watchListChannels,
        watchMs: timing.watchMs,
        now,
      },
    );
    this.#reads = new LocalReads({
      reader,
      defer,
      settled: (channel, state) => this.#settleLocally(channel, state),
      failed: (channels, error) => this.#failLocally(channels, error),
    });
    this.#fanout = new Fanout(
      {
        clock,
        publisher,
        defer,
        isStale: (channel) => this.#isStale(channel),
        told: (channel) => this.#noteBehind(channel),
      },
      tuning,
    );
  }

  get flush(): number {
    return this.#fanout.flush;
  }

  get drainedFlush(): number {
    return this.#fanout.drainedFlush;
  }

  stats(): { channels: number; staleChannels: number; updates: number; recentPatchBytes: number } {
    return {
      channels: this.#channels.size,
      staleChannels: this.#channels.countStale(),
      updates: this.#fanout.updates,
      recentPatchBytes: this.#recentUse.bytes,
    };
  }

  /** Partitions that clients of this node get no fresh states of. */
  get stalePartitions(): number {
    return this.#owners.staleCount;
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    this.#listener.start(this.#gateway);
    this.#sweepLater();
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#cancelTimer?.();
    this.#fanout.stop();
    this.#listener.stop();
    this.#channels.dropAll();
  }

  /** One more subscription of the channel; `undefined` where the node is at its limit. `release` ends it. */
  acquire(name: string, channel: Channel): WatchedChannel | undefined {
    const found = this.#channels.get(name);
    if (found === undefined && !this.#channels.makeRoom()) return undefined;
    const watched = found ?? this.#create(name, channel);
    if (watched.isGone) this.#lists.ask(watched);
    this.#channels.acquire(watched);
    return watched;
  }

  release(channel: WatchedChannel): void {
    this.#channels.release(channel, this.#deps.clock.now());
  }

  #create(name: string, channel: Channel): WatchedChannel {
    const { partitions, tuning } = this.#options;
    const now = this.#deps.clock.now();
    const watched = new WatchedChannel(name, channel, partitionOfChannel(channel, partitions), {
      createdAt: now,
      pendingMessages: tuning.pendingMessages,
      recentUse: this.#recentUse,
      recentLimits: tuning,
    });
    this.#channels.add(watched);
    this.#lists.add(watched);
    // First the subscription, then the question: a patch between the owner's answer and the subscription would be missed.
    watched.busSubscription = this.#listener.listenTo(name);
    this.#behind.add(watched);
    this.#lists.ask(watched);
    if (this.#owners.isSilent(watched.partition, now)) this.#reads.want(watched);
    return watched;
  }

  #forget(channel: WatchedChannel): void {
    this.#behind.delete(channel);
    this.#lists.remove(channel);
    this.#reads.forget(channel);
    this.#fanout.forget(channel);
    channel.busSubscription?.unsubscribe();
    channel.recent.clear();
  }

  #receiveHeartbeat(message: HeartbeatMessage): void {
    const { arrived, changed } = this.#owners.heartbeat(message, this.#deps.clock.now());
    for (const partition of arrived) this.#lists.repeat(partition);
    for (const partition of changed) this.#retellStatus(partition);
  }

  #receiveChange(message: PatchMessage | ViewMessage): void {
    const channel = this.#channels.get(message.channel);
    if (channel === undefined || !this.#believes(channel, message.fence)) return;
    channel.refused = undefined;
    if (!channel.isOpen) {
      channel.view.receive(message);
      if (channel.isOpen) this.#opened(channel);
      return;
    }
    if (channel.pending.length >= this.#options.tuning.pendingMessages) channel.view.markOverflown();
    else channel.pending.push(message);
    this.#fanout.schedule(channel);
  }

  #receiveRefusal({ channel: name, fence, code, message }: RefusalMessage): void {
    const channel = this.#channels.get(name);
    if (channel === undefined || !this.#believes(channel, fence)) return;
    if (channel.isOpen) {
      // The last state still stands; the subscribers are told that its source is gone.
      channel.refused = code;
      this.#fanout.schedule(channel);
    } else if (code === 'unavailable') {
      this.#reads.want(channel);
    } else {
      this.#refuse(channel, code, message);
    }
  }

  /** False where a higher owner has been heard. A new one is told at once what is watched here. */
  #believes(channel: WatchedChannel, fence: number): boolean {
    const news = this.#owners.hear(channel.partition, fence);
    if (news === 'new') this.#lists.repeat(channel.partition);
    return news !== 'outdated';
  }

  /** The first state is there: whoever waited gets it now. */
  #opened(channel: WatchedChannel): void {
    channel.stale = this.#isStale(channel);
    this.#reads.forget(channel);
    this.#noteBehind(channel);
    for (const waiter of channel.takeWaiters()) waiter.opened();
  }

  #refuse(channel: WatchedChannel, code: ErrorCode, message: string): void {
    const retryAfterMs = code === 'unavailable' ? this.#options.tuning.retryAfterMs : undefined;
    this.#channels.drop(channel);
    for (const waiter of channel.takeWaiters()) waiter.refused(code, message, retryAfterMs);
  }

  #settleLocally(channel: WatchedChannel, state: ChannelState): void {
    if (channel.isOpen) return;
    if (state === 'not_found') this.#refuse(channel, state, `there is no ${channel.name}`);
    else if (state === 'unavailable') this.#refuse(channel, state, `only its owner knows ${channel.name}`);
    else {
      // An epoch of its own each time, so that no position ever stands for two states.
      channel.view.holdLocal(`local-${this.#deps.randomId()}`, state);
      this.#opened(channel);
    }
  }

  #failLocally(channels: readonly WatchedChannel[], error: unknown): void {
    this.#deps.logger.warn(
      { err: error, channels: channels.length },
      'no owner, and the store cannot be read',
    );
    const message = 'neither an owner nor the score store can be reached';
    for (const channel of channels) this.#refuse(channel, 'unavailable', message);
  }

  #isStale(channel: WatchedChannel): boolean {
    return channel.view.isLocal || channel.refused !== undefined || this.#owners.isStale(channel.partition);
  }

  #retellStatus(partition: number): void {
    for (const channel of this.#lists.channels(partition)) this.#fanout.schedule(channel);
  }

  /** A channel that has fallen behind asks at once, then again and again until it is not. */
  #noteBehind(channel: WatchedChannel): void {
    if (!channel.view.behind) {
      this.#behind.delete(channel);
    } else if (!this.#behind.has(channel)) {
      this.#behind.add(channel);
      this.#lists.ask(channel);
    }
  }

  #sweepLater(): void {
    this.#cancelTimer = this.#deps.clock.after(this.#options.timing.watchRetryMs, () => {
      this.#sweep();
      this.#sweepLater();
    });
  }

  /** Everything that time brings about, by one timer for all channels. */
  #sweep(): void {
    const now = this.#deps.clock.now();
    for (const partition of this.#owners.sweep(now)) this.#retellStatus(partition);
    this.#channels.dropLingering(now);
    for (const channel of this.#behind) {
      this.#lists.ask(channel);
      if (channel.isOpen) continue;
      const waitedMs = now - channel.createdAt;
      if (waitedMs >= this.#options.tuning.ownerWaitMs || this.#owners.isSilent(channel.partition, now)) {
        this.#reads.want(channel);
      }
    }
    // Rather early than late, for what was lost is to be healed within the period.
    this.#lists.repeatDue(now + this.#options.timing.watchRetryMs);
  }
}
