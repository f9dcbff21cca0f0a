import { expect, test } from 'vitest';
import { encodeBusMessage, TOPICS } from '../bus/messages.ts';
import { type Channel, parseChannel } from '../protocol/channels.ts';
import { partitionOfBoard, partitionOfChannel } from '../store/partitions.ts';
import { ALL } from './faulty-store.contract.ts';
import { shareOf } from './rendezvous.ts';
import { createRig } from './support.contract.ts';

/** In different partitions, which `one` and `six` share when both are there. */
const BOARDS = ['board:a', 'board:b'];

test('an owner announces itself at once, for all partitions', async () => {
  const { broadcaster, recorder, clock } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  await clock.advance(0);
  expect(recorder.heartbeats).toEqual([
    {
      type: 'heartbeat',
      owner: 'one',
      leases: ALL.map((partition) => [partition, 101]),
      fresh: true,
    },
  ]);
  await clock.advance(2000);
  expect(recorder.heartbeats).toHaveLength(5);
  expect(owner.stats()).toMatchObject({ partitions: ALL, fresh: true, terms: 4 });
  await owner.stop();
});

test('the partitions of one that dies are taken over within a term and a retry of its silence', async () => {
  const { broadcaster, recorder, clock, data, bus, timing } = createRig();
  const one = await broadcaster('one');
  data.set('b', 'ann', 1);
  recorder.watch(['board:b']);
  await clock.advance(1000);
  const six = await broadcaster('six');
  await clock.advance(1000);
  const shares = [one, six].map(({ broadcaster: { stats } }) => stats().partitions);
  expect(shares.flat().sort()).toEqual(ALL);

  // It dies: neither the store nor anybody else hears of it.
  one.store.setState('down');
  bus.endpoint('one').setState('down');
  const silentSince = clock.now();
  while (six.broadcaster.stats().partitions.length < ALL.length) await clock.advance(50);
  expect(clock.now() - silentSince).toBeLessThanOrEqual(timing.leaseTermMs + timing.leaseRetryMs);
  await clock.advance(0);
  expect(recorder.heartbeats.at(-1)).toMatchObject({ owner: 'six', fresh: true });

  recorder.watch([recorder.position('board:b')]);
  data.set('b', 'ann', 2);
  await clock.advance(500);
  expect(recorder.state('board:b')).toEqual([['ann', 2]]);
  await six.broadcaster.stop();
  await one.broadcaster.stop();
});

test('a clean stop finishes the running tick, hands over at once and says nothing more', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const one = await broadcaster('one');
  const six = await broadcaster('six');
  await clock.advance(50);
  recorder.watch(['board:b']);
  await clock.advance(50);
  const before = recorder.last('board:b')?.fence;
  const [leaver, heir] = data.holders()[partitionOfBoard('b', ALL.length)]?.startsWith('one')
    ? [one, six]
    : [six, one];
  data.set('b', 'ann', 1);
  leaver.store.latencyMs = 100;
  // The tick at 500 has taken but not read when the stop comes.
  await clock.advance(470);
  const stopped = leaver.broadcaster.stop();
  await clock.advance(300);
  await stopped;
  expect(recorder.patches).toMatchObject([{ fence: before, patch: [[0, 0, ['ann', 1]]] }]);
  expect(heir.broadcaster.stats().partitions).toEqual(ALL);

  const { owner } = recorder.heartbeats.at(-1) ?? {};
  const others = () => recorder.heartbeats.filter((each) => each.owner !== owner).length;
  const heard = others();
  recorder.watch(['board:b']);
  data.set('b', 'ann', 2);
  await clock.advance(5000);
  expect(others()).toBe(heard);
  expect(recorder.views.filter(({ fence }) => fence === before)).toHaveLength(1);
  expect(recorder.state('board:b')).toEqual([['ann', 2]]);
  await heir.broadcaster.stop();
});

