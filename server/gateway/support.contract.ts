/** What the tests of the edge share: an owner that says what it is told to, and sockets without a network. */
import { createInProcessBus, type InProcessBus } from '../../bus/in-process-bus.ts';
import type { MessageBus } from '../../bus/message-bus.ts';
import {
  type BusMessage,
  decodeBusMessage,
  encodeBusMessage,
  TOPICS,
  type WatchMessage,
} from '../../bus/messages.ts';
import { DEFAULT_TIMING, type Timing } from '../../bus/timing.ts';
import { kindOf, parseChannel } from '../../protocol/channels.ts';
import { CODECS } from '../../protocol/codec.ts';
import type { Encoding } from '../../protocol/encodings.ts';
import { type ServerFrame, serverFrameChecker } from '../../protocol/frames.ts';
import { applyPatch, diff } from '../../protocol/patches.ts';
import type { Patch, State, Update, View } from '../../protocol/views.ts';
import type { Clock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { createFakeClock, type FakeClock } from '../../test/support/fake-clock.ts';
import type { Authentication, Authenticator, Identity } from '../auth/identity.ts';
import { createGateway, type Gateway } from '../connection-gateway.ts';
import type {
  Ingest,
  ProducerSession,
  ProducerVerdict,
  PublishVerdict,
  Settled,
} from '../ingest/ingest-types.ts';
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from '../limits.ts';
import type { GatewaySocket, SendOutcome, SocketHandler, TopicPublisher } from '../transport/socket-types.ts';
import type { GatewayTuning } from './gateway-options.ts';
import type { StateReader } from './local-reads.ts';

export const PARTITIONS = 4;

/** Answers watch lists like an owner, unless told to be silent. Its states are set by the test. */
export class FakeOwner {
  readonly watches: WatchMessage[] = [];
  readonly epoch: string;
  readonly fence: number;
  answering = true;
  refusing: 'not_found' | 'unavailable' | 'too_large' | undefined;
  readonly #bus: MessageBus;
  readonly #views = new Map<string, { seq: number; state: State }>();
  readonly #ends: (() => void)[] = [];
  readonly #partitions: readonly number[];
  #seq = 100;
  #cancelBeat = (): void => undefined;

  /** Of all partitions, or of some. */
  constructor(bus: MessageBus, fence = 1, partitions = Array.from({ length: PARTITIONS }, (_, i) => i)) {
    this.#bus = bus;
    this.fence = fence;
    this.epoch = `epoch-${fence}`;
    this.#partitions = partitions;
    for (const partition of partitions) {
      const { unsubscribe } = bus.subscribe(TOPICS.watch(partition), (bytes) => {
        this.#receive(decodeBusMessage(bytes) as WatchMessage);
      });
      this.#ends.push(unsubscribe);
    }
  }

  get channelsWatched(): readonly string[] {
    return this.watches.flatMap(({ channels }) => channels.map(([name]) => name));
  }

  seqOf(channel: string): number {
    return this.#view(channel).seq;
  }

  heartbeat(fresh = true): void {
    const leases = this.#partitions.map((partition) => [partition, this.fence] as const);
    this.send(TOPICS.owners, { type: 'heartbeat', owner: 'owner', leases, fresh });
  }

  stateOf(channel: string): State {
    return this.#view(channel).state;
  }

  /** Heartbeats in their period, until the owner stops. */
  keepBeating(clock: Clock): void {
    this.heartbeat();
    this.#cancelBeat = clock.after(DEFAULT_TIMING.heartbeatMs, () => this.keepBeating(clock));
  }

  /** The next tick of this channel: publishes the patch. `lost` ones are not sent. */
  change(channel: string, state: State, how: 'sent' | 'lost' = 'sent'): void {
    const view = this.#view(channel);
    const patch = diff(kindOfName(channel), view.state, state);
    if (patch === undefined) return;
    view.state = state;
    view.seq++;
    if (how === 'sent') this.patch(channel, view.seq, patch);
  }

  patch(channel: string, seq: number, patch: Patch): void {
    const { fence, epoch } = this;
    this.send(TOPICS.channel(channel), { type: 'patch', channel, fence, epoch, seq, at: 1000, patch });
  }

  sendView(gateway: string, channel: string): void {
    const { fence, epoch } = this;
    const { seq, state } = this.#view(channel);
    const kind = kindOfName(channel);
    this.send(TOPICS.inbox(gateway), { type: 'view', channel, fence, epoch, seq, at: 2000, kind, state });
  }

  send(topic: string, message: BusMessage): void {
    this.#bus.publish(topic, encodeBusMessage(message));
  }

  stop(): void {
    this.#cancelBeat();
    for (const end of this.#ends) end();
  }

  #receive(message: WatchMessage): void {
    this.watches.push(message);
    if (!this.answering) return;
    for (const [channel, epoch, seq] of message.channels) {
      if (this.refusing !== undefined) {
        const { fence, refusing: code } = this;
        this.send(TOPICS.inbox(message.gateway), { type: 'refusal', channel, fence, code, message: 'no' });
      } else if (epoch !== this.epoch || seq !== this.#view(channel).seq) {
        this.sendView(message.gateway, channel);
      }
    }
  }

  #view(channel: string): { seq: number; state: State } {
    const view = this.#views.get(channel) ?? { seq: this.#seq++, state: [] };
    if (!this.#views.has(channel) && kindOfName(channel) === 'document') view.state = {};
    this.#views.set(channel, view);
    return view;
  }
}

function kindOfName(channel: string): View['kind'] {
  const parsed = parseChannel(channel);
  if (parsed === undefined) throw new Error(`not a channel: ${channel}`);
  return kindOf(parsed);
}

/** Topics and sockets; a socket that does not read keeps what it is given up to its backpressure limit. */
export class FakeNetwork implements TopicPublisher {
  readonly published: { topic: string; wire: string | Uint8Array }[] = [];
  readonly #topics = new Map<string, Set<FakeSocket>>();

  publish(topic: string, wire: string | Uint8Array): void {
    this.published.push({ topic, wire });
    for (const socket of this.#topics.get(topic) ?? []) socket.send(wire);
  }

  subscribers(topic: string): number {
    return this.#topics.get(topic)?.size ?? 0;
  }

  forget(socket: FakeSocket): void {
    for (const members of this.#topics.values()) members.delete(socket);
  }

  members(topic: string): Set<FakeSocket> {
    const members = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, members);
    return members;
  }
}

/** Applies what it is sent the way a client must, and notes every frame that a client could not apply. */
export class FakeSocket implements GatewaySocket {
  readonly encoding: Encoding;
  readonly remoteAddress: string;
  readonly frames: ServerFrame[] = [];
  readonly violations: string[] = [];
  readonly views = new Map<string, View>();
  closeCode: number | undefined;
  reading = true;
  handler: SocketHandler | undefined;
  /** Whether the client answers pings. */
  alive = true;
  drops = 0;
  pings = 0;
  #heard = true;
  readonly #network: FakeNetwork;
  readonly #backpressureBytes: number;
  #buffer: (string | Uint8Array)[] = [];

  constructor(
    network: FakeNetwork,
    options: { encoding: Encoding; remoteAddress: string; backpressureBytes: number },
  ) {
    this.#network = network;
    this.encoding = options.encoding;
    this.remoteAddress = options.remoteAddress;
    this.#backpressureBytes = options.backpressureBytes;
  }

  /** From the client. */
  push(frame: unknown): void {
    const wire = CODECS[this.encoding].encode(frame);
    this.pushRaw(typeof wire === 'string' ? Buffer.from(wire) : wire, typeof wire !== 'string');
  }

  pushRaw(bytes: Uint8Array, isBinary: boolean): void {
    // What the handler keeps must be its own copy.
    const lent = Uint8Array.from(bytes);
    this.#heard = true;
    this.handler?.message(lent, isBinary);
    lent.fill(0);
  }

  of<T extends ServerFrame['type']>(type: T): Extract<ServerFrame, { type: T }>[] {
    return this.frames.filter((frame): frame is Extract<ServerFrame, { type: T }> => frame.type === type);
  }

  last(): ServerFrame | undefined {
    return this.frames.at(-1);
  }

  state(channel: string): State | undefined {
    return this.views.get(channel)?.state;
  }

  /** The client reads so many frames, or all. */
  read(frames = Number.POSITIVE_INFINITY): void {
    const taken = this.#buffer.splice(0, Math.min(frames, this.#buffer.length));
    for (const wire of taken) this.#take(wire);
    if (taken.length > 0) this.handler?.drained();
  }

  send(wire: string | Uint8Array): SendOutcome {
    if (this.closeCode !== undefined) throw new Error('a closed socket was touched');
    if (this.bufferedBytes() > this.#backpressureBytes) {
      this.drops++;
      this.handler?.dropped();
      return 'dropped';
    }
    if (this.reading && this.#buffer.length === 0) {
      this.#take(wire);
      return 'sent';
    }
    this.#buffer.push(wire);
    return 'buffered';
  }

  bufferedBytes(): number {
    return this.#buffer.reduce((sum, wire) => sum + wire.length, 0);
  }

  takeHeard(): boolean {
    const heard = this.#heard;
    this.#heard = false;
    return heard;
  }

  ping(): void {
    this.pings++;
    this.#heard = this.alive;
  }

  join(topic: string): void {
    this.#network.members(topic).add(this);
  }

  leave(topic: string): void {
    this.#network.members(topic).delete(this);
  }

  cork(sends: () => void): void {
    sends();
  }

  end(code: number): void {
    this.hangUp(this.bufferedBytes() > this.#backpressureBytes ? 1006 : code);
  }

  hangUp(code = 1006): void {
    if (this.closeCode !== undefined) return;
    this.closeCode = code;
    this.#network.forget(this);
    this.handler?.closed(code);
  }

  #take(wire: string | Uint8Array): void {
    const frame = typeof wire === 'string' ? CODECS.json.decode(wire) : CODECS.msgpack.decode(wire);
    if ((typeof wire === 'string') !== (this.encoding === 'json')) this.violations.push('the other encoding');
    if (!serverFrameChecker.check(frame)) {
      this.violations.push(`${serverFrameChecker.explain(frame)}: ${JSON.stringify(frame)}`);
      return;
    }
    this.frames.push(frame);
    if (frame.type === 'snapshot') this.#hold(frame);
    if (frame.type === 'update') this.#update(frame.channel, frame);
    if (frame.type !== 'subscribed') return;
    if (!('recovered' in frame)) this.#hold(frame);
    else for (const update of frame.patches) this.#update(frame.channel, update as Update);
  }

  #hold({ channel, kind, epoch, seq, state }: View & { channel: string }): void {
    this.views.set(channel, { kind, epoch, seq, state });
  }

  #update(channel: string, update: Update): void {
    const view = this.views.get(channel);
    if (view === undefined) {
      this.violations.push(`an update of ${channel} before any state`);
      return;
    }
    const { epoch, seq, patch } = update;
    if ((update.from ?? seq - 1) !== view.seq) this.violations.push(`a gap before ${seq} after ${view.seq}`);
    if (epoch !== undefined && (epoch === view.epoch || update.from === undefined)) {
      this.violations.push('an epoch that does not change, or without "from"');
    }
    const state = applyPatch(view.kind, view.state, patch);
    this.views.set(channel, { kind: view.kind, epoch: epoch ?? view.epoch, seq, state });
  }
}

