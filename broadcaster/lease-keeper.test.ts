import { expect, test } from 'vitest';
import { silentLogger } from '../runtime/logger.ts';
import { createFakeClock } from '../test/support/fake-clock.ts';
import { ALL, PARTITIONS, StoreClient, StoreData } from './faulty-store.contract.ts';
import { LeaseKeeper } from './lease-keeper.ts';

const TERM_MS = 2000;
const RENEW_MS = 500;
const RETRY_MS = 250;

function setUp(owner = 'one', data = new StoreData(createFakeClock())) {
  const { clock } = data;
  const store = new StoreClient(data);
  const events: string[] = [];
  const freed: (readonly number[])[] = [];
  const share = { wanted: ALL };
  const holder = {
    begin: (leases: readonly { partition: number; fence: number }[]) =>
      void events.push(`begin ${leases.map(({ partition, fence }) => `${partition}:${fence}`).join(' ')}`),
    end: async (partitions: readonly number[], why: string): Promise<void> =>
      void events.push(`end ${partitions.join(' ')} ${why}`),
  };
  const keeper = new LeaseKeeper(
    {
      ...{ store, clock, logger: silentLogger, holder },
      wanted: () => new Set(share.wanted),
      freed: (partitions) => void freed.push(partitions),
    },
    { owner, partitions: PARTITIONS, termMs: TERM_MS, renewMs: RENEW_MS, retryMs: RETRY_MS },
  );
  const isConfirmed = (fence: number, partition = 0): boolean => keeper.isConfirmed({ partition, fence });
  return { clock, data, store, events, keeper, holder, share, freed, isConfirmed };
}

test('start resolves when all that is wanted is won with one call, and the terms have begun', async () => {
  const { keeper, events, store, isConfirmed } = setUp();
  await keeper.start();
  expect(events).toEqual(['begin 0:101 1:101 2:101 3:101']);
  expect(store.count('acquireLeases')).toBe(1);
  expect([isConfirmed(101), isConfirmed(100), isConfirmed(101, 3)]).toEqual([true, false, true]);
  await keeper.stop();
});

test('start does not fail where the store is away; the leases are won when it is back', async () => {
  const { keeper, events, store, clock } = setUp();
  store.setState('down');
  await keeper.start();
  await clock.advance(3 * RENEW_MS);
  expect(events).toEqual([]);
  expect(keeper.isAnswered).toBe(false);
  store.setState('up');
  await clock.advance(RETRY_MS);
  expect(events).toEqual(['begin 0:101 1:101 2:101 3:101']);
  expect(keeper.isAnswered).toBe(true);
  await keeper.stop();
});

test('while renewed, leases are confirmed and no other gets them, with one call for all', async () => {
  const one = setUp();
  const two = setUp('two', one.data);
  await one.keeper.start();
  await two.keeper.start();
  for (let i = 0; i < 40; i++) {
    await one.clock.advance(250);
    for (const partition of ALL) expect(one.isConfirmed(101, partition)).toBe(true);
  }
  expect(two.events).toEqual([]);
  expect(one.store.count('renewLeases')).toBe(20);
  await one.keeper.stop();
  await two.keeper.stop();
});

test('two who want different partitions do not disturb each other', async () => {
  const one = setUp();
  const two = setUp('two', one.data);
  one.share.wanted = [0, 2];
  two.share.wanted = [1, 3];
  await one.keeper.start();
  await two.keeper.start();
  await one.clock.advance(5000);
  expect(one.events).toEqual(['begin 0:101 2:101']);
  expect(two.events).toEqual(['begin 1:102 3:102']);
  await one.keeper.stop();
  await two.keeper.stop();
});

test('confirmed is counted from before the store was asked, for half a term', async () => {
  const { keeper, store, clock, isConfirmed } = setUp();
  await keeper.start();
  await clock.advance(400);
  store.latencyMs = 400;
  // Asked at 500, answered at 900, and nothing more from then on.
  await clock.advance(400);
  store.faultOf = () => 'refused';
  await clock.advance(699);
  expect(clock.now() % 1000).toBe(499);
  expect(isConfirmed(101)).toBe(true);
  await clock.advance(1);
  expect(isConfirmed(101)).toBe(false);
  const stopped = keeper.stop();
  await clock.advance(2000);
  await stopped;
});

test('terms go on unconfirmed while the store does not answer, and are confirmed again by the next renewal', async () => {
  const { keeper, store, clock, events, isConfirmed } = setUp();
  await keeper.start();
  store.faultOf = (method) => (method === 'renewLeases' ? 'lost' : undefined);
  await clock.advance(5000);
  expect(events).toHaveLength(1);
  expect(isConfirmed(101)).toBe(false);
  expect(keeper.isAnswered).toBe(false);
  expect(keeper.isAwake).toBe(true);
  store.faultOf = () => undefined;
  await clock.advance(RENEW_MS);
  expect(events).toHaveLength(1);
  expect(isConfirmed(101)).toBe(true);
  expect(keeper.isAnswered).toBe(true);
  await keeper.stop();
});

test('a lost lease ends its term and no other, and another begins under a higher fence', async () => {
  const { keeper, data, clock, events, isConfirmed } = setUp();
  await keeper.start();
  data.leases.delete(2);
  await clock.advance(RENEW_MS);
  expect([isConfirmed(101, 2), isConfirmed(101, 1)]).toEqual([false, true]);
  expect(events.slice(1)).toEqual(['end 2 lost', 'begin 2:102']);
  expect(data.holders()).toEqual(['one 101', 'one 101', 'one 102', 'one 101']);
  await keeper.stop();
});

