import { beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { MAX_APPLIED_OPERATIONS, StoreUnavailableError } from '../../store/score-store.ts';
import { createHeldStore, type HeldStore, settled } from '../../test/support/held-store.ts';
import { ADMIN } from '../../test/support/identities.ts';
import { createIngest, type RunningIngest } from './ingest.ts';
import { MAX_BATCHES_UNDER_WAY } from './partition-queue.ts';

/** A store that takes a second batch while the first is not answered. */
let store: HeldStore;
let ingest: RunningIngest;
beforeEach(() => {
  store = createHeldStore(1, { takesBehind: true });
  ingest = ingestOver(store);
});

function ingestOver(held: HeldStore): RunningIngest {
  const clock = { now: () => 1000, after: () => () => undefined };
  const deps = { store: held, clock, logger: silentLogger, scoring: BUILT_IN_SCORING };
  return createIngest(deps, { eventsPerPublish: 10_000, pendingEvents: 100_000 });
}

const scores = (count: number, board = 'b') =>
  Array.from({ length: count }, (_, i) => ({ type: 'score', board, member: `m${i}`, delta: 1 }));
const publishFull = () => ingest.publish(scores(MAX_APPLIED_OPERATIONS), ADMIN);
const sent = () => store.batches.map(({ operations, isBehind }) => [operations.length, isBehind]);
const FULL = MAX_APPLIED_OPERATIONS;

it('full batches go behind the one that is under way, so many as there may be', async () => {
  const publishes = Array.from({ length: MAX_BATCHES_UNDER_WAY + 1 }, publishFull);
  expect(sent()).toEqual(Array.from({ length: MAX_BATCHES_UNDER_WAY }, (_, i) => [FULL, i > 0]));
  store.batches[0]?.apply();
  await settled();
  expect(sent().slice(MAX_BATCHES_UNDER_WAY)).toEqual([[FULL, true]]);
  for (const batch of store.batches.slice(1)) batch.apply();
  for (const publish of publishes) expect(await publish).toMatchObject({ ok: true, applied: FULL });
  expect(ingest.pendingEvents()).toBe(0);
});

it('one that has room for more waits until nothing is under way', async () => {
  void publishFull();
  const rest = ingest.publish(scores(3), ADMIN);
  await settled();
  expect(sent()).toEqual([[FULL, false]]);
  const more = ingest.publish(scores(FULL - 3), ADMIN);
  await settled();
  expect(sent()).toEqual([
    [FULL, false],
    [FULL, true],
  ]);
  void ingest.publish(scores(2), ADMIN);
  store.batches[0]?.apply();
  await settled();
  expect(store.batches).toHaveLength(2);
  store.batches[1]?.apply();
  await settled();
  expect(sent()[2]).toEqual([2, false]);
  expect(await rest).toMatchObject({ applied: 3 });
  expect(await more).toMatchObject({ applied: FULL - 3 });
});

it('one of which nothing was done goes again when the one before it is settled, before what came later', async () => {
  const publishes = [publishFull(), publishFull(), ingest.publish(scores(1), ADMIN)];
  store.batches[1]?.leave();
  await settled();
  expect(store.batches).toHaveLength(2);
  store.batches[0]?.apply();
  await settled();
  expect(sent().slice(2)).toEqual([[FULL, false]]);
  expect(ingest.batches.operations.count).toBe(1);
  store.batches[2]?.apply();
  await settled();
  store.batches[3]?.apply();
  expect(await Promise.all(publishes)).toMatchObject([{ applied: FULL }, { applied: FULL }, { applied: 1 }]);
  expect(ingest.batches.operations.count).toBe(3);
});

it('and so does what was behind it, in order', async () => {
  const publishes = [publishFull(), publishFull(), publishFull()];
  store.batches[1]?.leave();
  store.batches[0]?.apply();
  await settled();
  expect(store.batches).toHaveLength(3);
  store.batches[2]?.leave();
  await settled();
  expect(sent().slice(3)).toEqual([
    [FULL, false],
    [FULL, true],
  ]);
  store.batches[3]?.apply();
  store.batches[4]?.apply();
  expect(await Promise.all(publishes)).toMatchObject([
    { applied: FULL },
    { applied: FULL },
    { applied: FULL },
  ]);
});

it('where the first is lost, what follows of its producer is not sent again, and what others published is', async () => {
  const producer = ingest.openProducer('p').publish(1, scores(2 * FULL - 1), ADMIN);
  await settled();
  store.claims[0]?.grant();
  await settled();
  const other = ingest.publish(scores(1), ADMIN);
  expect(sent()).toEqual([
    [FULL, false],
    [FULL, true],
  ]);
  store.batches[0]?.fail(new StoreUnavailableError('away'));
  store.batches[1]?.leave();
  await settled();
  expect(sent().slice(2)).toEqual([[1, false]]);
  expect(await producer).toMatchObject({ ok: false, code: 'unavailable' });
  store.batches[2]?.apply();
  expect(await other).toMatchObject({ ok: true, applied: 1 });
  expect(ingest.pendingEvents()).toBe(0);
});

it('what was applied behind one whose answer was lost is settled', async () => {
  const lost = publishFull();
  const applied = publishFull();
  store.batches[0]?.fail(new StoreUnavailableError('no answer'));
  store.batches[1]?.apply();
  expect([await lost, await applied]).toMatchObject([
    { ok: false, code: 'unavailable' },
    { ok: true, applied: FULL },
  ]);
});

it('all wait for their turn where the store is not waited for', async () => {
  store = createHeldStore(1);
  ingest = ingestOver(store);
  void publishFull();
  void publishFull();
  await settled();
  expect(sent()).toEqual([[FULL, false]]);
});