export function identity(options: Partial<Identity> = {}): Identity {
  return { subject: 'somebody', admin: false, maySubscribe: () => true, mayPublish: () => true, ...options };
}

/** `good` is everybody's friend; the test adds others. Anything else is refused. */
export class FakeAuthenticator implements Authenticator {
  anonymous = identity({ subject: 'anonymous', mayPublish: () => false });
  readonly known = new Map<string, Identity>([['good', identity()]]);
  /** Verification waits for this. */
  gate: Promise<void> = Promise.resolve();

  remembered(): undefined {
    return undefined;
  }

  async authenticate(token: string): Promise<Authentication> {
    await this.gate;
    if (token === 'outage') throw new Error('the keys cannot be fetched');
    const found = this.known.get(token);
    if (found === undefined) return { ok: false, code: 'unauthorized', message: 'the token is refused' };
    return { ok: true, identity: found };
  }
}

export class FakeIngest implements Ingest {
  readonly published: (readonly unknown[])[] = [];
  readonly sessions: FakeProducerSession[] = [];
  verdict: PublishVerdict = { ok: true, applied: 0, duplicates: 0, rejected: [] };
  gate: Promise<void> = Promise.resolve();

  async publish(events: readonly unknown[]): Promise<PublishVerdict> {
    this.published.push(events);
    await this.gate;
    return this.verdict.ok ? { ...this.verdict, applied: events.length } : this.verdict;
  }

