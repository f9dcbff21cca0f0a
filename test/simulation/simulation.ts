import { createBroadcaster } from '../../broadcaster/broadcaster.ts';
import { type Broadcaster, DEFAULT_BROADCASTER_LIMITS } from '../../broadcaster/broadcaster-types.ts';
import { createInProcessBus, type InProcessEndpoint, NO_FAULTS } from '../../bus/in-process-bus.ts';
import { DEFAULT_TIMING } from '../../bus/timing.ts';
import { parseChannel } from '../../protocol/channels.ts';
import type { State } from '../../protocol/views.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createGateway, type Gateway } from '../../server/connection-gateway.ts';
import { FakeAuthenticator, FakeNetwork, FakeSocket } from '../../server/gateway/support.contract.ts';
import { createIngest } from '../../server/ingest/ingest.ts';
import { DEFAULT_SERVER_LIMITS } from '../../server/limits.ts';
import { readStates } from '../../store/channel-states.ts';
import { createMemoryStore, type MemoryScoreStore } from '../../store/memory/memory-store.ts';
import { partitionOfBoard } from '../../store/partitions.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { InlineContestHost } from '../support/inline-contest-host.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { OwnerWatch } from './owner-watch.ts';
import { ProcessGate } from './process-gate.ts';
import { CONTEST_CHANNELS, SimulatedContest } from './simulated-contest.ts';
import { doubtfulWrites, PRODUCED_BOARDS, SimulatedProducer } from './simulated-producer.ts';

export const PARTITIONS = 6;
const MAX_BROADCASTERS = 4;
const BOARDS = ['a', 'b', 'c'];
const MEMBERS = ['ann', 'bob', 'cat', 'dan', 'eve'];
const CHANNELS = [
  ...BOARDS.map((board) => `board:${board}`),
  'rank:a:ann',
  'rank:b:bob',
  'rank:a:nobody',
  'board:p',
  'rank:q:cat',
  ...CONTEST_CHANNELS,
];
/** Sent over and over until settled. */
const EVENTS_EACH = 400;
const MAX_ROUNDS = 3000;
const LIMITS = { ...DEFAULT_SERVER_LIMITS, backpressureBytes: 2000 };
/** Longer than every period by which anything heals. */
const HEALING_MS = DEFAULT_TIMING.reReadMs + DEFAULT_TIMING.leaseTermMs + 2 * DEFAULT_TIMING.watchMs;

interface Participant {
  readonly bus: InProcessEndpoint;
  readonly store: MemoryScoreStore;
}

interface BroadcasterProcess extends Participant {
  readonly broadcaster: Broadcaster;
  readonly gate: ProcessGate;
  isStopped: boolean;
}

interface Node extends Participant {
  readonly gateway: Gateway;
  readonly network: FakeNetwork;
}

interface Client {
  readonly node: Node;
  readonly channels: readonly string[];
  socket: FakeSocket;
}

export interface Simulation {
  /** One random thing happens, then some time passes. */
  step(): Promise<void>;
  /** All trouble ends, and enough time passes. */
  heal(): Promise<void>;
  /** What was wrong with frames that clients were sent. */
  violations(): readonly string[];
  /** What every client holds, and what the store says. */
  compare(): Promise<{ held: readonly Held[]; right: readonly Held[] }>;
  /** What producers computed, and what the store holds, once everything is settled. */
  sums(): Promise<{
    done: boolean;
    held: ReadonlyMap<string, number>;
    expected: ReadonlyMap<string, number>;
  }>;
  terms(): number;
  /** Broadcasters that have published something. */
  owners(): number;
  /** How many partitions each of the broadcasters owns that are there. */
  shares(): readonly number[];
  updates(): number;
  stop(): Promise<void>;
}

interface Held {
  readonly client: number;
  readonly channel: string;
  readonly state: State | undefined;
}

