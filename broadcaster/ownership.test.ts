import { expect, test } from 'vitest';
import { encodeBusMessage, TOPICS } from '../bus/messages.ts';
import { createRig } from './support.contract.ts';

test('an owner announces itself at once, for all partitions, with an epoch of its fence and 64 random bits', async () => {
  const { broadcaster, recorder, clock } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  await clock.advance(0);
  expect(recorder.heartbeats).toEqual([
    {
      type: 'heartbeat',
      owner: 'one',
      fence: 101,
      epoch: '101-0000000000000001',
      partitions: [0, 1, 2, 3],
      fresh: true,
    },
  ]);
  await clock.advance(2000);
  expect(recorder.heartbeats).toHaveLength(5);
  expect(owner.stats()).toMatchObject({ owner: true, fence: 101, fresh: true, terms: 1 });
  await owner.stop();
});

test('one that stands by says nothing, and takes over within a term and a retry of the silence of the owner', async () => {
  const { broadcaster, recorder, clock, data, bus, timing } = createRig();
  const one = await broadcaster('one');
  const two = await broadcaster('two');
  data.set('b', 'ann', 1);
  recorder.watch(['board:b']);
  await clock.advance(1000);
  expect(new Set(recorder.heartbeats.map(({ owner }) => owner))).toEqual(new Set(['one']));
  expect(two.broadcaster.stats()).toMatchObject({ owner: false, fence: undefined, watchedChannels: 0 });

  // It dies: neither the store nor anybody else hears of it.
  one.store.setState('down');
  bus.endpoint('one').setState('down');
  const silentSince = clock.now();
  while (two.broadcaster.stats().fence === undefined) await clock.advance(50);
  expect(clock.now() - silentSince).toBeLessThanOrEqual(timing.leaseTermMs + timing.leaseRenewMs);
  await clock.advance(0);
  expect(recorder.heartbeats.at(-1)).toMatchObject({ owner: 'two', fence: 102, fresh: true });

  recorder.watch([recorder.position('board:b')]);
  data.set('b', 'ann', 2);
  await clock.advance(500);
  expect(recorder.last('board:b')).toMatchObject({ fence: 102 });
  expect(recorder.state('board:b')).toEqual([['ann', 2]]);
  await two.broadcaster.stop();
  await one.broadcaster.stop();
});

test('a clean stop finishes the running tick, hands over within one retry and says nothing more', async () => {
  const { broadcaster, recorder, clock, data, timing } = createRig();
  const one = await broadcaster('one');
  const two = await broadcaster('two');
  recorder.watch(['board:b']);
  await clock.advance(100);
  data.set('b', 'ann', 1);
  one.store.latencyMs = 100;
  // The tick at 500 has taken but not read when the stop comes.
  await clock.advance(470);
  const stopped = one.broadcaster.stop();
  await clock.advance(timing.leaseRenewMs + 400);
  await stopped;
  expect(recorder.patches).toMatchObject([{ fence: 101, patch: [[0, 0, ['ann', 1]]] }]);
  expect(two.broadcaster.stats().fence).toBe(102);

  const heard = recorder.heartbeats.filter(({ owner }) => owner === 'one').length;
  recorder.watch(['board:b']);
  data.set('b', 'ann', 2);
  await clock.advance(5000);
  expect(recorder.heartbeats.filter(({ owner }) => owner === 'one')).toHaveLength(heard);
  expect(recorder.views.filter(({ fence }) => fence === 101)).toHaveLength(1);
  await two.broadcaster.stop();
});

test('an owner whose take is fenced off drops everything at once', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  recorder.watch(['board:b']);
  await clock.advance(400);
  data.set('b', 'ann', 1);
  data.takenFence = 1000;
  data.lastFence = 1000;
  data.lease = { owner: 'another', fence: 1000, until: Number.POSITIVE_INFINITY };
  await clock.advance(100);
  expect(owner.stats()).toMatchObject({ owner: false, watchedChannels: 0 });
  await clock.advance(5000);
  expect(recorder.patches).toEqual([]);
  await owner.stop();
});

test('an owner that hears a higher fence for one of its partitions steps down at once', async () => {
  const { broadcaster, recorder, clock, bus } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  const heartbeat = { type: 'heartbeat', owner: 'x', epoch: 'e', fresh: true } as const;
  bus.publish(TOPICS.owners, encodeBusMessage({ ...heartbeat, fence: 100, partitions: [0] }));
  bus.publish(TOPICS.owners, encodeBusMessage({ ...heartbeat, fence: 900, partitions: [77] }));
  await clock.advance(10);
  expect(owner.stats().fence).toBe(101);
  bus.publish(TOPICS.owners, encodeBusMessage({ ...heartbeat, fence: 900, partitions: [3] }));
  recorder.watch(['board:b']);
  await clock.advance(10);
  expect(owner.stats().owner).toBe(false);
  expect(recorder.views).toEqual([]);
  await owner.stop();
});

