/** For the tests of this folder: broadcasters over a faulty store, and a gateway that only writes down what it hears. */
import { expect } from 'vitest';
import { createInProcessBus, type InProcessBus } from '../bus/in-process-bus.ts';
import {
  decodeBusMessage,
  encodeBusMessage,
  type HeartbeatMessage,
  type PatchMessage,
  type ProbesMessage,
  type RefusalMessage,
  TOPICS,
  type ViewMessage,
} from '../bus/messages.ts';
import { DEFAULT_TIMING, type Timing } from '../bus/timing.ts';
import { kindOf, parseChannel } from '../protocol/channels.ts';
import { applyPatch } from '../protocol/patches.ts';
import type { State } from '../protocol/views.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { partitionOfChannel } from '../store/partitions.ts';
import { createFakeClock, type FakeClock } from '../test/support/fake-clock.ts';
import { createBroadcaster } from './broadcaster.ts';
import { type Broadcaster, type BroadcasterLimits, DEFAULT_BROADCASTER_LIMITS } from './broadcaster-types.ts';
import { PARTITIONS, StoreData } from './faulty-data.contract.ts';
import { StoreClient } from './faulty-store.contract.ts';

/** Hears all that owners say and checks on the way that no position is used for two states. */
export class Recorder {
  readonly patches: (PatchMessage & { readonly heardAt: number })[] = [];
  readonly views: ViewMessage[] = [];
  readonly refusals: RefusalMessage[] = [];
  readonly heartbeats: HeartbeatMessage[] = [];
  readonly probes: (ProbesMessage & { readonly heardAt: number })[] = [];
  /** Patches onto a position that was never heard of. */
  gaps = 0;
  readonly #bus: InProcessBus;
  readonly #clock: FakeClock;
  /** By channel and epoch, then by seq. */
  readonly #states = new Map<string, Map<number, State>>();
  readonly #channels = new Set<string>();

  constructor(bus: InProcessBus, clock: FakeClock) {
    this.#bus = bus;
    this.#clock = clock;
    for (const topic of [TOPICS.inbox('g'), TOPICS.inbox('h'), TOPICS.owners]) {
      bus.subscribe(topic, (bytes) => this.#hear(bytes));
    }
  }

  /** A channel alone is watched without a position. */
  watch(
    channels: readonly (string | readonly [channel: string, epoch: string, seq: number])[],
    gateway = 'g',
  ): void {
    const byPartition = new Map<number, (readonly [channel: string, epoch?: string, seq?: number])[]>();
    for (const entry of channels) {
      const name = typeof entry === 'string' ? entry : entry[0];
      if (!this.#channels.has(name)) {
        this.#channels.add(name);
        this.#bus.subscribe(TOPICS.channel(name), (bytes) => this.#hear(bytes));
      }
      const channel = parseChannel(name);
      const partition = channel === undefined ? 0 : partitionOfChannel(channel, PARTITIONS);
      const list = byPartition.get(partition) ?? [];
      byPartition.set(partition, list);
      list.push(typeof entry === 'string' ? [entry] : entry);
    }
    for (const [partition, list] of byPartition) {
      this.#bus.publish(
        TOPICS.watch(partition),
        encodeBusMessage({ type: 'watch', gateway, channels: list }),
      );
    }
  }

  /** From now on owners tell of probes. */
  watchProbes(gateway = 'g'): void {
    this.#bus.publish(TOPICS.probeWatch, encodeBusMessage({ type: 'probe-watch', gateway }));
  }

  /** The state of the channel at its last heard position. */
  state(channel: string): State | undefined {
    const last = this.last(channel);
    return last && this.#states.get(`${channel} ${last.epoch}`)?.get(last.seq);
  }

  position(channel: string): [channel: string, epoch: string, seq: number] {
    const last = this.last(channel);
    if (last === undefined) throw new Error(`nothing was heard of ${channel}`);
    return [channel, last.epoch, last.seq];
  }

  last(channel: string): PatchMessage | ViewMessage | undefined {
    return this.#last.get(channel);
  }
  readonly #last = new Map<string, PatchMessage | ViewMessage>();

