import { expect, test } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../bus/message-bus.ts';
import { TOPICS } from '../bus/messages.ts';
import { createRig } from './support.contract.ts';

test('a first watch is answered with what the store holds', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  data.set('b', 'ann', 5);
  data.set('b', 'bob', 5);
  data.set('b', 'c:d', 7);
  data.set('b', 'eve', 1);
  data.setName('bob', 'Bob');
  const channels = [
    'board:b',
    'rank:b:bob',
    'rank:b:c:d',
    'rank:b:nobody',
    'board:none',
    'rank:none:ann',
    'board:b@daily',
    'rank:b@daily:ann',
    'area:111',
    'player:chess:ann',
  ];
  recorder.watch(channels);
  await clock.advance(50);
  expect(
    Object.fromEntries(recorder.views.map(({ channel, kind, state }) => [channel, [kind, state]])),
  ).toEqual({
    'board:b': [
      'rows',
      [
        ['c:d', 7],
        ['ann', 5],
        ['bob', 5, 'Bob'],
      ],
    ],
    'rank:b:bob': ['document', { member: 'bob', total: 4, rank: 2, score: 5 }],
    'rank:b:c:d': ['document', { member: 'c:d', total: 4, rank: 1, score: 7 }],
    'rank:b:nobody': ['document', { member: 'nobody', total: 4 }],
    'board:none': ['rows', []],
    'rank:none:ann': ['document', { member: 'ann', total: 0 }],
    'board:b@daily': ['rows', []],
    'rank:b@daily:ann': ['document', { member: 'ann', total: 0 }],
    'area:111': ['rows', []],
    'player:chess:ann': ['document', {}],
  });
  expect(new Set(recorder.views.map(({ epoch }) => epoch))).toEqual(new Set(['101-0000000000000001']));
  await owner.stop();
});

test('what has no source, and what is not well-formed, is not found and not watched', async () => {
  const { broadcaster, recorder, clock } = createRig();
  const { broadcaster: owner, store } = await broadcaster('one');
  const channels = ['match:m', 'match:m:feed', 'league:t:all', 'team:t:x', 'board:', 'nonsense'];
  recorder.watch(channels);
  await clock.advance(50);
  expect(recorder.refusals.map(({ channel, code }) => [channel, code]).sort()).toEqual(
    channels.map((channel) => [channel, 'not_found']).sort(),
  );
  expect(owner.stats().watchedChannels).toBe(0);
  expect(store.queries).toEqual([]);
  await owner.stop();
});

test('all new channels of a moment are read together, and all who ask meanwhile are answered', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner, store } = await broadcaster('one');
  data.set('b', 'ann', 1);
  store.latencyMs = 100;
  recorder.watch(['board:a', 'board:b', 'board:c', 'rank:b:ann']);
  await clock.advance(2);
  recorder.watch(['board:d', 'board:b'], 'h');
  await clock.advance(50);
  recorder.watch(['board:b'], 'g');
  recorder.watch(['board:late']);
  await clock.advance(260);
  expect(store.count('readPages')).toBe(2);
  expect(store.count('readStandings')).toBe(1);
  expect(recorder.views.filter(({ channel }) => channel === 'board:b')).toHaveLength(2);
  expect(recorder.views).toHaveLength(7);
  const stopped = owner.stop();
  await clock.advance(1000);
  await stopped;
});

test('a right position is not answered, an outdated or foreign one is', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  data.set('b', 'ann', 1);
  recorder.watch(['board:b']);
  await clock.advance(50);
  const [name, epoch, seq] = recorder.position('board:b');
  recorder.watch([[name, epoch, seq]]);
  await clock.advance(50);
  expect(recorder.views).toHaveLength(1);
  recorder.watch([[name, epoch, seq - 1]]);
  await clock.advance(50);
  recorder.watch([[name, 'another', seq]]);
  await clock.advance(50);
  recorder.watch([name]);
  await clock.advance(50);
  expect(recorder.views).toHaveLength(4);
  expect(recorder.views.every((view) => view.seq === seq && view.epoch === epoch)).toBe(true);
  await owner.stop();
});