  submit(events: readonly unknown[], _identity: Identity, _caller: object, settled: Settled): void {
    void this.publish(events).then(settled);
  }

  openProducer(producer: string): FakeProducerSession {
    const session = new FakeProducerSession(this, producer);
    this.sessions.push(session);
    return session;
  }

  publishOnce(_once: unknown, events: readonly unknown[]): Promise<PublishVerdict> {
    return this.publish(events);
  }
}

/** Answers as its ingest does, or as it is told. */
export class FakeProducerSession implements ProducerSession {
  readonly producer: string;
  readonly seqs: number[] = [];
  readonly refusedSeqs: number[] = [];
  closed = false;
  /** The next answers; `undefined` leaves a frame out. */
  readonly verdicts: (ProducerVerdict | undefined)[] = [];
  readonly #ingest: FakeIngest;

  constructor(ingest: FakeIngest, producer: string) {
    this.#ingest = ingest;
    this.producer = producer;
  }

  async publish(seq: number, events: readonly unknown[]): Promise<ProducerVerdict | undefined> {
    this.seqs.push(seq);
    const verdict = await this.#ingest.publish(events);
    if (this.verdicts.length > 0) return this.verdicts.shift();
    return verdict.ok ? { ...verdict, seq: seq + events.length - 1 } : verdict;
  }

