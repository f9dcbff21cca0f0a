/**
 * The failure that is worst for viewers: nothing is delivered any more, and everything says that it is well. Each case breaks one piece of the
 * way that a score goes, and nothing that heartbeats depend on.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { createBroadcaster } from '../../broadcaster/broadcaster.ts';
import { type BroadcasterStore, DEFAULT_BROADCASTER_LIMITS } from '../../broadcaster/broadcaster-types.ts';
import { createInProcessBus } from '../../bus/in-process-bus.ts';
import type { MessageBus } from '../../bus/message-bus.ts';
import { DEFAULT_TIMING, healingMs } from '../../bus/timing.ts';
import { silentLogger } from '../../runtime/logger.ts';
import { createGateway } from '../../server/connection-gateway.ts';
import {
  FakeAuthenticator,
  FakeIngest,
  FakeNetwork,
  FakeSocket,
} from '../../server/gateway/support.contract.ts';
import { createHealth } from '../../server/health.ts';
import { DEFAULT_SERVER_LIMITS } from '../../server/limits.ts';
import { readStates } from '../../store/channel-states.ts';
import { createMemoryStore } from '../../store/memory/memory-store.ts';
import { partitionOfBoard } from '../../store/partitions.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const PARTITIONS = 4;
const BOARD = 'board:x';
const { probeMs, probeTimeoutMs, watchMs, tickMs, interestMs, reReadMs } = DEFAULT_TIMING;
const TOLD_MS = healingMs(DEFAULT_TIMING);
/** Within this time of its end every client is right, and knows it. */
const HEALED_MS = watchMs + probeMs + 3 * tickMs;

/** What is broken at present. */
interface Faults {
  /** Calls of the owner's store by name. */
  readonly calls: Map<string, 'hangs' | 'finds nothing'>;
  /** Messages on topics that begin so are lost. */
  readonly topics: Set<string>;
}

let stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.toReversed()) await stop();
  stops = [];
});

async function open() {
  const clock = createFakeClock(1_800_000_000_000);
  const bus = createInProcessBus({ clock });
  const store = createMemoryStore({ partitions: PARTITIONS }, { clock });
  const network = new FakeNetwork();
  const faults: Faults = { calls: new Map(), topics: new Set() };
  const hanging: (() => void)[] = [];
  const broadcaster = createBroadcaster(
    {
      store: faultyStore(store.connect(), faults, hanging),
      bus: faultyBus(bus.endpoint('owner'), faults),
      clock,
      logger: silentLogger,
      random: () => 'f'.repeat(16),
    },
    { name: 'owner', timing: DEFAULT_TIMING, limits: DEFAULT_BROADCASTER_LIMITS },
  );
  const gateway = createGateway(
    {
      bus: faultyBus(bus.endpoint('gateway'), faults),
      clock,
      logger: silentLogger,
      publisher: network,
      reader: { readStates: (channels) => readStates(store, channels, clock.now()) },
      authenticator: new FakeAuthenticator(),
      ingest: new FakeIngest(),
    },
    { node: 'node-1', partitions: PARTITIONS, limits: DEFAULT_SERVER_LIMITS, timing: DEFAULT_TIMING },
  );
  await broadcaster.start();
  await gateway.start();
  stops = [
    () => gateway.stop(),
    () => broadcaster.stop(),
    async () => {
      for (const answer of hanging.splice(0)) answer();
    },
  ];
  const { backpressureBytes } = DEFAULT_SERVER_LIMITS;
  const socket = new FakeSocket(network, { encoding: 'json', remoteAddress: '127.0.0.1', backpressureBytes });
  socket.handler = gateway.acceptor.open(socket, { encoding: 'json', remoteAddress: '127.0.0.1' });
  socket.push({ type: 'subscribe', id: 1, channel: BOARD });
  const health = createHealth({ store, bus, gateway, storeCheck: { isAstray: false } });
  let scored = 0;
  const score = async (): Promise<void> => {
    scored += 1;
    const operations = [{ op: 'delta', board: 'x', member: 'ann', value: 1 }] as const;
    await store.apply({
      partition: partitionOfBoard('x', PARTITIONS),
      acceptedAt: clock.now(),
      parts: [{ operations }],
    });
  };
  return {
    clock,
    faults,
    gateway,
    health,
    socket,
    score,
    /** What hung is answered now. */
    goOn: () => {
      for (const answer of hanging.splice(0)) answer();
    },
    isRight: () => JSON.stringify(socket.state(BOARD)) === JSON.stringify([['ann', scored]]),
    isStale: () => socket.of('status').at(-1)?.stale === true,
  };
}

function faultyBus(bus: MessageBus, { topics }: Faults): MessageBus {
  return {
    get state() {
      return bus.state;
    },
    onState: (listener) => bus.onState(listener),
    start: () => bus.start(),
    stop: () => bus.stop(),
    subscribe: (topic, handler) => bus.subscribe(topic, handler),
    publish: (topic, message) => {
      if (![...topics].some((beginning) => topic.startsWith(beginning))) bus.publish(topic, message);
    },
  };
}

