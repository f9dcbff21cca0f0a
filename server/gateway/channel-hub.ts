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
import type { Clock } from '../../runtime/clock.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Traces } from '../../runtime/traces.ts';
import { partitionOfChannel } from '../../store/partitions.ts';
import type { TopicPublisher } from '../transport/socket-types.ts';
import { BusListener } from './bus-listener.ts';
import { ChannelRegistry } from './channel-registry.ts';
import { Fanout } from './fanout.ts';
import { GatewayCounts } from './gateway-counts.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { StateReader } from './local-reads.ts';
import { Openings } from './openings.ts';
import { Owners } from './owners.ts';
import { ProbeWatch } from './probe-watch.ts';
import { WatchLists } from './watch-lists.ts';
import { WatchedChannel } from './watched-channel.ts';

export interface ChannelHubDeps {
  readonly bus: MessageBus;
  readonly publisher: TopicPublisher;
  /** Used where no owner can be reached. */
  readonly reader: StateReader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly traces?: Traces | undefined;
  /** Runs an action after this loop turn; `setImmediate`. */
  readonly defer: (action: () => void) => void;
  /** A name that nobody else has. */
  readonly randomId: () => string;
}

export class ChannelHub implements Service {
  readonly counts = new GatewayCounts();
  readonly #deps: ChannelHubDeps;
  readonly #options: GatewayOptions;
  readonly channels: ChannelRegistry;
  /** Those that wait for an answer of their owner. */
  readonly #behind = new Set<WatchedChannel>();
  readonly #recentUse = { bytes: 0 };
  readonly #gateway: string;
  readonly #owners: Owners;
  readonly #lists: WatchLists;
  readonly #listener: BusListener;
  readonly #openings: Openings;
  readonly #probes: ProbeWatch;
  readonly #fanout: Fanout;
  #cancelTimer: (() => void) | undefined;
  #state: 'new' | 'started' | 'stopped' = 'new';

