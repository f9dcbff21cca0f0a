/** What changes because time passes, or in windows: from the store to a subscriber of a gateway, in one process. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createInProcessBus } from '../bus/in-process-bus.ts';
import { DEFAULT_TIMING } from '../bus/timing.ts';
import { silentLogger } from '../runtime/logger.ts';
import { createGateway } from '../server/connection-gateway.ts';
import {
  FakeAuthenticator,
  FakeIngest,
  FakeNetwork,
  FakeSocket,
} from '../server/gateway/support.contract.ts';
import { DEFAULT_SERVER_LIMITS } from '../server/limits.ts';
import { readStates } from '../store/channel-states.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { partitionOfArea, partitionOfBoard, partitionOfPlayers } from '../store/partitions.ts';
import type { Operation, ScoreStore } from '../store/score-store.ts';
import { createFakeClock, type FakeClock } from '../test/support/fake-clock.ts';
import { createBroadcaster } from './broadcaster.ts';
import { type Broadcaster, DEFAULT_BROADCASTER_LIMITS } from './broadcaster-types.ts';
import { PARTITIONS } from './faulty-store.contract.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Long enough for a change to be told: by the next tick, and a moment later by the gateway. */
const TOLD_MS = DEFAULT_TIMING.tickMs + 100;
const SESSION_TIMEOUT_MS = 2 * HOUR_MS;
const WINDOW_RETENTION_MS = 24 * HOUR_MS;

let stops: (() => Promise<unknown>)[] = [];
let clock: FakeClock;
let asleepMs = 0;
let store: ScoreStore;
let broadcaster: Broadcaster;
let socket: FakeSocket;

/** Two minutes before the end of Saturday, 2026-11-21, in UTC. */
beforeEach(() => begin(Date.UTC(2026, 10, 21, 23, 58)));
afterEach(async () => {
  expect(socket.violations).toEqual([]);
  for (const stop of stops.toReversed()) await stop();
});

async function begin(now: number): Promise<void> {
  const awake = createFakeClock(now);
  asleepMs = 0;
  clock = { ...awake, now: () => awake.now() + asleepMs };
  const limits = { sessionTimeoutMs: SESSION_TIMEOUT_MS, windowRetentionMs: WINDOW_RETENTION_MS };
  store = createMemoryStore({ partitions: PARTITIONS, ...limits }, { clock });
  const bus = createInProcessBus({ clock });
  const network = new FakeNetwork();
  broadcaster = createBroadcaster(
    { store, bus: bus.endpoint('owner'), clock, logger: silentLogger, random: () => 'f'.repeat(16) },
    { name: 'owner', timing: DEFAULT_TIMING, limits: DEFAULT_BROADCASTER_LIMITS },
  );
  const gateway = createGateway(
    {
      bus: bus.endpoint('gateway'),
      clock,
      logger: silentLogger,
      publisher: network,
      reader: { readStates: (channels) => readStates(store, channels, clock.now()) },
      authenticator: new FakeAuthenticator(),
      ingest: new FakeIngest(),
    },
    { node: 'node-1', partitions: PARTITIONS, limits: DEFAULT_SERVER_LIMITS, timing: DEFAULT_TIMING },
  );
  const services = [store, broadcaster, gateway];
  for (const service of services) await service.start();
  stops = services.map((service) => () => service.stop());
  const { backpressureBytes } = DEFAULT_SERVER_LIMITS;
  socket = new FakeSocket(network, { encoding: 'json', remoteAddress: '127.0.0.1', backpressureBytes });
  socket.handler = gateway.acceptor.open(socket, { encoding: 'json', remoteAddress: '127.0.0.1' });
  await clock.advance(DEFAULT_TIMING.heartbeatMs);
}

/** Every timer runs. A client has to be heard now and then, like any other. */
async function passUntil(time: number): Promise<void> {
  while (clock.now() < time) {
    await clock.advance(Math.min(time - clock.now(), 10_000));
    socket.push({ type: 'ping', id: 0 });
  }
}

/** As when a machine sleeps: no timer runs meanwhile. Then all find each other again. */
async function sleepUntil(time: number): Promise<void> {
  asleepMs += time - clock.now();
  socket.push({ type: 'ping', id: 0 });
  await passUntil(time + 10_000);
}

async function apply(partition: number, ...operations: readonly Operation[]): Promise<void> {
  await store.apply({ partition, acceptedAt: clock.now(), parts: [{ operations }] });
}