export async function createSimulation(seed: number): Promise<Simulation> {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

  const clock = createFakeClock();
  const bus = createInProcessBus({ clock, random });
  const store = createMemoryStore({ partitions: PARTITIONS }, { clock });
  const participant = (name: string): Participant => ({ bus: bus.endpoint(name), store: store.connect() });

  const contest = new SimulatedContest(store, random);
  await contest.start();

  const broadcasters: BroadcasterProcess[] = [];
  /** Of the store, as broadcasters have it, at most. */
  let latencyMs = 0;
  const ownerWatch = new OwnerWatch(PARTITIONS);
  let named = 0;
  const addBroadcaster = async (): Promise<void> => {
    const name = `broadcaster-${++named}`;
    const deps = participant(name);
    const gate = new ProcessGate();
    const broadcaster = createBroadcaster(
      {
        bus: gate.bus(deps.bus, (_topic, message) => {
          if (deps.bus.state === 'up') ownerWatch.see(name, message);
        }),
        store: gate.store(deps.store, clock, () => (latencyMs === 0 ? 0 : below(latencyMs))),
        clock: gate.clock(clock),
        logger: silentLogger,
        random: () => Math.floor(random() * 2 ** 52).toString(16),
        createContestHost: (onLost) => new InlineContestHost(onLost),
      },
      { name, timing: DEFAULT_TIMING, limits: DEFAULT_BROADCASTER_LIMITS },
    );
    broadcasters.push({ ...deps, broadcaster, gate, isStopped: false });
    await broadcaster.start();
  };
  await addBroadcaster();
  await addBroadcaster();
  /** Those that were neither stopped nor killed. */
  const present = (): BroadcasterProcess[] =>
    broadcasters.filter(({ gate, isStopped }) => gate.isAlive && !isStopped);
  const anyBroadcaster = async (
    action: (chosen: BroadcasterProcess) => void | Promise<void>,
  ): Promise<void> => {
    const running = present();
    if (running.length > 0) await action(pick(running));
  };

  let doubtful = 0;
  const failure = () => (random() >= doubtful ? undefined : random() < 0.5 ? 'before' : 'after');
  const nodes: Node[] = [];
  for (const name of ['node-1', 'node-2']) {
    const deps = participant(name);
    const network = new FakeNetwork();
    const gateway = createGateway(
      {
        bus: deps.bus,
        clock,
        logger: silentLogger,
        publisher: network,
        reader: { readStates: (channels) => readStates(deps.store, channels, clock.now()) },
        authenticator: new FakeAuthenticator(),
        ingest: createIngest(
          {
            store: doubtfulWrites(deps.store, failure),
            clock,
            logger: silentLogger,
            scoring: BUILT_IN_SCORING,
          },
          LIMITS,
        ),
        randomId: () => `${name}-${Math.floor(random() * 1e12)}`,
      },
      { node: name, partitions: PARTITIONS, limits: LIMITS, timing: DEFAULT_TIMING },
    );
    await gateway.start();
    nodes.push({ ...deps, gateway, network });
  }

  const open = (node: Node, token?: string): FakeSocket => {
    const encoding = random() < 0.5 ? 'json' : 'msgpack';
    const options = { encoding, remoteAddress: '127.0.0.1' } as const;
    const socket = new FakeSocket(node.network, { ...options, backpressureBytes: LIMITS.backpressureBytes });
    socket.handler = node.gateway.acceptor.open(socket, {
      ...options,
      ...(token === undefined ? {} : { token }),
    });
    return socket;
  };
  const subscribe = (client: Client, earlier?: FakeSocket): void => {
    client.channels.forEach((channel, i) => {
      const held = earlier?.views.get(channel);
      // A client that comes back still holds what it had.
      if (held !== undefined) client.socket.views.set(channel, held);
      const since = held === undefined ? {} : { since: { epoch: held.epoch, seq: held.seq } };
      client.socket.push({ type: 'subscribe', id: i, channel, ...since });
    });
  };
  const clients: Client[] = Array.from({ length: 6 }, (_, i) => {
    const node = nodes[i % nodes.length] as Node;
    return { node, channels: CHANNELS.filter((_name, c) => (c + i) % 2 === 0), socket: open(node) };
  });
  for (const client of clients) subscribe(client);
  const producers = Array.from(
    { length: 3 },
    (_, i) => new SimulatedProducer(`producer-${i}`, EVENTS_EACH, random),
  );
  const produce = (): void => {
    for (const producer of producers) {
      if (!producer.connected || random() < 0.05) producer.connect(open(pick(nodes), 'good'));
      producer.step();
    }
  };
  const violations: string[] = [];
  let updates = 0;

  /** What was refused for the time being is asked for again, as clients do. */
  const comeBack = (client: Client): void => {
    const earlier = client.socket;
    violations.push(...earlier.violations);
    updates += earlier.of('update').length;
    earlier.hangUp();
    client.socket = open(client.node);
    subscribe(client, earlier);
  };

  const write = async (): Promise<void> => {
    const board = pick(BOARDS);
    const member = pick(MEMBERS);
    if (random() < 0.3) {
      await contest.change(clock.now());
    } else if (random() < 0.03) {
      await store.removeBoard(board, clock.now());
    } else if (random() < 0.05) {
      const operations = [{ op: 'profile', member, name: `name ${below(100)}` }] as const;
      for (let partition = 0; partition < PARTITIONS; partition++) {
        await store.apply({ partition, acceptedAt: clock.now(), parts: [{ operations }] });
      }
    } else {
      const partition = partitionOfBoard(board, PARTITIONS);
      const operations = [{ op: 'delta', board, member, value: below(20) - 5 }] as const;
      await store.apply({ partition, acceptedAt: clock.now(), parts: [{ operations }] });
    }
  };
  const trouble: readonly (() => void | Promise<void>)[] = [
    () => bus.setFaults({ dropProbability: random() * 0.6, duplicateProbability: random() * 0.3 }),
    () => bus.setFaults({ delayMs: [0, below(1500)] }),
    () => bus.setFaults(NO_FAULTS),
    () => pick([...broadcasters, ...nodes]).bus.setState(random() < 0.4 ? 'down' : 'up'),
    () => pick([...broadcasters, ...nodes]).store.setState(random() < 0.4 ? 'down' : 'up'),
    () =>
      anyBroadcaster(async (chosen) => {
        // What waits for it to go on would wait for ever.
        await chosen.gate.resume();
        chosen.isStopped = true;
        void chosen.broadcaster.stop();
      }),
    () => anyBroadcaster(({ gate }) => (gate.isRunning ? gate.pause() : gate.resume())),
    () => anyBroadcaster(({ gate }) => gate.kill()),
    () => {
      latencyMs = random() < 0.7 ? below(600) : 0;
    },
    () => {
      // Its start waits for the store, which answers as time goes on.
      if (present().length < MAX_BROADCASTERS) void addBroadcaster();
    },
    () => {
      const { socket } = pick(clients);
      socket.reading = !socket.reading;
      if (socket.reading) socket.read();
    },
    () => comeBack(pick(clients)),
    () => {
      doubtful = random() < 0.5 ? random() * 0.5 : 0;
    },
  ];

  const ask = async (client: Client, channel: string): Promise<void> => {
    client.socket.push({ type: 'subscribe', id: 1000, channel });
    await clock.advance(100);
  };

  return {
    step: async () => {
      for (let writes = below(4); writes > 0; writes--) await write();
      produce();
      if (random() < 0.35) await pick(trouble)();
      await clock.advance(below(1200));
    },
    heal: async () => {
      bus.setFaults(NO_FAULTS);
      doubtful = 0;
      latencyMs = 0;
      for (const { bus: endpoint, store: own } of [...broadcasters, ...nodes]) {
        endpoint.setState('up');
        own.setState('up');
      }
      for (const { gate } of broadcasters) await gate.resume();
      await addBroadcaster();
      await addBroadcaster();
      for (const client of clients) {
        client.socket.reading = true;
        client.socket.read();
        if (client.socket.closeCode !== undefined) comeBack(client);
      }
      for (let rounds = 0; rounds < MAX_ROUNDS && producers.some(({ done }) => !done); rounds++) {
        produce();
        await clock.advance(50);
      }
      await clock.advance(HEALING_MS);
      for (const client of clients) {
        for (const channel of client.channels) {
          if (!client.socket.views.has(channel)) await ask(client, channel);
        }
      }
      await clock.advance(DEFAULT_TIMING.tickMs * 4);
    },
    violations: () => [
      ...violations,
      ...ownerWatch.violations,
      ...clients.flatMap(({ socket }) => socket.violations),
    ],
    compare: async () => {
      const parsed = CHANNELS.map((name) => parseChannel(name)).filter((channel) => channel !== undefined);
      const states = await readStates(store, parsed, clock.now());
      const right = new Map(CHANNELS.map((name, i) => [name, contest.stateOf(name) ?? (states[i] as State)]));
      const each = (stateOf: (client: Client, channel: string) => State | undefined): Held[] =>
        clients.flatMap((client, i) =>
          client.channels.map((channel) => ({ client: i, channel, state: stateOf(client, channel) })),
        );
      return {
        held: each(({ socket }, channel) => socket.state(channel)),
        right: each((_client, channel) => right.get(channel)),
      };
    },
    sums: async () => {
      const pages = await store.readPages(PRODUCED_BOARDS.map((board) => ({ board, offset: 0, limit: 100 })));
      const held = pages.flatMap(({ rows }, i) =>
        rows.map(({ member, score }) => [`${PRODUCED_BOARDS[i]}/${member}`, score] as const),
      );
      const expected = new Map<string, number>();
      for (const producer of producers) {
        for (const [key, sum] of producer.expected) expected.set(key, (expected.get(key) ?? 0) + sum);
      }
      const done = producers.every((producer) => producer.done);
      return { done, held: new Map(held.sort()), expected: new Map([...expected].sort()) };
    },
    terms: () => broadcasters.reduce((sum, { broadcaster }) => sum + broadcaster.stats().terms, 0),
    owners: () => ownerWatch.owners.size,
    shares: () => present().map(({ broadcaster }) => broadcaster.stats().partitions.length),
    updates: () => updates + clients.reduce((sum, { socket }) => sum + socket.of('update').length, 0),
    stop: async () => {
      for (const { broadcaster, gate } of broadcasters) if (gate.isAlive) await broadcaster.stop();
      for (const { gateway } of nodes) await gateway.stop();
    },
  };
}
