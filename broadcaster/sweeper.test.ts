import { expect, test } from 'vitest';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { type StoreState, StoreUnavailableError, type SweepResult } from '../store/score-store.ts';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { newCounters } from './broadcaster-types.ts';
import { startSweeper } from './sweeper.ts';

const PAUSE_MS = 5000;
const LIMIT = 2;

/** A store in which so many sessions are over in each partition. */
function sweeping(over: number[]) {
  const clock = createFakeClock();
  const counters = newCounters();
  const lines: string[] = [];
  const calls: number[] = [];
  const store = {
    state: 'up' as StoreState,
    failing: new Set<number>(),
    latencyMs: 0,
    sweep: async (partition: number, now: number, limit: number): Promise<SweepResult> => {
      calls.push(partition);
      expect([now, limit]).toEqual([clock.now(), LIMIT]);
      if (store.latencyMs > 0) await new Promise<void>((done) => void clock.after(store.latencyMs, done));
      if (store.failing.has(partition)) throw new StoreUnavailableError('away');
      const sessions = Math.min(limit, over[partition] ?? 0);
      over[partition] = (over[partition] ?? 0) - sessions;
      return { sessions, windows: 0, more: sessions === limit };
    },
  };
  const lease = { confirmed: true, lost: new Set<number>() };
  const note = (_: object, message: string) => void lines.push(message);
  const ended: unknown[] = [];
  const noteEnded = (level: string) => (fields: object, message: string) => {
    if (message === 'what was over has been ended') ended.push([level, fields]);
    else note(fields, message);
  };
  const logger: Logger = {
    ...silentLogger,
    debug: noteEnded('debug'),
    info: noteEnded('info'),
    warn: note,
    error: note,
  };
  const sweeper = startSweeper(
    {
      ...{ store, clock, logger, counters },
      partitions: () => over.map((_, partition) => partition),
      maySweep: (partition) => lease.confirmed && !lease.lost.has(partition),
    },
    { pauseMs: PAUSE_MS, limit: LIMIT },
  );
  return { clock, counters, lines, ended, calls, store, lease, sweeper };
}

test('every partition is swept once per round, in its turn', async () => {
  const { clock, calls } = sweeping([0, 0, 0]);
  await clock.advance(PAUSE_MS - 1);
  expect(calls).toEqual([]);
  await clock.advance(1);
  expect(calls).toEqual([0, 1, 2]);
  await clock.advance(PAUSE_MS);
  expect(calls).toEqual([0, 1, 2, 0, 1, 2]);
});

test('a partition that has more is swept again at once, and the others do not wait for it', async () => {
  const { clock, calls, counters } = sweeping([5, 0, 3]);
  await clock.advance(PAUSE_MS);
  expect(calls).toEqual([0, 1, 2, 0, 2, 0]);
  expect(counters.sweptSessions).toBe(8);
});

test('what a round has ended is told once, and nothing where that is nothing', async () => {
  const { clock, ended, store } = sweeping([5, 0, 3]);
  await clock.advance(2 * PAUSE_MS);
  expect(ended).toEqual([['debug', { sessions: 8, windows: 0 }]]);
  store.sweep = async () => ({ sessions: 0, windows: 2, more: false });
  await clock.advance(PAUSE_MS);
  expect(ended.slice(1)).toEqual([['info', { sessions: 0, windows: 6 }]]);
});

test('a store that always says that there is more does not keep a round from ending', async () => {
  const { clock, calls, store } = sweeping([0]);
  const { sweep } = store;
  store.sweep = async (...asked) => ({ ...(await sweep(...asked)), more: true });
  await clock.advance(2 * PAUSE_MS);
  expect(calls).toEqual([0, 0]);
});

test('a failure is told once per outage, tried again, and does not keep the others from being swept', async () => {
  const { clock, calls, store, lines, counters } = sweeping([1, 1]);
  store.failing.add(0);
  await clock.advance(3 * PAUSE_MS);
  expect(calls).toEqual([0, 1, 0, 1, 0, 1]);
  expect(lines).toEqual(['sweeping failed; it is tried again']);
  expect(counters).toMatchObject({ failedSweeps: 3, sweptSessions: 1 });
  store.failing.clear();
  await clock.advance(2 * PAUSE_MS);
  expect(lines).toEqual(['sweeping failed; it is tried again', 'sweeping works again']);
  expect(counters.sweptSessions).toBe(2);
  store.failing.add(1);
  await clock.advance(PAUSE_MS);
  expect(lines.at(-1)).toBe('sweeping failed; it is tried again');
});

test('nothing is swept while the store is away or the lease is not confirmed', async () => {
  const { clock, calls, store, lease } = sweeping([0, 0]);
  lease.confirmed = false;
  await clock.advance(PAUSE_MS);
  lease.confirmed = true;
  store.state = 'down';
  await clock.advance(PAUSE_MS);
  expect(calls).toEqual([]);
  store.state = 'up';
  await clock.advance(PAUSE_MS);
  expect(calls).toEqual([0, 1]);
});

test('a stop waits for the running call only, however much there is to do', async () => {
  const { clock, calls, store, sweeper } = sweeping([1000, 1000]);
  store.latencyMs = 10;
  await clock.advance(PAUSE_MS + 15);
  expect(calls).toEqual([0, 1]);
  let stopped = false;
  void sweeper.stop().then(() => {
    stopped = true;
  });
  await clock.advance(4);
  expect(stopped).toBe(false);
  await clock.advance(1);
  expect(stopped).toBe(true);
  await clock.advance(2 * PAUSE_MS);
  expect(calls).toEqual([0, 1]);
});
