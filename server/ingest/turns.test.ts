import { beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../runtime/logger.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import {
  MAX_APPLIED_OPERATIONS,
  MAX_BATCH_OPERATIONS,
  type Operation,
  StoreUnavailableError,
} from '../../store/score-store.ts';
import { createHeldStore, type HeldStore, settled } from '../../test/support/held-store.ts';
import { ADMIN } from '../../test/support/identities.ts';
import { createIngest, type RunningIngest } from './ingest.ts';
import type { PublishVerdict } from './ingest-types.ts';

let store: HeldStore;
let ingest: RunningIngest;
let deferred: (() => void)[];
beforeEach(() => {
  store = createHeldStore(1);
  deferred = [];
  const clock = { now: () => 1000, after: () => () => undefined };
  const defer = (action: () => void): void => void deferred.push(action);
  const deps = { store, clock, logger: silentLogger, scoring: BUILT_IN_SCORING, defer };
  ingest = createIngest(deps, { eventsPerPublish: 10_000, pendingEvents: 10_000 });
});

function endTurn(): void {
  for (const action of deferred.splice(0)) action();
}

const score = (member: string) => ({ type: 'score', board: 'b', member, delta: 1 });
const scores = (count: number) => Array.from({ length: count }, (_, i) => score(`m${i}`));
const memberOf = (operation: Operation) => ('member' in operation ? operation.member : undefined);
const members = (batch: number) => store.batches[batch]?.operations.map(memberOf);

it('what is published in one turn is one batch, of all publishers, in order', async () => {
  const told: PublishVerdict[] = [];
  const first = ingest.publish([score('a')], ADMIN);
  ingest.submit([score('b')], ADMIN, {}, (verdict) => told.push(verdict));
  const producer = ingest.openProducer('p').publish(1, [score('c')], ADMIN);
  await settled();
  store.claims[0]?.grant();
  await settled();
  expect([store.batches, told]).toEqual([[], []]);
  endTurn();
  expect(store.batches).toHaveLength(1);
  expect(members(0)).toEqual(['a', 'b', 'c']);
  store.batches[0]?.apply([{ index: 1, code: 'malformed' }]);
  expect(await first).toMatchObject({ ok: true, applied: 1 });
  expect(await producer).toMatchObject({ ok: true, applied: 1, seq: 1 });
  expect(told).toMatchObject([{ ok: true, applied: 0, rejected: [{ index: 0, code: 'malformed' }] }]);
});

it('a full batch does not wait for the end of the turn, and nothing overtakes it', async () => {
  const full = ingest.publish(scores(MAX_APPLIED_OPERATIONS), ADMIN);
  const next = ingest.publish([score('next')], ADMIN);
  expect(store.batches).toHaveLength(1);
  endTurn();
  expect(store.batches).toHaveLength(1);
  store.batches[0]?.apply();
  await settled();
  expect(members(1)).toEqual(['next']);
  store.batches[1]?.apply();
  expect([await full, await next]).toMatchObject([{ applied: MAX_APPLIED_OPERATIONS }, { applied: 1 }]);
});

it('a batch that fills up after it was to wait goes once, with what came later behind it', async () => {
  const first = ingest.publish([score('first')], ADMIN);
  const many = ingest.publish(scores(MAX_APPLIED_OPERATIONS), ADMIN);
  endTurn();
  for (let batch = 0; batch < 2; batch++) {
    store.batches[batch]?.apply();
    await settled();
  }
  endTurn();
  expect(store.batches.map(({ operations }) => operations.length)).toEqual([MAX_APPLIED_OPERATIONS, 1]);
  expect(members(0)?.[0]).toBe('first');
  expect([await first, await many]).toMatchObject([{ applied: 1 }, { applied: MAX_APPLIED_OPERATIONS }]);
  const later = ingest.publish([score('later')], ADMIN);
  endTurn();
  store.batches[2]?.apply();
  expect(await later).toMatchObject({ applied: 1 });
});

it('what has come meanwhile is sent before the publishers of the last batch are answered', async () => {
  const sentBefore: number[] = [];
  ingest.submit([score('a')], ADMIN, {}, () => sentBefore.push(store.batches.length));
  endTurn();
  ingest.submit([score('b')], ADMIN, {}, () => sentBefore.push(store.batches.length));
  store.batches[0]?.apply();
  await settled();
  expect([members(1), sentBefore]).toEqual([['b'], [2]]);
  store.batches[1]?.apply();
  await settled();
  expect(sentBefore).toEqual([2, 2]);
});

it('nothing of a producer is sent while it is not known that what came before it was lost', async () => {
  const producer = ingest.openProducer('p');
  const first = producer.publish(1, scores(MAX_APPLIED_OPERATIONS + 1), ADMIN);
  await settled();
  store.claims[0]?.grant();
  await settled();
  endTurn();
  const other = ingest.publish([score('other')], ADMIN);
  store.batches[0]?.fail(new StoreUnavailableError('away', { change: 'unknown' }));
  await settled();
  expect(await first).toMatchObject({ ok: false, code: 'unavailable' });
  expect(members(1)).toEqual(['other']);
  store.batches[1]?.apply();
  expect(await other).toMatchObject({ applied: 1 });
});

it('a batch with what a store can not add up is a smaller one', async () => {
  const login = (i: number) => ({ type: 'session', area: 'a', mode: 'm', user: `u${i}`, action: 'LOGIN' });
  const logins = Array.from({ length: MAX_BATCH_OPERATIONS + 1 }, (_, i) => login(i));
  const all = [
    ingest.publish(scores(10), ADMIN),
    ingest.publish(logins, ADMIN),
    ingest.publish(scores(MAX_BATCH_OPERATIONS), ADMIN),
  ];
  for (let batch = 0; batch < 3; batch++) {
    endTurn();
    store.batches[batch]?.apply();
    await settled();
  }
  const { length: last } = store.batches.at(-1)?.operations ?? [];
  expect(store.batches.map(({ operations }) => operations.length)).toEqual([
    MAX_BATCH_OPERATIONS,
    MAX_BATCH_OPERATIONS,
    last,
  ]);
  expect(last).toBe(11);
  expect(await Promise.all(all)).toMatchObject([
    { applied: 10 },
    { applied: logins.length },
    { applied: MAX_BATCH_OPERATIONS },
  ]);
});

it('who submits is told at once where nothing goes to the store', () => {
  const told: PublishVerdict[] = [];
  const submit = (events: readonly unknown[]) =>
    ingest.submit(events, ADMIN, {}, (verdict) => told.push(verdict));
  submit([null]);
  submit([]);
  submit(scores(10_001));
  store.state = 'down';
  submit([score('a')]);
  expect(told).toMatchObject([
    { ok: true, applied: 0, rejected: [{ index: 0, code: 'malformed' }] },
    { ok: true, applied: 0, rejected: [] },
    { ok: false, code: 'too_large' },
    { ok: false, code: 'unavailable' },
  ]);
  expect(ingest.pendingEvents()).toBe(0);
});
