import { expect, test } from 'vitest';
import { silentLogger } from '../runtime/logger.ts';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { StoreClient, StoreData } from './faulty-store.contract.ts';
import { createLeaseKeeper, type LeaseKeeper } from './lease-keeper.ts';

const TERM_MS = 2000;
const RENEW_MS = 500;

function setUp(owner = 'one', data = new StoreData(createFakeClock())) {
  const { clock } = data;
  const store = new StoreClient(data);
  const events: string[] = [];
  const holder = {
    begin: (fence: number) => void events.push(`begin ${fence}`),
    end: async (why: string): Promise<void> => void events.push(`end ${why}`),
  };
  const keeper: LeaseKeeper = createLeaseKeeper(
    { store, clock, logger: silentLogger, holder },
    { lease: 'l', owner, termMs: TERM_MS, renewMs: RENEW_MS },
  );
  return { clock, data, store, events, keeper, holder };
}

test('start resolves when the lease is won, and the term has begun', async () => {
  const { keeper, events } = setUp();
  await keeper.start();
  expect(events).toEqual(['begin 101']);
  expect(keeper.isConfirmed(101)).toBe(true);
  expect(keeper.isConfirmed(100)).toBe(false);
  await keeper.stop();
});

test('start does not fail where the store is away; the lease is won when it is back', async () => {
  const { keeper, events, store, clock } = setUp();
  store.setState('down');
  await keeper.start();
  await clock.advance(3 * RENEW_MS);
  expect(events).toEqual([]);
  store.setState('up');
  await clock.advance(RENEW_MS);
  expect(events).toEqual(['begin 101']);
  await keeper.stop();
});

test('while renewed, the lease is confirmed and no other gets it', async () => {
  const one = setUp();
  const two = setUp('two', one.data);
  await one.keeper.start();
  await two.keeper.start();
  for (let i = 0; i < 40; i++) {
    await one.clock.advance(250);
    expect(one.keeper.isConfirmed(101)).toBe(true);
  }
  expect(two.events).toEqual([]);
  await one.keeper.stop();
  await two.keeper.stop();
});

test('confirmed is counted from before the store was asked, for half a term', async () => {
  const { keeper, store, clock } = setUp();
  await keeper.start();
  await clock.advance(400);
  store.latencyMs = 400;
  // Asked at 500, answered at 900, and nothing more from then on.
  await clock.advance(400);
  store.faultOf = () => 'refused';
  await clock.advance(699);
  expect(clock.now() % 1000).toBe(499);
  expect(keeper.isConfirmed(101)).toBe(true);
  await clock.advance(1);
  expect(keeper.isConfirmed(101)).toBe(false);
  const stopped = keeper.stop();
  await clock.advance(2000);
  await stopped;
});

test('a term goes on unconfirmed while the store does not answer, and is confirmed again by the next renewal', async () => {
  const { keeper, store, clock, events } = setUp();
  await keeper.start();
  store.faultOf = (method) => (method === 'renewLease' ? 'lost' : undefined);
  await clock.advance(5000);
  expect(events).toEqual(['begin 101']);
  expect(keeper.isConfirmed(101)).toBe(false);
  expect(keeper.isAnswered).toBe(false);
  store.faultOf = () => undefined;
  await clock.advance(RENEW_MS);
  expect(events).toEqual(['begin 101']);
  expect(keeper.isConfirmed(101)).toBe(true);
  expect(keeper.isAnswered).toBe(true);
  await keeper.stop();
});

test('a lost lease ends the term, and another term begins under a higher fence', async () => {
  const { keeper, data, clock, events } = setUp();
  await keeper.start();
  data.lease = undefined;
  await clock.advance(RENEW_MS);
  expect(events).toEqual(['begin 101', 'end lost']);
  expect(keeper.isConfirmed(101)).toBe(false);
  await clock.advance(RENEW_MS);
  expect(events).toEqual(['begin 101', 'end lost', 'begin 102']);
  await keeper.stop();
});

test('giving up ends the term at once; an outdated number gives nothing up', async () => {
  const { keeper, clock, events } = setUp();
  await keeper.start();
  keeper.giveUp(100);
  await clock.settle();
  expect(events).toEqual(['begin 101']);
  keeper.giveUp(101);
  expect(keeper.isConfirmed(101)).toBe(false);
  await clock.settle();
  expect(events).toEqual(['begin 101', 'end lost']);
  await keeper.stop();
});

test('the next term begins only when the end of the last has resolved', async () => {
  const { keeper, clock, holder, events } = setUp();
  holder.end = () => new Promise<void>((resolve) => void clock.after(5000, resolve));
  await keeper.start();
  keeper.giveUp(101);
  await clock.advance(4900);
  expect(events).toEqual(['begin 101']);
  await clock.advance(100 + RENEW_MS);
  expect(events).toEqual(['begin 101', 'begin 102']);
  const stopped = keeper.stop();
  await clock.advance(5000);
  await stopped;
});

test('a clean stop finishes the term, then releases, so that another gets the lease at once', async () => {
  const { keeper, clock, data, events } = setUp();
  const two = setUp('two', data);
  await keeper.start();
  await two.keeper.start();
  await keeper.stop();
  expect(events).toEqual(['begin 101', 'end stopped']);
  expect(data.lease).toBeUndefined();
  await clock.advance(RENEW_MS);
  expect(two.events).toEqual(['begin 102']);
  await two.keeper.stop();
  expect(clock.pending).toBe(0);
});

test('a lease that is won while stopping is given back without a term', async () => {
  const { keeper, clock, data, events, store } = setUp();
  store.latencyMs = 100;
  const started = keeper.start();
  await clock.advance(10);
  const stopped = keeper.stop();
  await clock.advance(1000);
  await Promise.all([started, stopped]);
  expect(events).toEqual([]);
  expect(data.lastFence).toBe(101);
  expect(data.lease).toBeUndefined();
});

test('a stopped keeper releases no lease that it has lost, and starting it again does nothing', async () => {
  const { keeper, store, clock, events } = setUp();
  await keeper.start();
  keeper.giveUp(101);
  await keeper.stop();
  await keeper.start();
  await clock.advance(5000);
  expect(store.count('releaseLease')).toBe(0);
  expect(store.count('acquireLease')).toBe(1);
  expect(events).toEqual(['begin 101', 'end lost']);
});

test('stopping before starting is harmless', async () => {
  const { keeper, store } = setUp();
  await keeper.stop();
  await keeper.start();
  expect(store.calls).toEqual([]);
});