  refused(seq: number): void {
    this.refusedSeqs.push(seq);
  }

  close(): void {
    this.closed = true;
  }
}

export interface TestEdge {
  readonly clock: FakeClock;
  readonly bus: InProcessBus;
  readonly network: FakeNetwork;
  readonly gateway: Gateway;
  readonly authenticator: FakeAuthenticator;
  readonly ingest: FakeIngest;
  /** States for reads straight from the store; a missing one is `not_found`. */
  readonly stored: Map<string, State | Error>;
  readonly reads: { batches: number };
  connect(options?: { encoding?: Encoding; token?: string; remoteAddress?: string }): FakeSocket;
  /** Long enough for a message to travel there and back and to be told. */
  settle(): Promise<void>;
}

export async function createTestEdge(
  options: { limits?: Partial<ServerLimits>; tuning?: Partial<GatewayTuning>; timing?: Partial<Timing> } = {},
): Promise<TestEdge> {
  const clock = createFakeClock();
  const bus = createInProcessBus({ clock });
  const network = new FakeNetwork();
  const authenticator = new FakeAuthenticator();
  const ingest = new FakeIngest();
  const stored = new Map<string, State | Error>();
  const reads = { batches: 0 };
  const reader: StateReader = {
    readStates: async (channels) => {
      reads.batches++;
      return channels.map((channel) => {
        const name = channel.type === 'board' ? `board:${channel.board}` : channel.type;
        const state = stored.get(name) ?? 'not_found';
        if (state instanceof Error) throw state;
        return state;
      });
    },
  };
  const limits = { ...DEFAULT_SERVER_LIMITS, ...options.limits };
  const gateway = createGateway(
    { bus, publisher: network, reader, clock, logger: silentLogger, ingest, authenticator },
    {
      node: 'node-1',
      partitions: PARTITIONS,
      limits,
      timing: { ...DEFAULT_TIMING, probeMs: 0, ...options.timing },
      ...(options.tuning === undefined ? {} : { tuning: options.tuning }),
    },
  );
  await gateway.start();
  return {
    clock,
    bus,
    network,
    gateway,
    authenticator,
    ingest,
    stored,
    reads,
    connect: ({ encoding = 'json', token, remoteAddress = '127.0.0.1' } = {}) => {
      const { backpressureBytes } = limits;
      const socket = new FakeSocket(network, { encoding, remoteAddress, backpressureBytes });
      const handshake = { encoding, remoteAddress, ...(token === undefined ? {} : { token }) };
      socket.handler = gateway.acceptor.open(socket, handshake);
      return socket;
    },
    settle: () => clock.advance(50),
  };
}
