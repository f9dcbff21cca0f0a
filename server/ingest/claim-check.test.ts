import { beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createMemoryStore } from '../../store/memory/memory-store.ts';
import { partitionOfProducer } from '../../store/partitions.ts';
import { type PartVerdict, StoreUnavailableError } from '../../store/score-store.ts';
import { createHeldStore, type HeldStore, settled } from '../../test/support/held-store.ts';
import { ADMIN } from '../../test/support/identities.ts';
import { createIngest } from './ingest.ts';
import type { ProducerSession } from './ingest-types.ts';

/** A publisher that goes on through another connection leaves a gap on the first, which is the smaller of its troubles. */

const PARTITIONS = 4;
const HOME = partitionOfProducer('p', PARTITIONS);
const CONFLICT: PartVerdict = { status: 'conflict' };
const STILL_OURS: PartVerdict = { status: 'settled', duplicates: 1, refused: [] };
const CLOCK = { now: () => 1000, after: () => () => undefined };
const LIMITS = { eventsPerPublish: 10, pendingEvents: 10 };
const TAKEN = { ok: false, code: 'conflict', message: 'another connection has taken this producer over' };
const SCORE = { type: 'score', board: 'x', member: 'm', delta: 1 };

let store: HeldStore;
let session: ProducerSession;
const publish = (seq: number) => session.publish(seq, [SCORE], ADMIN);

/** Has settled number 1. */
beforeEach(async () => {
  store = createHeldStore(PARTITIONS);
  const deps = { store, clock: CLOCK, logger: silentLogger, scoring: BUILT_IN_SCORING };
  session = createIngest(deps, LIMITS).openProducer('p');
  const first = publish(1);
  store.claims[0]?.grant();
  await settled();
  store.batches[0]?.apply();
  expect(await first).toMatchObject({ ok: true, seq: 1 });
});

it('a gap asks the home of the producer, by a number that is settled', async () => {
  void publish(9);
  await settled();
  expect(store.batches[1]).toMatchObject({ partition: HOME, operations: [{ op: 'nothing' }] });
  expect(store.batches[1]?.parts[0]?.producer?.numbers).toEqual([1]);
});

it('who has lost the producer is told so, and so is what came behind', async () => {
  const frames = [publish(9), publish(2)];
  await settled();
  store.batches[1]?.answer([CONFLICT]);
  expect(await Promise.all(frames)).toEqual([TAKEN, TAKEN]);
  expect(await publish(3)).toEqual(TAKEN);
  expect(store.batches).toHaveLength(2);
});

it('who has it still is told where to go on, and what came behind is taken', async () => {
  const [gap, behind] = [publish(9), publish(2)];
  await settled();
  expect(store.batches).toHaveLength(2);
  store.batches[1]?.answer([STILL_OURS]);
  expect(await gap).toMatchObject({ code: 'resend', seq: 2 });
  await settled();
  store.batches[2]?.apply();
  expect(await behind).toMatchObject({ ok: true, applied: 1, seq: 2 });
});

it('where the store does not answer, nobody knows of a conflict', async () => {
  const gap = publish(9);
  await settled();
  store.batches[1]?.fail(new StoreUnavailableError('gone'));
  expect(await gap).toMatchObject({ code: 'resend', seq: 2 });
});

it('the store is asked for the gap that is told, and not for those that follow it', async () => {
  const gap = publish(9);
  await settled();
  store.batches[1]?.answer([STILL_OURS]);
  await gap;
  expect(await publish(10)).toBeUndefined();
  expect(store.batches).toHaveLength(2);
});

it('of two connections the first gets conflict, whichever number it sends next', async () => {
  const memory = createMemoryStore({ partitions: PARTITIONS }, { scoring: BUILT_IN_SCORING });
  await memory.start();
  const deps = { store: memory, clock: CLOCK, logger: silentLogger, scoring: BUILT_IN_SCORING };
  const [first, second] = [createIngest(deps, LIMITS), createIngest(deps, LIMITS)].map((ingest) =>
    ingest.openProducer('two'),
  );
  await first?.publish(1, [SCORE], ADMIN);
  expect(await second?.publish(2, [SCORE, SCORE], ADMIN)).toMatchObject({ ok: true, seq: 3 });
  expect(await first?.publish(4, [SCORE], ADMIN)).toEqual(TAKEN);
  expect(await second?.publish(4, [SCORE], ADMIN)).toMatchObject({ ok: true, seq: 4 });
});