test('one that joins is given its share at once, and nothing else moves', async () => {
  const { broadcaster, recorder, clock, data, bus } = createRig();
  const one = await broadcaster('one');
  data.set('a', 'ann', 1);
  data.set('b', 'ann', 1);
  recorder.watch(BOARDS);
  await clock.advance(600);
  const fences = new Map(BOARDS.map((channel) => [channel, recorder.last(channel)?.fence]));
  const joinedAt = clock.now();
  const six = await broadcaster('six');
  await clock.advance(20);
  const share = six.broadcaster.stats().partitions;
  expect(share).toEqual([...shareOf('six', ['one', 'six'], ALL.length)]);
  expect(one.broadcaster.stats().partitions).toEqual(ALL.filter((each) => !share.includes(each)));
  expect([share.length, one.broadcaster.stats().partitions.length]).not.toContain(0);
  // Gateways tell the new owner what they watch, as its heartbeat makes them do.
  expect(recorder.heartbeats.some(({ owner }) => owner === 'six')).toBe(true);
  recorder.watch(BOARDS.map((channel) => recorder.position(channel)));
  await clock.advance(20);
  for (const channel of BOARDS) {
    const moved = share.includes(partitionOfChannel(parseChannel(channel) as Channel, ALL.length));
    expect(recorder.last(channel)?.fence !== fences.get(channel)).toBe(moved);
  }
  expect(clock.now() - joinedAt).toBeLessThan(100);
  await one.broadcaster.stop();
  await six.broadcaster.stop();
  await bus.stop();
});

test('one that is cut off from the bus gives back what it owns, and the others take it', async () => {
  const { broadcaster, clock, data, bus, timing } = createRig();
  const one = await broadcaster('one');
  const six = await broadcaster('six');
  await clock.advance(1000);
  bus.endpoint('one').setState('down');
  await clock.advance(4 * timing.heartbeatMs + timing.leaseRetryMs);
  expect(one.broadcaster.stats().partitions).toEqual([]);
  expect(six.broadcaster.stats().partitions).toEqual(ALL);
  bus.endpoint('one').setState('up');
  await clock.advance(50);
  const shares = [one, six].map(({ broadcaster: { stats } }) => stats().partitions);
  expect(shares.flat().sort()).toEqual(ALL);
  expect(shares.map(({ length }) => length)).not.toContain(0);
  expect(data.holders()).not.toContain('free');
  await one.broadcaster.stop();
  await six.broadcaster.stop();
});

test('where the bus is away for all, who has it again first does not take what the others had', async () => {
  const { broadcaster, clock, bus, timing } = createRig();
  const both = [await broadcaster('one'), await broadcaster('six')];
  const shares = () => both.map(({ broadcaster: { stats } }) => stats().partitions);
  await clock.advance(1000);
  const before = shares();
  bus.setState('down');
  await clock.advance(10_000);
  expect(shares()).toEqual([[], []]);
  bus.setState('up');
  bus.endpoint('six').setState('down');
  await clock.advance(timing.heartbeatMs);
  expect(shares()).toEqual([before[0], []]);
  bus.endpoint('six').setState('up');
  await clock.advance(timing.leaseRetryMs);
  expect(shares()).toEqual(before);
  for (const { broadcaster: each } of both) await each.stop();
});

test('two that do not hear each other never own the same partition', async () => {
  const { broadcaster, clock, data, bus } = createRig();
  bus.setFaults({ dropProbability: 1 });
  const both = [await broadcaster('one'), await broadcaster('six')];
  for (let i = 0; i < 40; i++) {
    await clock.advance(100);
    const owned = both.flatMap(({ broadcaster: { stats } }) => stats().partitions);
    expect(new Set(owned).size).toBe(owned.length);
  }
  bus.setFaults({ dropProbability: 0 });
  await clock.advance(2000);
  expect(data.holders()).not.toContain('free');
  for (const { broadcaster: each } of both) await each.stop();
});

test('a broadcaster whose store is away leaves its share to the others, although it is heard', async () => {
  const { broadcaster, clock, timing } = createRig();
  const one = await broadcaster('one');
  const six = await broadcaster('six');
  await clock.advance(2000);
  one.store.setState('down');
  await clock.advance(timing.leaseTermMs + 2 * timing.leaseRetryMs);
  expect(six.broadcaster.stats().partitions).toEqual(ALL);
  expect(one.broadcaster.stats().partitions).toEqual([]);
  one.store.setState('up');
  await clock.advance(timing.heartbeatMs + timing.leaseRetryMs);
  expect(one.broadcaster.stats().partitions).toEqual([...shareOf('one', ['one', 'six'], ALL.length)]);
  await one.broadcaster.stop();
  await six.broadcaster.stop();
});