  #hear(bytes: Uint8Array): void {
    const message = decodeBusMessage(bytes);
    switch (message.type) {
      case 'heartbeat':
        this.heartbeats.push(message);
        break;
      case 'refusal':
        this.refusals.push(message);
        break;
      case 'view':
        this.views.push(message);
        this.#place(message, message.state);
        break;
      case 'patch': {
        this.patches.push({ ...message, heardAt: this.#clock.now() });
        const before = this.#states.get(`${message.channel} ${message.epoch}`)?.get(message.seq - 1);
        if (before === undefined) {
          this.gaps += 1;
          break;
        }
        const kind = kindOf(parseChannel(message.channel) ?? { type: 'area', area: '' });
        this.#place(message, applyPatch(kind, before, message.patch));
        break;
      }
      case 'probes':
        this.probes.push({ ...message, heardAt: this.#clock.now() });
        break;
      case 'watch':
      case 'member':
        throw new Error('owners do not tell gateways this');
    }
  }

  #place(message: PatchMessage | ViewMessage, state: State): void {
    const { channel, epoch, seq, fence } = message;
    const key = `${channel} ${epoch}`;
    const states = this.#states.get(key) ?? new Map<number, State>();
    this.#states.set(key, states);
    if (states.has(seq)) expect(state, `${key} at ${seq}`).toEqual(states.get(seq));
    states.set(seq, state);
    const last = this.#last.get(channel);
    if (last === undefined || fence > last.fence || (fence === last.fence && seq >= last.seq)) {
      this.#last.set(channel, message);
    }
  }
}

/** Errors are defects: none may go unnoticed. */
const strictLogger: Logger = {
  ...silentLogger,
  error: (fields, message) =>
    queueMicrotask(() => {
      throw new Error(message, { cause: fields });
    }),
  child: () => strictLogger,
};

export interface Rig {
  readonly clock: FakeClock;
  readonly data: StoreData;
  readonly bus: InProcessBus;
  readonly recorder: Recorder;
  readonly timing: Timing;
  /** Of this one so much time passes at once, as if its process had been stopped by a signal. */
  sleep(name: string, ms: number): void;
  /** A started broadcaster over a connection of its own. */
  broadcaster(name: string): Promise<{ broadcaster: Broadcaster; store: StoreClient }>;
}

export function createRig(
  options: { timing?: Partial<Timing>; limits?: Partial<BroadcasterLimits> } = {},
): Rig {
  const clock = createFakeClock();
  const data = new StoreData(clock);
  const bus = createInProcessBus({ clock });
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  let randomCalls = 0;
  const asleepMs = new Map<string, number>();
  return {
    clock,
    data,
    bus,
    timing,
    recorder: new Recorder(bus, clock),
    sleep: (name, ms) => void asleepMs.set(name, (asleepMs.get(name) ?? 0) + ms),
    broadcaster: async (name) => {
      const store = new StoreClient(data);
      const broadcaster = createBroadcaster(
        {
          store,
          bus: bus.endpoint(name),
          clock: { ...clock, now: () => clock.now() + (asleepMs.get(name) ?? 0) },
          logger: strictLogger,
          random: () => (++randomCalls).toString(16).padStart(16, '0'),
        },
        { name, timing, limits: { ...DEFAULT_BROADCASTER_LIMITS, ...options.limits } },
      );
      await broadcaster.start();
      return { broadcaster, store };
    },
  };
}

/** An owner whose gateway watches these channels and has heard of them; boards `b` and `other` hold `ann` with 1. */
export async function watching(channels: readonly string[], options: Parameters<typeof createRig>[0] = {}) {
  const rig = createRig(options);
  const { broadcaster: owner, store } = await rig.broadcaster('one');
  rig.data.set('b', 'ann', 1);
  rig.data.set('other', 'ann', 1);
  rig.recorder.watch(channels);
  await rig.clock.advance(rig.timing.tickMs + 100);
  store.queries.length = 0;
  store.calls.length = 0;
  rig.recorder.patches.length = 0;
  return { ...rig, owner, store };
}

/** The boards that were asked for, pages and standings alike. */
export function boardsRead({ queries }: StoreClient): string[] {
  return queries.map(({ board }) => board);
}