  constructor(deps: ChannelHubDeps, options: GatewayOptions) {
    this.#deps = deps;
    this.#options = options;
    const { bus, clock, logger, defer, publisher, reader, randomId } = deps;
    const { partitions, timing, tuning } = options;
    const now = clock.now();
    this.#gateway = `${options.node}-${randomId()}`;
    this.#listener = new BusListener(deps, {
      heartbeat: (message) => this.#receiveHeartbeat(message),
      change: (message) => this.#receiveChange(message),
      refusal: (message) => this.#receiveRefusal(message),
      probes: (message) => this.#probes.receive(message),
      up: () => {
        this.#lists.repeatAll();
        this.#probes.ask();
      },
    });
    this.channels = new ChannelRegistry((channel) => this.#forget(channel), {
      channels: options.limits.channels,
      lingerMs: tuning.lingerMs,
    });
    this.#probes = new ProbeWatch(
      { bus, clock, believes: (partition, fence) => this.#believes(partition, fence) },
      { gateway: this.#gateway, partitions, timing },
    );
    this.#owners = new Owners(
      { probeAgeMs: (partition, at) => this.#probes.ageMs(partition, at) },
      { ...timing, partitions, now },
    );
    this.#lists = new WatchLists(
      { bus, defer },
      {
        ...{ gateway: this.#gateway, partitions, now },
        ...{ watchListChannels: tuning.watchListChannels, watchMs: timing.watchMs },
      },
    );
    this.#openings = new Openings(
      {
        ...{ reader, logger, defer, randomId },
        drop: (channel) => this.channels.drop(channel),
        isStale: (channel) => this.#isStale(channel),
        opened: (channel) => this.#told(channel),
      },
      tuning,
    );
    this.#fanout = new Fanout(
      {
        ...{ clock, publisher, defer, counts: this.counts, traces: deps.traces },
        isStale: (channel) => this.#isStale(channel),
        told: (channel) => this.#told(channel),
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

  stats(): { channels: number; staleChannels: number; recentPatchBytes: number } {
    const { size: channels } = this.channels;
    return { channels, staleChannels: this.channels.countStale(), recentPatchBytes: this.#recentUse.bytes };
  }

  /** Partitions that clients of this node get no fresh states of. */
  get stalePartitions(): number {
    return this.#owners.staleCount;
  }

  /** Those among them whose owner says that all is well, though what is written does not come back. */
  get latePartitions(): number {
    return this.#owners.lateCount;
  }

  /** By partition, as owners told them. */
  get shownProbes(): readonly (number | undefined)[] {
    return this.#probes.shown;
  }

  /** For how long what is written into some partition has not come back. */
  get probeAgeMs(): number {
    return this.#probes.oldestMs();
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') return;
    this.#state = 'started';
    this.#listener.start(this.#gateway);
    this.#probes.ask();
    this.#sweepLater();
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#cancelTimer?.();
    this.#fanout.stop();
    this.#listener.stop();
    this.channels.dropAll();
  }

  /** One more subscription of the channel; `undefined` where the node is at its limit. `release` ends it. */
  acquire(name: string, channel: Channel): WatchedChannel | undefined {
    const found = this.channels.get(name);
    if (found === undefined && !this.channels.makeRoom()) return undefined;
    const watched = found ?? this.#create(name, channel);
    if (watched.isGone) this.#lists.ask(watched);
    this.channels.acquire(watched);
    return watched;
  }

  release(channel: WatchedChannel): void {
    this.channels.release(channel, this.#deps.clock.now());
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
    this.channels.add(watched);
    this.#lists.add(watched);
    // First the subscription, then the question: a patch between the owner's answer and the subscription would be missed.
    watched.busSubscription = this.#listener.listenTo(name);
    this.#behind.add(watched);
    this.#lists.ask(watched);
    if (this.#owners.isSilent(watched.partition, now)) this.#openings.readLocally(watched);
    return watched;
  }

  #forget(channel: WatchedChannel): void {
    this.#behind.delete(channel);
    this.#lists.remove(channel);
    this.#openings.forget(channel);
    this.#fanout.forget(channel);
    channel.busSubscription?.unsubscribe();
    channel.recent.clear();
  }

  #receiveHeartbeat(message: HeartbeatMessage): void {
    const { arrived, changed } = this.#owners.heartbeat(message, this.#deps.clock.now());
    if (arrived.length > 0) this.#probes.ask();
    for (const partition of arrived) this.#lists.repeat(partition);
    for (const partition of changed) this.#retellStatus(partition);
  }

  #receiveChange(message: PatchMessage | ViewMessage): void {
    const channel = this.channels.get(message.channel);
    if (channel === undefined || !this.#believes(channel.partition, message.fence)) return;
    channel.refused = undefined;
    if (!channel.isOpen) {
      channel.view.receive(message);
      if (channel.isOpen) this.#openings.open(channel);
      return;
    }
    if (channel.pending.length >= this.#options.tuning.pendingMessages) channel.view.markOverflown();
    else channel.pending.push(message);
    this.#fanout.schedule(channel);
  }

  #receiveRefusal({ channel: name, fence, code, message }: RefusalMessage): void {
    const channel = this.channels.get(name);
    if (channel === undefined || !this.#believes(channel.partition, fence)) return;
    if (channel.isOpen) {
      // The last state still stands; the subscribers are told that its source is gone.
      channel.refused = code;
      this.#fanout.schedule(channel);
    } else if (code === 'unavailable') {
      this.#openings.readLocally(channel);
    } else {
      this.#openings.refuse(channel, code, message);
    }
  }

  /** False where a higher owner has been heard. A new one is told at once what is watched here. */
  #believes(partition: number, fence: number): boolean {
    const news = this.#owners.hear(partition, fence);
    if (news === 'new') this.#lists.repeat(partition);
    return news !== 'outdated';
  }

  #isStale(channel: WatchedChannel): boolean {
    return channel.view.isLocal || channel.refused !== undefined || this.#owners.isStale(channel.partition);
  }

  #retellStatus(partition: number): void {
    for (const channel of this.#lists.channels(partition)) this.#fanout.schedule(channel);
  }

  /** A channel that has fallen behind asks at once, then again and again until it is not. */
  #told(channel: WatchedChannel): void {
    if (!channel.view.behind) {
      this.#behind.delete(channel);
    } else if (!this.#behind.has(channel)) {
      this.#behind.add(channel);
      this.#lists.ask(channel);
    }
  }

  #sweepLater(): void {
    this.#cancelTimer = this.#deps.clock.after(
      this.#options.timing.watchRetryMs,
      () => {
        this.#sweep();
        this.#sweepLater();
      },
      'about',
    );
  }

  /** Everything that time brings about, by one timer for all channels. */
  #sweep(): void {
    const now = this.#deps.clock.now();
    for (const partition of this.#owners.sweep(now)) this.#retellStatus(partition);
    this.channels.dropLingering(now);
    for (const channel of this.#behind) {
      this.#lists.ask(channel);
      if (channel.isOpen) continue;
      const waitedMs = now - channel.createdAt;
      if (waitedMs >= this.#options.tuning.ownerWaitMs || this.#owners.isSilent(channel.partition, now)) {
        this.#openings.readLocally(channel);
      }
    }
    // Rather early than late, for what was lost is to be healed within the period.
    this.#lists.repeatDue(now + this.#options.timing.watchRetryMs);
    this.#probes.askIfDue();
  }
}