test('giving up ends terms at once; outdated numbers give nothing up', async () => {
  const { keeper, clock, events, isConfirmed } = setUp();
  await keeper.start();
  keeper.giveUp([{ partition: 1, fence: 100 }]);
  await clock.settle();
  expect(events).toHaveLength(1);
  keeper.giveUp([1, 3].map((partition) => ({ partition, fence: 101 })));
  expect([isConfirmed(101, 1), isConfirmed(101, 2)]).toEqual([false, true]);
  await clock.settle();
  expect(events.slice(1)).toEqual(['end 1 3 lost']);
  await keeper.stop();
});

test('a higher number that is heard ends the term, and the next one is above it', async () => {
  const { keeper, clock, events } = setUp();
  await keeper.start();
  keeper.noteHeard({ partition: 1, fence: 101 });
  keeper.noteHeard({ partition: 77, fence: 900 });
  await clock.settle();
  expect(events).toHaveLength(1);
  // The store has lost what it knew, so that it would give a lower one.
  keeper.noteHeard({ partition: 1, fence: 900 });
  await clock.advance(RETRY_MS);
  expect(events.slice(1)).toEqual(['end 1 lost', 'begin 1:901']);
  await keeper.stop();
});

test('the next term begins only when the end of the last has resolved', async () => {
  const { keeper, clock, holder, events } = setUp();
  holder.end = () => new Promise<void>((resolve) => void clock.after(5000, resolve));
  await keeper.start();
  keeper.giveUp([{ partition: 1, fence: 101 }]);
  await clock.advance(4900);
  expect(events).toHaveLength(1);
  await clock.advance(100 + RETRY_MS);
  expect(events.slice(1)).toEqual(['begin 1:102']);
  const stopped = keeper.stop();
  await clock.advance(5000);
  await stopped;
});

test('what is not wanted any more ends its term, is given back and told, and is lost to nobody meanwhile', async () => {
  const { keeper, clock, holder, events, share, freed, data } = setUp();
  await keeper.start();
  let finish = (): void => undefined;
  const { end } = holder;
  holder.end = async (partitions, why) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    await end(partitions, why);
  };
  share.wanted = [0, 3];
  keeper.look();
  // The tick that is under way takes longer than the lease, which is renewed until it has ended.
  await clock.advance(2 * TERM_MS);
  expect(data.holders()).toEqual(ALL.map(() => 'one 101'));
  expect(freed).toEqual([]);
  finish();
  await clock.settle();
  expect(events.slice(1)).toEqual(['end 1 2 handed over']);
  expect(data.holders()).toEqual(['one 101', 'free', 'free', 'one 101']);
  expect(freed).toEqual([[1, 2]]);
  holder.end = end;
  await keeper.stop();
});

test('what is wanted again while it is handed over is acquired anew', async () => {
  const { keeper, clock, events, share, store } = setUp();
  await keeper.start();
  store.latencyMs = 100;
  share.wanted = [];
  keeper.look();
  await clock.advance(10);
  share.wanted = ALL;
  keeper.look();
  await clock.advance(1000);
  expect(events.slice(1)).toEqual(['end 0 1 2 3 handed over', 'begin 0:102 1:102 2:102 3:102']);
  const stopped = keeper.stop();
  await clock.advance(1000);
  await stopped;
});

test('a clean stop finishes the terms, then releases, so that another gets the leases at once', async () => {
  const { keeper, clock, data, events } = setUp();
  const two = setUp('two', data);
  await keeper.start();
  await two.keeper.start();
  await keeper.stop();
  expect(events.slice(1)).toEqual(['end 0 1 2 3 handed over']);
  expect(data.holders()).toEqual(ALL.map(() => 'free'));
  two.keeper.look();
  await clock.settle();
  expect(two.events).toEqual(['begin 0:102 1:102 2:102 3:102']);
  await two.keeper.stop();
  expect(clock.pending).toBe(0);
});

test('leases that are won while stopping are given back without a term', async () => {
  const { keeper, clock, data, events, store } = setUp();
  store.latencyMs = 100;
  const started = keeper.start();
  await clock.advance(10);
  const stopped = keeper.stop();
  await clock.advance(1000);
  await Promise.all([started, stopped]);
  expect(events).toEqual([]);
  expect(data.lastFence).toBe(101);
  expect(data.holders()).toEqual(ALL.map(() => 'free'));
});

test('a stopped keeper releases no lease that it has lost, and starting it again does nothing', async () => {
  const { keeper, store, clock, events } = setUp();
  await keeper.start();
  keeper.giveUp(ALL.map((partition) => ({ partition, fence: 101 })));
  await keeper.stop();
  await keeper.start();
  await clock.advance(5000);
  expect(store.count('releaseLeases')).toBe(0);
  expect(store.count('acquireLeases')).toBe(1);
  expect(events.slice(1)).toEqual(['end 0 1 2 3 lost']);
});

test('stopping before starting is harmless', async () => {
  const { keeper, store } = setUp();
  await keeper.stop();
  await keeper.start();
  expect(store.calls).toEqual([]);
});
