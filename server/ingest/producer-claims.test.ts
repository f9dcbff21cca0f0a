import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { createHeldStore, type HeldStore, settled } from '../../test/support/held-store.ts';
import { ADMIN } from '../../test/support/identities.ts';
import { createIngest, type RunningIngest } from './ingest.ts';

const SCORE = { type: 'score', board: 'x', member: 'm', delta: 1 };
const logger = { ...silentLogger, warn: vi.fn(), error: vi.fn() };

let store: HeldStore;
let ingest: RunningIngest;
beforeEach(() => {
  store = createHeldStore(4);
  ingest = createIngest(
    { store, clock: createFakeClock(), logger, scoring: BUILT_IN_SCORING },
    { eventsPerPublish: 100, pendingEvents: 1000 },
  );
});
afterEach(() => vi.clearAllMocks());

test('a session that is closed while it claims does not follow the claim of whoever came after it', async () => {
  const old = ingest.openProducer('p');
  const left = old.publish(1, [SCORE], ADMIN);
  old.close();
  const young = ingest.openProducer('p').publish(1, [SCORE], ADMIN);
  store.claims[1]?.grant({ claim: 7 });
  store.claims[0]?.refuse(7);
  expect(await left).toBeUndefined();
  await settled();
  expect(store.claims).toHaveLength(2);
  store.batches[0]?.apply();
  expect(await young).toMatchObject({ ok: true, applied: 1, seq: 1 });
  expect(ingest.pendingEvents()).toBe(0);
});

test('a claim learns that its session is closed, and is no trouble of the store then', async () => {
  const session = ingest.openProducer('p');
  void session.publish(1, [SCORE], ADMIN);
  expect(store.claims[0]?.givenUp?.aborted).toBe(false);
  session.close();
  expect(store.claims[0]?.givenUp?.aborted).toBe(true);
  store.claims[0]?.fail(store.claims[0].givenUp?.reason);
  await settled();
  expect(await session.publish(2, [SCORE], ADMIN)).toBeUndefined();
  expect(store.claims).toHaveLength(1);
  expect(logger.warn).not.toHaveBeenCalled();
  expect(logger.error).not.toHaveBeenCalled();
});