test('an owner that was at a standstill says nothing from then on, not even who it is', async () => {
  const { broadcaster, recorder, clock, data, sleep, timing } = createRig();
  const { broadcaster: owner, store } = await broadcaster('one');
  data.set('b', 'ann', 1);
  recorder.watch(['board:b']);
  await clock.advance(1400);
  // The tick at 1500 is in the middle of its readings when it is stopped; then others have everything.
  store.latencyMs = 200;
  data.set('b', 'ann', 2);
  await clock.advance(150);
  sleep('one', timing.leaseTermMs + 1);
  data.give('six', 900);
  const said = () => [recorder.patches.length, recorder.views.length, recorder.heartbeats.length];
  const before = said();
  recorder.watch(['board:b'], 'h');
  await clock.advance(timing.leaseRenewMs + 200);
  expect(said()).toEqual(before);
  expect(owner.stats().partitions).toEqual([]);
  await clock.advance(5000);
  expect(said()).toEqual(before);
  const stopped = owner.stop();
  await clock.advance(1000);
  await stopped;
});

test('an owner whose take is fenced off drops everything at once', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  recorder.watch(['board:b']);
  await clock.advance(400);
  data.set('b', 'ann', 1);
  for (const partition of ALL) data.takenFences.set(partition, 1000);
  data.give('another', 1000);
  await clock.advance(100);
  expect(owner.stats()).toMatchObject({ partitions: [], watchedChannels: 0 });
  await clock.advance(5000);
  expect(recorder.patches).toEqual([]);
  await owner.stop();
});

test('an owner that hears a higher fence for one of its partitions gives up that one at once, and no other', async () => {
  const { broadcaster, recorder, clock, bus, data } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  const tell = (...leases: readonly (readonly [number, number])[]): void =>
    bus.publish(TOPICS.owners, encodeBusMessage({ type: 'heartbeat', owner: 'x', leases, fresh: true }));
  const lost = partitionOfBoard('b', ALL.length);
  const kept = ALL.filter((partition) => partition !== lost);
  data.set('b', 'ann', 1);
  tell([lost, 100], [77, 900]);
  await clock.advance(10);
  expect(owner.stats().partitions).toEqual(ALL);
  data.give('x', 900, [lost]);
  tell([lost, 900]);
  recorder.watch(BOARDS);
  await clock.advance(10);
  expect(owner.stats().partitions).toEqual(kept);
  expect(recorder.views.map(({ channel }) => channel)).toEqual(['board:a']);
  data.set('a', 'ann', 5);
  data.set('b', 'ann', 6);
  await clock.advance(1000);
  expect(recorder.patches.map(({ channel, fence }) => [channel, fence])).toEqual([['board:a', 101]]);
  await owner.stop();
});

test('a lost lease ends the term of its partition; the next has a new fence, a new epoch and no views', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  data.set('a', 'ann', 1);
  data.set('b', 'ann', 1);
  recorder.watch(BOARDS);
  await clock.advance(100);
  expect(recorder.last('board:b')).toMatchObject({ fence: 101, epoch: '101-0000000000000001' });
  data.leases.delete(partitionOfBoard('b', ALL.length));
  await clock.advance(1000);
  expect(owner.stats()).toMatchObject({ partitions: ALL, watchedChannels: 1, terms: 5 });
  recorder.watch([recorder.position('board:b')]);
  await clock.advance(100);
  expect(recorder.last('board:a')).toMatchObject({ fence: 101 });
  expect(recorder.last('board:b')).toMatchObject({ fence: 102, epoch: '102-0000000000000002' });
  await owner.stop();
});

test('while the lease is unconfirmed nothing is published, but watches are answered and heartbeats say so', async () => {
  const { broadcaster, recorder, clock, data, timing } = createRig();
  const { broadcaster: owner, store } = await broadcaster('one');
  data.set('b', 'ann', 1);
  recorder.watch(['board:b']);
  await clock.advance(100);
  store.faultOf = (method) => (method === 'renewLeases' ? 'refused' : undefined);
  await clock.advance(timing.leaseTermMs / 2);
  data.set('b', 'ann', 2);
  await clock.advance(1000);
  recorder.watch(['board:b'], 'h');
  await clock.advance(100);
  expect(recorder.patches).toEqual([]);
  expect(recorder.views.at(-1)).toMatchObject({ state: [['ann', 1]] });
  expect(recorder.heartbeats.at(-1)?.fresh).toBe(false);
  expect(owner.stats()).toMatchObject({ partitions: ALL, fresh: false });

  // The store still knows the lease when it answers again, so the term goes on and nothing was lost.
  data.give('one', 101);
  store.faultOf = () => undefined;
  await clock.advance(1100);
  expect(owner.stats()).toMatchObject({ partitions: ALL, fresh: true, terms: 4 });
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
  store.faultOf = (method) => (method === 'renewLeases' ? 'refused' : undefined);
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