test('a lost lease ends the term; the next has a new fence, a new epoch and no views', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  data.set('b', 'ann', 1);
  recorder.watch(['board:b']);
  await clock.advance(100);
  data.lease = undefined;
  await clock.advance(1000);
  expect(owner.stats()).toMatchObject({ fence: 102, watchedChannels: 0, terms: 2 });
  recorder.watch([recorder.position('board:b')]);
  await clock.advance(100);
  expect(recorder.last('board:b')).toMatchObject({ fence: 102, epoch: '102-0000000000000002' });
  await owner.stop();
});

test('while the lease is unconfirmed nothing is published, but watches are answered and heartbeats say so', async () => {
  const { broadcaster, recorder, clock, data, timing } = createRig();
  const { broadcaster: owner, store } = await broadcaster('one');
  data.set('b', 'ann', 1);
  recorder.watch(['board:b']);
  await clock.advance(100);
  store.faultOf = (method) => (method === 'renewLease' ? 'refused' : undefined);
  await clock.advance(timing.leaseTermMs / 2);
  data.set('b', 'ann', 2);
  await clock.advance(1000);
  recorder.watch(['board:b'], 'h');
  await clock.advance(100);
  expect(recorder.patches).toEqual([]);
  expect(recorder.views.at(-1)).toMatchObject({ state: [['ann', 1]] });
  expect(recorder.heartbeats.at(-1)?.fresh).toBe(false);
  expect(owner.stats()).toMatchObject({ fence: 101, fresh: false });

  // The store still knows the lease when it answers again, so the term goes on and nothing was lost.
  data.lease = { owner: 'one', fence: 101, until: clock.now() + 10_000 };
  store.faultOf = () => undefined;
  await clock.advance(1100);
  expect(owner.stats()).toMatchObject({ fence: 101, fresh: true });
  expect(recorder.state('board:b')).toEqual([['ann', 2]]);
  await owner.stop();
});

test('a lease that becomes unconfirmed while a tick reads keeps the tick from publishing', async () => {
  const { broadcaster, recorder, clock, data, timing } = createRig();
  const { broadcaster: owner, store } = await broadcaster('one');
  recorder.watch(['board:b']);
  await clock.advance(400);
  data.set('b', 'ann', 1);
  store.latencyMs = timing.leaseTermMs;
  store.faultOf = (method) => (method === 'renewLease' ? 'refused' : undefined);
  await clock.advance(100 + 2 * timing.leaseTermMs + 10);
  expect(store.count('readPages')).toBe(2);
  expect(recorder.patches).toEqual([]);
  const stopped = owner.stop();
  await clock.advance(20_000);
  await stopped;
});

test('a store that is down is announced with the next heartbeat, and its return reads everything again', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner, store } = await broadcaster('one');
  data.set('b', 'ann', 1);
  recorder.watch(['board:b']);
  await clock.advance(100);
  store.setState('down');
  await clock.advance(500);
  expect(recorder.heartbeats.at(-1)?.fresh).toBe(false);
  recorder.watch(['board:b', 'board:unknown'], 'h');
  await clock.advance(100);
  expect(recorder.views.at(-1)).toMatchObject({ channel: 'board:b', state: [['ann', 1]] });
  expect(recorder.refusals).toMatchObject([{ channel: 'board:unknown', code: 'unavailable' }]);

  // It comes back as an older copy that knows of no dirty names.
  data.boards.get('b')?.set('ann', 0);
  store.setState('up');
  await clock.advance(1500);
  expect(recorder.state('board:b')).toEqual([['ann', 0]]);
  expect(recorder.heartbeats.at(-1)?.fresh).toBe(true);
  await owner.stop();
});

test('a broadcaster that stops while standing by leaves the owner alone', async () => {
  const { broadcaster, clock, data } = createRig();
  const one = await broadcaster('one');
  const two = await broadcaster('two');
  await two.broadcaster.stop();
  await clock.advance(3000);
  expect(data.lease).toMatchObject({ owner: 'one', fence: 101 });
  await one.broadcaster.stop();
  expect(clock.pending).toBe(0);
});
