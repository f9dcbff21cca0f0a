import { expect, test } from 'vitest';
import { partitionOfBoard } from '../store/partitions.ts';
import { PARTITIONS } from './faulty-store.contract.ts';
import { boardsRead, watching } from './support.contract.ts';

test('a change becomes one patch at the next multiple of the tick, with the time at which it was accepted', async () => {
  const { recorder, clock, data, owner } = await watching(['board:b']);
  const position = recorder.position('board:b');
  const acceptedAt = clock.now();
  data.set('b', 'ann', 2);
  await clock.advance(100);
  data.set('b', 'bob', 3);
  await clock.advance(500);
  expect(recorder.patches).toMatchObject([
    {
      type: 'patch',
      channel: 'board:b',
      fence: 101,
      epoch: position[1],
      seq: position[2] + 1,
      at: acceptedAt,
    },
  ]);
  expect(recorder.patches[0]?.heardAt).toBe((Math.floor(acceptedAt / 500) + 1) * 500);
  expect(recorder.state('board:b')).toEqual(data.truth('board:b'));
  await owner.stop();
});

test('a state that is as it was is not published', async () => {
  const { recorder, clock, data, owner, store } = await watching(['board:b']);
  data.set('b', 'ann', 2);
  data.set('b', 'ann', 1);
  await clock.advance(500);
  expect(boardsRead(store)).toEqual(['b']);
  expect(recorder.patches).toEqual([]);
  await owner.stop();
});

test('the patches of a channel count on by one, whatever else the ticks do', async () => {
  const { recorder, clock, data, owner } = await watching(['board:b', 'board:other']);
  const [, , seq] = recorder.position('board:b');
  for (let i = 0; i < 20; i++) {
    data.set(i % 4 === 0 ? 'b' : 'other', 'ann', 10 + i);
    await clock.advance(500);
  }
  expect(recorder.patches.filter(({ channel }) => channel === 'board:b').map((patch) => patch.seq)).toEqual([
    seq + 1,
    seq + 2,
    seq + 3,
    seq + 4,
    seq + 5,
  ]);
  expect(recorder.gaps).toBe(0);
  await owner.stop();
});

test('dirty names that nobody watches cost no reading', async () => {
  const { clock, data, owner, store } = await watching(['board:b']);
  for (let i = 0; i < 50; i++) data.set(`unwatched${i}`, 'ann', i);
  data.setName('nobody', 'Nobody');
  await clock.advance(500);
  expect(store.count('takeDirty')).toBe(1);
  expect(store.queries).toEqual([]);
  expect(data.dirty.every(({ names }) => names.size === 0)).toBe(true);
  await owner.stop();
});

test('a board of which only ranks are watched is not read as a page', async () => {
  const { clock, data, owner, store, recorder } = await watching(['rank:b:ann']);
  data.set('b', 'bob', 9);
  await clock.advance(500);
  expect(store.count('readPages')).toBe(0);
  expect(recorder.state('rank:b:ann')).toEqual({ member: 'ann', total: 2, rank: 2, score: 1 });
  await owner.stop();
});

test('ten thousand watched members of one board cost a handful of store calls per tick', async () => {
  const channels = Array.from({ length: 10_000 }, (_, i) => `rank:b:m${i}`);
  const { clock, data, owner, store, recorder } = await watching([...channels, 'board:b']);
  data.set('b', 'm77', 9);
  await clock.advance(500);
  expect(store.calls.filter((call) => call !== 'renewLeases')).toEqual([
    'takeDirty',
    'readPages',
    'readStandings',
  ]);
  expect(store.queries).toHaveLength(2);
  expect(recorder.state('rank:b:m77')).toEqual({ member: 'm77', total: 2, rank: 1, score: 9 });
  // All others see one member more.
  expect(recorder.patches).toHaveLength(10_001);
  await owner.stop();
}, 30_000);

test('a new name reaches the boards that show the member, and only those are read', async () => {
  const { clock, data, owner, store, recorder } = await watching(['board:b', 'board:other', 'rank:b:ann']);
  data.set('other', 'ann', 0);
  data.remove('other');
  await clock.advance(500);
  store.queries.length = 0;
  data.setName('ann', 'Ann');
  await clock.advance(500);
  expect(boardsRead(store)).toEqual(['b']);
  expect(recorder.state('board:b')).toEqual([['ann', 1, 'Ann']]);
  await owner.stop();
});

test('the flag for too many names re-reads what is watched in its partition, and nothing else', async () => {
  const partition = partitionOfBoard('b', PARTITIONS);
  const boards = Array.from({ length: 20 }, (_, i) => `x${i}`);
  const near = boards.filter((board) => partitionOfBoard(board, PARTITIONS) === partition);
  expect(near.length).toBeLessThan(boards.length);
  const channels = ['board:b', ...boards.map((board) => `board:${board}`)];
  const { clock, data, owner, store, recorder } = await watching(channels);
  const acceptedAt = clock.now();
  data.set('b', 'ann', 2);
  data.overflow(partition);
  await clock.advance(500);
  expect(boardsRead(store).sort()).toEqual(['b', ...near].sort());
  expect(recorder.patches).toMatchObject([{ channel: 'board:b', at: acceptedAt }]);
  await owner.stop();
});

test('a deleted board becomes empty', async () => {
  const { clock, data, owner, recorder } = await watching(['board:b', 'rank:b:ann']);
  data.remove('b');
  await clock.advance(500);
  expect(recorder.state('board:b')).toEqual([]);
  expect(recorder.state('rank:b:ann')).toEqual({ member: 'ann', total: 0 });
  await owner.stop();
});

test('ticks never overlap and stay on multiples, also where the store is slower than the tick', async () => {
  const { clock, data, owner, recorder, store } = await watching(['board:b'], {
    timing: { leaseTermMs: 20_000 },
  });
  store.latencyMs = 700;
  for (let i = 0; i < 100; i++) {
    data.set('b', 'ann', 10 + i);
    if (i % 30 === 0) recorder.watch([recorder.position('board:b')]);
    await clock.advance(100);
  }
  expect(store.mostTakesAtOnce).toBe(1);
  // Taking and reading take 1400 ms, so each third multiple begins a tick.
  const heard = recorder.patches.map(({ heardAt }) => heardAt);
  expect(heard.length).toBeGreaterThan(3);
  expect(heard.every((at) => (at - 1400) % 500 === 0)).toBe(true);
  expect(owner.stats().missedTicks).toBeGreaterThan(5);
  store.latencyMs = 0;
  await clock.advance(2500);
  expect(recorder.state('board:b')).toEqual(data.truth('board:b'));
  await owner.stop();
});

test('no tick reads more channels than the limit; what is due beyond is read by the next ones', async () => {
  const boards = Array.from({ length: 10 }, (_, i) => `x${i}`);
  const channels = boards.map((board) => `board:${board}`);
  const { clock, data, owner, recorder, store } = await watching(channels, {
    limits: { channelsPerRead: 4 },
  });
  await clock.advance(2000);
  store.queries.length = 0;
  for (const board of boards) data.set(board, 'ann', 5);
  await clock.advance(500);
  expect(store.queries).toHaveLength(4);
  await clock.advance(1000);
  expect(store.queries).toHaveLength(10);
  for (const channel of channels) expect(recorder.state(channel)).toEqual([['ann', 5]]);
  await owner.stop();
});