function score(board: string, member: string, value: number): Promise<void> {
  return apply(partitionOfBoard(board, PARTITIONS), { op: 'delta', board, member, value });
}

async function subscribe(...channels: readonly string[]): Promise<void> {
  for (const channel of channels) socket.push({ type: 'subscribe', id: 1, channel });
  await clock.advance(2 * TOLD_MS);
  expect(socket.of('error')).toEqual([]);
}

function updates(channel: string) {
  return socket.of('update').filter((update) => update.channel === channel);
}

test('a score shows in the board, in its current windows and in the fixed ones of the moment', async () => {
  await store.configureBoard('x', { windows: ['daily', 'monthly'] }, clock.now());
  const channels = [
    'board:x',
    'board:x@daily',
    'board:x@daily.2026-11-21',
    'board:x@monthly',
    'board:x@weekly',
    'rank:x@daily:ann',
    'board:x@daily.2026-11-20',
  ];
  await subscribe(...channels);
  await score('x', 'ann', 3);
  await clock.advance(TOLD_MS);
  expect(channels.map((channel) => socket.state(channel))).toEqual([
    [['ann', 3]],
    [['ann', 3]],
    [['ann', 3]],
    [['ann', 3]],
    [],
    { member: 'ann', total: 1, rank: 1, score: 3 },
    [],
  ]);
});

test('subscribers see a window roll over at its boundary although nobody scores, as one more update', async () => {
  await store.configureBoard('x', { windows: ['daily', 'weekly'] }, clock.now());
  await score('x', 'ann', 3);
  await subscribe(
    'board:x',
    'board:x@daily',
    'rank:x@daily:ann',
    'board:x@daily.2026-11-21',
    'board:x@weekly',
  );
  expect(socket.state('board:x@daily')).toEqual([['ann', 3]]);
  await passUntil(Date.UTC(2026, 10, 22) - 1);
  expect(socket.of('update')).toEqual([]);
  await passUntil(Date.UTC(2026, 10, 22) + 100);
  expect(socket.state('board:x@daily')).toEqual([]);
  expect(socket.state('rank:x@daily:ann')).toEqual({ member: 'ann', total: 0 });
  expect(updates('board:x@daily')).toHaveLength(1);
  expect(updates('board:x@daily')[0]).toMatchObject({ at: Date.UTC(2026, 10, 22), patch: [[0, 1]] });
  // Sunday belongs to the week of Saturday, and what has a fixed name stays.
  expect(socket.state('board:x@weekly')).toEqual([['ann', 3]]);
  expect(socket.state('board:x@daily.2026-11-21')).toEqual([['ann', 3]]);
  await score('x', 'bob', 1);
  await clock.advance(TOLD_MS);
  expect(socket.state('board:x@daily')).toEqual([['bob', 1]]);
  expect(socket.state('board:x@daily.2026-11-21')).toEqual([['ann', 3]]);
  expect(socket.state('board:x')).toEqual([
    ['ann', 3],
    ['bob', 1],
  ]);
  await sleepUntil(Date.UTC(2026, 10, 22, 23, 59));
  expect(socket.state('board:x@weekly')).toHaveLength(2);
  await passUntil(Date.UTC(2026, 10, 23) + 100);
  expect(socket.state('board:x@weekly')).toEqual([]);
});

test('windows roll over when a day begins in the time zone of the board, also one of quarters of an hour', async () => {
  const zones = { utc: 'UTC', paris: 'Europe/Paris', kathmandu: 'Asia/Kathmandu' };
  for (const [board, timezone] of Object.entries(zones)) {
    await store.configureBoard(board, { windows: ['daily'], timezone }, clock.now());
    await score(board, 'ann', 1);
  }
  const boards = Object.keys(zones);
  await subscribe(...boards.map((board) => `board:${board}@daily`));
  const empty = () => boards.filter((board) => (socket.state(`board:${board}@daily`) as []).length === 0);
  expect(empty()).toEqual([]);
  await passUntil(Date.UTC(2026, 10, 22) + 100);
  expect(empty()).toEqual(['utc']);
  // Kathmandu is 5:45 ahead of UTC, Paris one hour.
  await sleepUntil(Date.UTC(2026, 10, 22, 18, 14));
  expect(empty()).toEqual(['utc']);
  await passUntil(Date.UTC(2026, 10, 22, 18, 15) + 100);
  expect(empty()).toEqual(['utc', 'kathmandu']);
  await sleepUntil(Date.UTC(2026, 10, 22, 22, 59));
  expect(empty()).toEqual(['utc', 'kathmandu']);
  await passUntil(Date.UTC(2026, 10, 22, 23) + 100);
  expect(empty()).toEqual(['utc', 'paris', 'kathmandu']);
});