test('a channel that nobody mentions for the time of interest is forgotten and costs nothing more', async () => {
  const { broadcaster, recorder, clock, data, timing } = createRig();
  const { broadcaster: owner, store } = await broadcaster('one');
  recorder.watch(['board:kept', 'board:left']);
  for (let i = 0; i < 8; i++) {
    await clock.advance(timing.interestMs / 4);
    recorder.watch([recorder.position('board:kept')]);
  }
  expect(owner.stats().watchedChannels).toBe(1);
  const before = store.queries.length;
  data.set('left', 'ann', 1);
  await clock.advance(600);
  expect(store.queries.slice(before)).toEqual([]);
  expect(recorder.patches).toEqual([]);

  // Watched again, it begins behind every position that it had.
  const [, , seq] = recorder.position('board:left');
  recorder.watch([recorder.position('board:left')]);
  await clock.advance(50);
  expect(recorder.last('board:left')?.seq).toBeGreaterThan(seq);
  await owner.stop();
});

test('beyond the limit of watched channels new ones are unavailable and the others go on', async () => {
  const { broadcaster, recorder, clock, data } = createRig({ limits: { watchedChannels: 2 } });
  const { broadcaster: owner } = await broadcaster('one');
  recorder.watch(['board:a', 'board:b']);
  await clock.advance(50);
  recorder.watch(['board:c']);
  await clock.advance(50);
  expect(recorder.refusals).toMatchObject([{ channel: 'board:c', code: 'unavailable', fence: 101 }]);
  data.set('a', 'ann', 1);
  await clock.advance(500);
  expect(recorder.state('board:a')).toEqual([['ann', 1]]);
  await owner.stop();
});

test('one reading of new channels asks for a bounded number; the rest follows', async () => {
  const { broadcaster, recorder, clock } = createRig({ limits: { channelsPerRead: 3 } });
  const { broadcaster: owner, store } = await broadcaster('one');
  recorder.watch(Array.from({ length: 8 }, (_, i) => `board:b${i}`));
  await clock.advance(100);
  expect(store.count('readPages')).toBe(3);
  expect(recorder.views).toHaveLength(8);
  await owner.stop();
});

test('a state that is too large for the bus is refused as such and not watched', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  data.set('b', 'x'.repeat(MAX_MESSAGE_BYTES), 1);
  recorder.watch(['board:b']);
  await clock.advance(50);
  expect(recorder.refusals).toMatchObject([{ channel: 'board:b', code: 'too_large' }]);
  expect(owner.stats().watchedChannels).toBe(0);
  await owner.stop();
});

test('a published state that grows too large is refused when it is next asked for', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  recorder.watch(['board:b']);
  await clock.advance(50);
  data.set('b', 'x'.repeat(MAX_MESSAGE_BYTES), 1);
  await clock.advance(500);
  expect(recorder.patches).toEqual([]);
  recorder.watch([recorder.position('board:b')]);
  await clock.advance(50);
  expect(recorder.refusals).toMatchObject([{ channel: 'board:b', code: 'too_large' }]);
  data.remove('b');
  await clock.advance(500);
  expect(recorder.gaps).toBe(1);
  recorder.watch([recorder.position('board:b')]);
  await clock.advance(50);
  expect(recorder.state('board:b')).toEqual([]);
  await owner.stop();
});

test('a new channel whose reading fails is unavailable, and is read when asked for again', async () => {
  const { broadcaster, recorder, clock, data } = createRig();
  const { broadcaster: owner, store } = await broadcaster('one');
  data.set('b', 'ann', 1);
  store.faultOf = (method) => (method === 'readPages' ? 'refused' : undefined);
  recorder.watch(['board:b']);
  recorder.watch(['board:b'], 'h');
  await clock.advance(50);
  expect(recorder.refusals).toMatchObject([
    { channel: 'board:b', code: 'unavailable' },
    { channel: 'board:b', code: 'unavailable' },
  ]);
  store.faultOf = () => undefined;
  recorder.watch(['board:b']);
  await clock.advance(50);
  expect(recorder.state('board:b')).toEqual([['ann', 1]]);
  await owner.stop();
});

test('a message that cannot be read does no harm', async () => {
  const { broadcaster, recorder, clock, bus } = createRig();
  const { broadcaster: owner } = await broadcaster('one');
  bus.publish(TOPICS.watch(0), new Uint8Array([0xc1, 0xff]));
  bus.publish(TOPICS.watch(0), new Uint8Array());
  recorder.watch(['board:b']);
  await clock.advance(50);
  expect(recorder.views).toHaveLength(1);
  await owner.stop();
});
