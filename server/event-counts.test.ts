import { beforeEach, expect, it } from 'vitest';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../scoring/registry.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { ADMIN, identityWith } from '../test/support/identities.ts';
import { countedIngest, EventCounts } from './event-counts.ts';
import { createIngest } from './ingest/ingest.ts';
import type { Ingest } from './ingest/ingest-types.ts';

const score = (board = 'b', delta: number | string = 1) => ({ type: 'score', board, member: 'ann', delta });
const track = { type: 'track', product: 'chess', player: 'ann', event: 'jump' };

let counts: EventCounts;
let ingest: Ingest;
beforeEach(async () => {
  const store = createMemoryStore({ partitions: 4 }, { scoring: BUILT_IN_SCORING });
  await store.start();
  counts = new EventCounts();
  const deps = { store, clock: systemClock, logger: silentLogger, scoring: BUILT_IN_SCORING };
  ingest = countedIngest(createIngest(deps, { eventsPerPublish: 5, pendingEvents: 10 }), counts);
});

/** Such as `score applied 2`. */
function counted(): string[] {
  return [...counts.samples()].map(([{ type, result }, count]) => `${type} ${result} ${count}`).sort();
}

it('counts events by their types and by what became of them', async () => {
  await ingest.publish([score(), track, score('b', 'x'), { type: 'nothing' }, null], ADMIN);
  expect(counted()).toEqual(['score applied 1', 'score rejected 1', 'track applied 1', 'unknown rejected 2']);
  await ingest.publish([track, score()], identityWith({ publish: ['board:b'] }));
  expect(counted()).toContain('track rejected 1');
  expect(counted()).toContain('score applied 2');
});

it('counts what is submitted without a promise before its publisher is told', async () => {
  const told = new Promise((resolve) => {
    ingest.submit([score()], ADMIN, {}, (verdict) => resolve([verdict, counted()]));
  });
  expect(await told).toEqual([{ ok: true, applied: 1, duplicates: 0, rejected: [] }, ['score applied 1']]);
  expect(counts.published).toBe(1);
  expect(counts.seconds.count).toBe(1);
});

it('counts what was not accepted as unsettled', async () => {
  await ingest.publish(
    Array.from({ length: 6 }, () => score()),
    ADMIN,
  );
  expect(counted()).toEqual(['score unsettled 6']);
});

it('counts duplicates of a producer, and of a key', async () => {
  const first = ingest.openProducer('p');
  await first.publish(1, [score(), score()], ADMIN);
  await first.publish(1, [score(), score(), score()], ADMIN);
  expect(counted()).toEqual(['score applied 3', 'score duplicate 2']);
  await first.publish(9, [track], ADMIN);
  expect(counted()).toContain('track unsettled 1');
  const once = { key: 'k', bodyHash: 'h' };
  await ingest.publishOnce(once, [track, score('x')], ADMIN);
  await ingest.publishOnce(once, [track, score('x')], ADMIN);
  expect(counted()).toEqual([
    'score applied 4',
    'score duplicate 3',
    'track applied 1',
    'track duplicate 1',
    'track unsettled 1',
  ]);
});

it('does not guess which of several types were the duplicates', async () => {
  const producer = ingest.openProducer('p');
  await producer.publish(1, [score(), track], ADMIN);
  await producer.publish(1, [score(), track, score(), track], ADMIN);
  expect(counted()).toEqual([
    'score applied 1',
    'several applied 2',
    'several duplicate 2',
    'track applied 1',
  ]);
});

it('counts events as unsettled whose fate is unknown, and only them', () => {
  const rejected = [
    { index: 0, code: 'unavailable', message: 'the store failed' },
    { index: 2, code: 'malformed', message: 'no' },
  ] as const;
  counts.add([score(), track, track], { ok: true, applied: 1, duplicates: 0, rejected });
  expect(counted()).toEqual(['score unsettled 1', 'track applied 1', 'track rejected 1']);
});

it('never counts by a name that publishers choose', () => {
  const events = ['constructor', '__proto__', 7, undefined].map((type) => ({ type }));
  counts.add(events, undefined);
  expect(counted()).toEqual(['unknown unsettled 4']);
});

it('leaves a failure of ingest to who publishes, and counts its events as unsettled', async () => {
  const failing: Ingest = { ...ingest, publish: () => Promise.reject(new Error('a fault')) };
  await expect(countedIngest(failing, counts).publish([score()], ADMIN)).rejects.toThrow('a fault');
  expect(counted()).toEqual(['score unsettled 1']);
});