test('a changed name shows in the windows of the member', async () => {
  await store.configureBoard('x', { windows: ['daily'] }, clock.now());
  await score('x', 'ann', 3);
  await subscribe('board:x@daily', 'board:x@daily.2026-11-21');
  const profile = { op: 'profile', member: 'ann', name: 'Ann' } as const;
  for (let partition = 0; partition < PARTITIONS; partition++) await apply(partition, profile);
  await clock.advance(TOLD_MS);
  expect(socket.state('board:x@daily')).toEqual([['ann', 3, 'Ann']]);
  expect(socket.state('board:x@daily.2026-11-21')).toEqual([['ann', 3, 'Ann']]);
});

test('settings that name a window, or no longer do, show in its channels', async () => {
  await subscribe('board:x@daily');
  await store.configureBoard('x', { windows: ['daily'] }, clock.now());
  await score('x', 'ann', 3);
  await clock.advance(TOLD_MS);
  expect(socket.state('board:x@daily')).toEqual([['ann', 3]]);
  await store.configureBoard('x', { windows: [] }, clock.now());
  await clock.advance(TOLD_MS);
  expect(socket.state('board:x@daily')).toEqual([]);
});

test('the counters of a player are pushed as they change', async () => {
  await subscribe('player:chess:ann');
  expect(socket.state('player:chess:ann')).toEqual({});
  const count = { op: 'count', product: 'chess', player: 'ann', counter: 'wins', by: 1 } as const;
  await apply(partitionOfPlayers('chess', PARTITIONS), count, count);
  await clock.advance(TOLD_MS);
  expect(socket.state('player:chess:ann')).toEqual({ wins: 2 });
});

test('a session that nobody renews disappears from its area', async () => {
  const partition = partitionOfArea('111', PARTITIONS);
  const login = (user: string, mode: string) =>
    apply(partition, { op: 'login', area: '111', user, mode } as const);
  await subscribe('area:111');
  await login('ann', 'blitz');
  await login('bob', 'blitz');
  await login('cat', 'bullet');
  await clock.advance(TOLD_MS);
  expect(socket.state('area:111')).toEqual([
    ['blitz', 2],
    ['bullet', 1],
  ]);
  const began = clock.now();
  await sleepUntil(began + HOUR_MS);
  await login('ann', 'blitz');
  await sleepUntil(began + SESSION_TIMEOUT_MS - MINUTE_MS);
  expect(socket.state('area:111')).toHaveLength(2);
  await passUntil(began + SESSION_TIMEOUT_MS + DEFAULT_BROADCASTER_LIMITS.sweepPauseMs + TOLD_MS);
  expect(socket.state('area:111')).toEqual([['blitz', 1]]);
  expect(broadcaster.stats()).toMatchObject({ sweptSessions: 2, failedSweeps: 0 });
});

test('a window is removed when its time is over, and who watches it sees it empty', async () => {
  await store.configureBoard('x', { windows: ['daily'] }, clock.now());
  await score('x', 'ann', 3);
  await subscribe('board:x@daily.2026-11-21');
  await sleepUntil(Date.UTC(2026, 10, 22) + WINDOW_RETENTION_MS - MINUTE_MS);
  expect(socket.state('board:x@daily.2026-11-21')).toEqual([['ann', 3]]);
  // How long its day was is not asked; it was at most two.
  await sleepUntil(clock.now() + 48 * HOUR_MS);
  expect(socket.state('board:x@daily.2026-11-21')).toEqual([]);
  expect(broadcaster.stats().sweptWindows).toBe(1);
});

test('a rollover that fell into an outage of the store is told after it', async () => {
  const client = store as ReturnType<typeof createMemoryStore>;
  await store.configureBoard('x', { windows: ['daily'] }, clock.now());
  await score('x', 'ann', 3);
  await subscribe('board:x@daily');
  client.setState('down');
  await passUntil(Date.UTC(2026, 10, 22) + MINUTE_MS);
  expect(socket.state('board:x@daily')).toEqual([['ann', 3]]);
  client.setState('up');
  await clock.advance(3 * TOLD_MS);
  expect(socket.state('board:x@daily')).toEqual([]);
});
