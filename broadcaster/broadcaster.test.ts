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
import { ALL, PARTITIONS } from './faulty-store.contract.ts';
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

test('a broadcaster does its other work for what it owns, and has ended it when the leases are given back', async () => {
  const clock = createFakeClock();
  const store = createMemoryStore({ partitions: PARTITIONS }, { clock });
  const bus = createInProcessBus({ clock });
  const events: string[] = [];
  const works = new Map<string, (partition: number) => boolean>();
  const open = (name: string) =>
    createBroadcaster(
      {
        ...{ store, bus: bus.endpoint(name), clock, logger: silentLogger, random: () => 'f'.repeat(16) },
        sideline: (mayWorkOn) => {
          works.set(name, mayWorkOn);
          return {
            start: async () => void events.push(`${name} begins`),
            stop: async () => {
              await Promise.resolve();
              events.push(`${name} ends, ${ALL.filter(mayWorkOn).length > 0 ? 'an owner' : 'no owner'}`);
            },
          };
        },
      },
      { name, timing: DEFAULT_TIMING, limits: DEFAULT_BROADCASTER_LIMITS },
    );
  const workOf = (name: string) => ALL.filter((partition) => works.get(name)?.(partition));
  const [one, two] = [open('one'), open('two')];
  await one.start();
  expect(workOf('one')).toEqual(ALL);
  await two.start();
  await clock.advance(1000);
  expect([...workOf('one'), ...workOf('two')].sort()).toEqual(ALL);
  expect(workOf('two')).toEqual(two.stats().partitions);
  await one.stop();
  await clock.advance(100);
  expect(events).toEqual(['one begins', 'two begins', 'one ends, an owner']);
  expect([workOf('one'), workOf('two')]).toEqual([[], ALL]);
  await two.stop();
  expect(clock.pending).toBe(0);
});
