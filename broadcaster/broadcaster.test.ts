import { expect, test } from 'vitest';
import { createInProcessBus } from '../bus/in-process-bus.ts';
import { DEFAULT_TIMING } from '../bus/timing.ts';
import { silentLogger } from '../runtime/logger.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { partitionOfBoard } from '../store/partitions.ts';
import type { Operation } from '../store/score-store.ts';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { createBroadcaster } from './broadcaster.ts';
import { DEFAULT_BROADCASTER_LIMITS } from './broadcaster-types.ts';
import { PARTITIONS } from './faulty-store.contract.ts';
import { Recorder } from './support.contract.ts';

test('over the memory store and the bus in the process, scores become views and patches', async () => {
  const clock = createFakeClock();
  const store = createMemoryStore({ partitions: PARTITIONS }, { clock });
  const bus = createInProcessBus({ clock });
  const recorder = new Recorder(bus, clock);
  const broadcaster = createBroadcaster(
    { store, bus, clock, logger: silentLogger, random: () => 'f'.repeat(16) },
    { name: 'one', timing: DEFAULT_TIMING, limits: DEFAULT_BROADCASTER_LIMITS },
  );
  const apply = (operations: readonly Operation[]) =>
    store.apply({
      partition: partitionOfBoard('b', PARTITIONS),
      acceptedAt: clock.now(),
      parts: [{ operations }],
    });
  await store.start();
  await broadcaster.start();

  recorder.watch(['board:b', 'rank:b:bob']);
  await clock.advance(100);
  expect(recorder.state('board:b')).toEqual([]);
  expect(recorder.state('rank:b:bob')).toEqual({ member: 'bob', total: 0 });

  await apply([
    { op: 'set', board: 'b', member: 'ann', value: 5 },
    { op: 'set', board: 'b', member: 'bob', value: 4 },
  ]);
  await clock.advance(500);
  expect(recorder.state('rank:b:bob')).toEqual({ member: 'bob', total: 2, rank: 2, score: 4 });

  await apply([
    { op: 'delta', board: 'b', member: 'bob', value: 2 },
    { op: 'profile', member: 'bob', name: 'Bob' },
  ]);
  await clock.advance(500);
  expect(recorder.state('board:b')).toEqual([
    ['bob', 6, 'Bob'],
    ['ann', 5],
  ]);
  expect(recorder.state('rank:b:bob')).toEqual({ member: 'bob', total: 2, rank: 1, score: 6 });

  await store.removeBoard('b', clock.now());
  await clock.advance(500);
  expect(recorder.state('board:b')).toEqual([]);
  expect(recorder.patches).toHaveLength(6);
  expect(broadcaster.stats()).toMatchObject({ patches: 6, views: 2, refusals: 0, watchedChannels: 2 });

  await broadcaster.stop();
  await broadcaster.stop();
  await store.stop();
});

test('an owner does its other work from the beginning of its term, and has ended it when the lease is given back', async () => {
  const clock = createFakeClock();
  const store = createMemoryStore({ partitions: PARTITIONS }, { clock });
  const bus = createInProcessBus({ clock });
  const events: string[] = [];
  const open = (name: string) =>
    createBroadcaster(
      {
        ...{ store, bus, clock, logger: silentLogger, random: () => 'f'.repeat(16) },
        sideline: (mayWork) => ({
          start: async () => void events.push(`${name} begins: ${mayWork()}`),
          stop: async () => {
            await Promise.resolve();
            const other = await store.acquireLease('broadcaster', 'stranger', 1);
            events.push(`${name} ends: ${mayWork()}, ${other === undefined ? 'held' : 'free'}`);
          },
        }),
      },
      { name, timing: DEFAULT_TIMING, limits: DEFAULT_BROADCASTER_LIMITS },
    );
  const [one, two] = [open('one'), open('two')];
  await one.start();
  await two.start();
  await clock.advance(1000);
  expect(events).toEqual(['one begins: true']);
  await one.stop();
  await clock.advance(1000);
  expect(events).toEqual(['one begins: true', 'one ends: true, held', 'two begins: true']);
  await two.stop();
});