function faultyStore(store: ScoreStore, { calls }: Faults, hanging: (() => void)[]): BroadcasterStore {
  const faulty = <A extends readonly unknown[], R>(
    name: string,
    call: (...args: A) => Promise<R>,
    nothing: (...args: A) => R,
  ) => {
    return async (...args: A): Promise<R> => {
      const fault = calls.get(name);
      if (fault === 'finds nothing') return nothing(...args);
      if (fault === 'hangs') await new Promise<void>((answer) => void hanging.push(answer));
      return call(...args);
    };
  };
  return {
    partitions: store.partitions,
    get state() {
      return store.state;
    },
    onState: (listener) => store.onState(listener),
    readStandings: (queries) => store.readStandings(queries),
    readConfigs: (boards) => store.readConfigs(boards),
    readPlayers: (queries) => store.readPlayers(queries),
    readAreas: (queries) => store.readAreas(queries),
    readMatches: (matches) => store.readMatches(matches),
    readTournaments: (ids) => store.readTournaments(ids),
    readContestTail: (tournament, after) => store.readContestTail(tournament, after),
    readTeamChunks: (tournament, from) => store.readTeamChunks(tournament, from),
    sweep: (partition, now, limit) => store.sweep(partition, now, limit),
    acquireLeases: (highest, owner, termMs) => store.acquireLeases(highest, owner, termMs),
    renewLeases: (leases, owner, termMs) => store.renewLeases(leases, owner, termMs),
    releaseLeases: (leases, owner) => store.releaseLeases(leases, owner),
    readPages: faulty(
      'readPages',
      (queries) => store.readPages(queries),
      (queries) => queries.map(() => ({ exists: false, total: 0, rows: [] })),
    ),
    readProbes: faulty(
      'readProbes',
      (partitions) => store.readProbes(partitions),
      (partitions) => partitions.map(() => undefined),
    ),
    writeProbes: faulty(
      'writeProbes',
      (partitions, at) => store.writeProbes(partitions, at),
      (_partitions, _at) => undefined,
    ),
    takeDirty: faulty(
      'takeDirty',
      (leases) => store.takeDirty(leases),
      (leases) => ({
        taken: leases.map(({ partition }) => ({ partition, names: new Map() })),
        fenced: [],
      }),
    ),
  };
}

type Case = readonly [what: string, breakIt: (faults: Faults) => void, healedMs: number];
const CASES: readonly Case[] = [
  ['ticks hang', ({ calls }) => calls.set('takeDirty', 'hangs'), HEALED_MS],
  [
    'what is written does not become dirty',
    ({ calls }) => calls.set('takeDirty', 'finds nothing'),
    HEALED_MS,
  ],
  ['reading hangs', ({ calls }) => calls.set('readPages', 'hangs').set('readProbes', 'hangs'), HEALED_MS],
  [
    'reading finds what an older copy has',
    ({ calls }) => calls.set('readPages', 'finds nothing').set('readProbes', 'finds nothing'),
    // What was read is not read again before its time.
    reReadMs,
  ],
  ['owners are heard, but do not hear', ({ topics }) => topics.add('watch.'), HEALED_MS],
  [
    'owners are heard, but not what they tell of channels',
    ({ topics }) => topics.add('channel.').add('inbox.'),
    HEALED_MS,
  ],
];

describe('where nothing is delivered and all heartbeats go on', () => {
  it.each(CASES)('%s: subscribers are told in time, and are right after it', async (_, breakIt, healedMs) => {
    const house = await open();
    const { clock, faults, gateway, health, socket } = house;
    for (let i = 0; i < 10; i++) {
      await house.score();
      await clock.advance(probeMs);
    }
    expect([house.isRight(), house.isStale(), health.ready()]).toMatchObject([true, false, { ready: true }]);
    breakIt(faults);
    const brokenAt = clock.now();
    // Interest in channels ends some time after it was last heard of, and only then does anything go wrong.
    const endsAt = brokenAt + interestMs + TOLD_MS + tickMs;
    let wrongSince: number | undefined;
    while (clock.now() < endsAt) {
      await house.score();
      await clock.advance(tickMs + 100);
      if (house.isRight()) wrongSince = undefined;
      else wrongSince ??= clock.now();
      // Silence may last no longer than it takes to be noticed.
      if (wrongSince !== undefined && clock.now() - wrongSince > TOLD_MS) expect(house.isStale()).toBe(true);
    }
    expect([house.isRight(), house.isStale()]).toEqual([false, true]);
    expect(health.ready()).toMatchObject({ ready: false });
    expect(gateway.latePartitions()).toBe(PARTITIONS);
    expect(gateway.probeAgeMs()).toBeGreaterThanOrEqual(probeTimeoutMs);

    faults.calls.clear();
    faults.topics.clear();
    house.goOn();
    await clock.advance(healedMs);
    expect([house.isRight(), house.isStale()]).toEqual([true, false]);
    expect(health.ready()).toMatchObject({ ready: true, problems: [] });
    expect(socket.violations).toEqual([]);
  });
});

it('an installation in which nobody scores anything is not stale, for as long as it rests', async () => {
  const { clock, gateway, health, isStale, socket } = await open();
  for (let i = 0; i < 60; i++) {
    await clock.advance(1000);
    socket.push({ type: 'ping', id: 0 });
    expect([isStale(), health.ready().ready]).toEqual([false, true]);
    expect(gateway.probeAgeMs()).toBeLessThanOrEqual(probeMs + 2 * tickMs);
  }
  // Probes are no channels of clients: neither counted, nor to be had.
  expect(gateway.stats()).toMatchObject({ channels: 1, counts: { updates: 0 } });
  socket.push({ type: 'subscribe', id: 2, channel: 'probe:0' });
  await clock.advance(100);
  expect(socket.last()).toMatchObject({ type: 'error', id: 2, code: 'unknown_channel' });
});
