import { CODECS } from '../../protocol/codec.ts';
import { ENCODINGS } from '../../protocol/encodings.ts';
import type { StatusFrame, UpdateFrame } from '../../protocol/frames.ts';
import type { Patch, Update } from '../../protocol/views.ts';
import type { Clock } from '../../runtime/clock.ts';
import { preciseNow, type Traces } from '../../runtime/traces.ts';
import { subjectOfChannel } from '../../store/trace-subject.ts';
import type { TopicPublisher } from '../transport/socket-types.ts';
import type { GatewayCounts } from './gateway-counts.ts';
import type { GatewayTuning } from './gateway-options.ts';
import { topicOf, type WatchedChannel } from './watched-channel.ts';

export interface FanoutDeps {
  readonly clock: Clock;
  readonly counts: GatewayCounts;
  readonly traces?: Traces | undefined;
  readonly publisher: TopicPublisher;
  /** Runs an action after the current loop turn has handed to the sockets what was published in it. */
  readonly defer: (action: () => void) => void;
  readonly isStale: (channel: WatchedChannel) => boolean;
  /** After the channel has been told: it may be behind still, or again up to date. */
  readonly told: (channel: WatchedChannel) => void;
}

type FanoutOptions = Pick<GatewayTuning, 'coalesceMs' | 'coalesceQuietMs'>;

/**
 * Tells subscribers. What comes within a short window is told in one loop turn, a flush, one after the other per channel, and
 * each update is encoded once per encoding that somebody listens in. One timer for all channels.
 */
export class Fanout {
  readonly #deps: FanoutDeps;
  readonly #options: FanoutOptions;
  readonly #due = new Set<WatchedChannel>();
  #lastAt = 0;
  #cancelTimer: (() => void) | undefined;
  #flush = 0;
  #drained = 0;

  constructor(deps: FanoutDeps, options: FanoutOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** The number of the last flush. */
  get flush(): number {
    return this.#flush;
  }

  /** The last flush of which everything has reached the sockets, or was reported as dropped. */
  get drainedFlush(): number {
    return this.#drained;
  }

  schedule(channel: WatchedChannel): void {
    this.#due.add(channel);
    this.#lastAt = this.#deps.clock.now();
    if (this.#cancelTimer === undefined) this.#wait(this.#lastAt + this.#options.coalesceMs);
  }

  /** Until nothing has come for some time, or it is this late. */
  #wait(latestAt: number): void {
    const { clock } = this.#deps;
    const dueAt = (): number => Math.min(latestAt, this.#lastAt + this.#options.coalesceQuietMs);
    const since = clock.now();
    this.#cancelTimer = clock.after(dueAt() - since, () => {
      const now = clock.now();
      // A clock that was set back holds nobody up.
      if (now >= since && now < dueAt()) this.#wait(latestAt);
      else this.#run();
    });
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
      const { bytes, deliveries } = this.#publish(channel, {
        type: 'update',
        channel: channel.name,
        ...update,
      });
      channel.recent.push(base, update, bytes);
      channel.updatedInFlush = this.#flush;
      this.#count(channel, update, deliveries);
      if (this.#deps.traces !== undefined) traceUpdate(this.#deps.traces, channel, update, deliveries);
    }
    const stale = this.#deps.isStale(channel);
    if (channel.isOpen && stale !== channel.stale) {
      channel.stale = stale;
      channel.staleChangedInFlush = this.#flush;
      this.#publish(channel, { type: 'status', channel: channel.name, stale });
    }
  }

  /** The bytes of one of the encodings, and how many were sent it. */
  #publish(channel: WatchedChannel, frame: UpdateFrame | StatusFrame): { bytes: number; deliveries: number } {
    const { publisher, counts } = this.#deps;
    let bytes = 0;
    let deliveries = 0;
    for (const encoding of ENCODINGS) {
      const topic = topicOf(encoding, channel.name);
      const subscribers = publisher.subscribers(topic);
      if (subscribers === 0) continue;
      const wire = CODECS[encoding].encode(frame);
      publisher.publish(topic, wire, frame);
      bytes = wire.length;
      deliveries += subscribers;
      if (frame.type !== 'update') continue;
      counts.updateBytes.observe(bytes);
      counts.deliveredBytes += bytes * subscribers;
    }
    // Nobody listens at this moment, but somebody may come back for it.
    return { bytes: bytes > 0 ? bytes : CODECS.json.encode(frame).length, deliveries };
  }

  #count(channel: WatchedChannel, { at, patch }: Update, deliveries: number): void {
    const { counts, clock } = this.#deps;
    counts.updates++;
    channel.updates++;
    counts.deliveries += deliveries;
    counts.withheldUpdates += channel.withheld;
    // One that changes nothing only moves positions, after a change of owners: nobody waited for it.
    if (deliveries === 0 || isEmpty(patch)) return;
    counts.latencySeconds.observe(Math.max(0, clock.now() - at) / 1000, deliveries);
  }
}

function isEmpty(patch: Patch): boolean {
  if (Array.isArray(patch)) return patch.length === 0;
  for (const _ in patch) return false;
  return true;
}

function traceUpdate(
  traces: Traces,
  { channel }: WatchedChannel,
  { at, seq }: Update,
  deliveries: number,
): void {
  const subject = subjectOfChannel(channel);
  if (!traces.isRecorded(subject, at)) return;
  const now = preciseNow();
  const attributes = {
    'scorewire.channel_type': channel.type,
    'scorewire.seq': seq,
    'scorewire.deliveries': deliveries,
  };
  traces.record(subject, at, { name: 'sent', from: now, to: now, attributes });
}
