import { beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import { MAX_APPLIED_OPERATIONS, StoreUnavailableError } from '../../store/score-store.ts';
import { createHeldStore, type HeldStore, settled } from '../../test/support/held-store.ts';
import { ADMIN } from '../../test/support/identities.ts';
import { createIngest, type RunningIngest } from './ingest.ts';
import type { ProducerSession } from './ingest-types.ts';

/** A store that answers and takes no writes is told apart from one that is away, so that nobody looks for the wrong trouble. */

const REFUSED = new StoreUnavailableError('OOM', { change: 'refused', retryAfterMs: 700 });
const ONCE = { key: 'k', bodyHash: 'hash' };
const NO_WRITES = 'the score store takes no writes at present';
const told = (message: string) => ({ ok: false, code: 'unavailable', message, retryAfterMs: 700 });
const many = (count: number, board = 'x') =>
  Array.from({ length: count }, () => ({ type: 'score', board, member: 'm', delta: 1 }));

let store: HeldStore;
let ingest: RunningIngest;
let session: ProducerSession;

beforeEach(() => {
  store = createHeldStore(4);
  const clock = { now: () => 1000, after: () => () => undefined };
  ingest = createIngest(
    { store, clock, logger: silentLogger, scoring: BUILT_IN_SCORING },
    { eventsPerPublish: 5000, pendingEvents: 5000 },
  );
  session = ingest.openProducer('p');
});

/** Lets the claim through. */
async function begin(): Promise<void> {
  const first = session.publish(1, [], ADMIN);
  store.claims[0]?.grant();
  await first;
}

it('a producer that can not be claimed is told', async () => {
  const frame = session.publish(1, many(1), ADMIN);
  store.claims[0]?.fail(REFUSED);
  expect(await frame).toEqual(told(`${NO_WRITES}: send again from number 1, nothing will count twice`));
});

it('so is one whose batch was refused, though the rest of it was not sent because of that', async () => {
  await begin();
  const frame = session.publish(1, many(MAX_APPLIED_OPERATIONS + 1), ADMIN);
  store.batches[0]?.fail(REFUSED);
  expect(await frame).toEqual(told(`${NO_WRITES}: send again from number 1, nothing will count twice`));
  expect(store.batches).toHaveLength(1);
});

it('where some of a batch is in doubt, that is what counts', async () => {
  await begin();
  const frame = session.publish(1, [...many(1, 'x'), ...many(1, 'y')], ADMIN);
  store.batches[0]?.fail(REFUSED);
  store.batches[1]?.fail(new StoreUnavailableError('gone'));
  expect(await frame).toMatchObject({ message: expect.stringContaining("can't be reached") });
});

it('who uses a key is told, whether it was looked up or not', async () => {
  const message = `${NO_WRITES}, and not everything is settled: send the same again with the same key, which is safe`;
  const unknown = ingest.publishOnce(ONCE, many(1), ADMIN);
  store.onces[0]?.fail(REFUSED);
  expect(await unknown).toEqual(told(message));
  const known = ingest.publishOnce(ONCE, many(1), ADMIN);
  store.onces[1]?.answer();
  await settled();
  store.batches[0]?.fail(REFUSED);
  expect(await known).toEqual(told(message));
});

it('a store that can not be read either is told of at once, and by what waited for it', async () => {
  await begin();
  const frames = [session.publish(1, many(1), ADMIN), session.publish(2, many(1), ADMIN)];
  store.state = 'down';
  store.writeRefusal = { reason: 'it is a read-only replica', ofLeases: true };
  const unavailable = { code: 'unavailable', message: expect.stringContaining(NO_WRITES) };
  expect(await session.publish(3, many(1), ADMIN)).toMatchObject(unavailable);
  expect(await ingest.publish(many(1), ADMIN)).toMatchObject(unavailable);
  expect(await ingest.publishOnce(ONCE, many(1), ADMIN)).toMatchObject(unavailable);
  store.batches[0]?.apply();
  expect(await Promise.all(frames)).toMatchObject([{ ok: true, applied: 1 }, unavailable]);
});

it('a store that answers what it never should is told as failed, whatever else is wrong', async () => {
  const failed = { code: 'unavailable', message: expect.stringMatching(/^the score store failed\b/) };
  const anonymous = ingest.publish(many(1), ADMIN);
  store.batches[0]?.fail(new Error('WRONGTYPE'));
  expect(await anonymous).toMatchObject(failed);
  await begin();
  const frame = session.publish(1, [...many(1, 'x'), ...many(1, 'y')], ADMIN);
  store.batches[1]?.fail(new Error('WRONGTYPE'));
  store.batches[2]?.fail(new StoreUnavailableError('gone'));
  expect(await frame).toMatchObject(failed);
});
