import { describe, expect, test } from 'vitest';
import { partitionOfBoard } from '../store/partitions.ts';
import { createRig, PARTITIONS, type Rig, type StoreClient } from './support.contract.ts';

async function watching(channels: readonly string[], options: Parameters<typeof createRig>[0] = {}) {
  const rig = createRig(options);
  const { broadcaster: owner, store } = await rig.broadcaster('one');
  rig.data.set('b', 'ann', 1);
  rig.data.set('other', 'ann', 1);
  rig.recorder.watch(channels);
  await rig.clock.advance(rig.timing.tickMs + 100);
  store.queries.length = 0;
  store.calls.length = 0;
  rig.recorder.patches.length = 0;
  return { ...rig, owner, store };
}

/** Keeps the interest of the gateway in what it watches. */
async function advanceWatching(
  { clock, recorder }: Rig,
  channels: readonly string[],
  ms: number,
): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    recorder.watch(channels.map((channel) => recorder.position(channel)));
    await clock.advance(Math.min(1000, ms - passed));
  }
}

function boardsRead({ queries }: StoreClient): string[] {
  return queries.map(({ board }) => board);
}

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
  expect(store.calls.filter((call) => call !== 'renewLease')).toEqual([
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

describe('healing', () => {
  // So long that no periodic reading hides what these tests are about.
  const timing = { reReadMs: 1_000_000 };

  test.each(['lost', 'refused'] as const)('after a %s take everything is read again', async (fault) => {
    const { clock, data, owner, recorder, store } = await watching(['board:b', 'board:other'], { timing });
    data.set('b', 'ann', 2);
    let faults = 1;
    store.faultOf = (method) => (method === 'takeDirty' && faults-- > 0 ? fault : undefined);
    await clock.advance(500);
    expect(recorder.patches).toEqual([]);
    expect(owner.stats()).toMatchObject({ fresh: false, failedReads: 1 });
    await clock.advance(500);
    expect(boardsRead(store).sort()).toEqual(['b', 'other']);
    expect(recorder.state('board:b')).toEqual([['ann', 2]]);
    expect(owner.stats().fresh).toBe(true);
    store.queries.length = 0;
    await clock.advance(500);
    expect(store.queries).toEqual([]);
    await owner.stop();
  });

  test('a view that is created between a lost take and the next one is read again too', async () => {
    const { clock, data, owner, recorder, store } = await watching(['board:b'], { timing });
    let faults = 1;
    store.faultOf = (method) => (method === 'takeDirty' && faults-- > 0 ? 'lost' : undefined);
    // The take at 500 is answered with its failure at 700, when the new view was read already, before the take happened.
    store.latencyMs = 200;
    await clock.advance(300);
    recorder.watch(['board:new']);
    await clock.advance(80);
    store.latencyMs = 400;
    await clock.advance(60);
    data.set('new', 'ann', 1);
    await clock.advance(1500);
    expect(recorder.state('board:new')).toEqual([['ann', 1]]);
    const stopped = owner.stop();
    await clock.advance(2000);
    await stopped;
  });

  test('a failed reading leaves its channels marked, with the time of the first change', async () => {
    const { clock, data, owner, recorder, store } = await watching(['board:b', 'board:other'], { timing });
    const acceptedAt = clock.now();
    data.set('b', 'ann', 2);
    store.faultOf = (method) => (method === 'readPages' ? 'refused' : undefined);
    await clock.advance(500);
    data.set('b', 'ann', 3);
    await clock.advance(500);
    store.faultOf = () => undefined;
    store.queries.length = 0;
    await clock.advance(500);
    expect(boardsRead(store)).toEqual(['b']);
    expect(recorder.patches).toMatchObject([{ channel: 'board:b', at: acceptedAt }]);
    expect(recorder.state('board:b')).toEqual([['ann', 3]]);
    await owner.stop();
  });

  test('a reconnected store has everything read again, with the time of the tick', async () => {
    const { clock, data, owner, recorder, store } = await watching(['board:b', 'board:other'], { timing });
    data.boards.get('b')?.set('ann', 7);
    await clock.advance(1000);
    expect(store.queries).toEqual([]);
    store.setState('up');
    await clock.advance(500);
    expect(boardsRead(store).sort()).toEqual(['b', 'other']);
    expect(recorder.patches).toMatchObject([{ channel: 'board:b', at: recorder.patches[0]?.heardAt }]);
    expect(recorder.state('board:b')).toEqual([['ann', 7]]);
    await owner.stop();
  });

  test('a reconnection in the middle of a tick is not forgotten by it', async () => {
    const { clock, data, owner, recorder, store } = await watching(['board:b'], { timing });
    store.latencyMs = 100;
    data.set('b', 'ann', 2);
    // The tick takes until 600 and reads until 700; the older copy comes to light after the reading has happened.
    await clock.advance(570);
    store.setState('up');
    data.boards.get('b')?.set('ann', 0);
    await clock.advance(1000);
    expect(recorder.state('board:b')).toEqual([['ann', 0]]);
    const stopped = owner.stop();
    await clock.advance(1000);
    await stopped;
  });

  test('what an earlier owner takes after a view was created is not lost: the first take is followed by a reading', async () => {
    const rig = createRig({ timing });
    const { broadcaster: owner } = await rig.broadcaster('one');
    rig.recorder.watch(['board:b']);
    await rig.clock.advance(100);
    rig.data.set('b', 'ann', 1);
    for (let i = 0; i < PARTITIONS; i++) rig.data.take(i);
    await rig.clock.advance(400);
    expect(rig.recorder.state('board:b')).toEqual([['ann', 1]]);
    await owner.stop();
  });
});

describe('the periodic reading', () => {
  const channels = Array.from({ length: 120 }, (_, i) => `board:x${i}`);

  test('finds what was changed behind the back of the dirty names, within its period', async () => {
    const rig = await watching(['board:b', ...channels]);
    rig.data.boards.get('b')?.set('ann', 7);
    await advanceWatching(rig, ['board:b'], rig.timing.reReadMs);
    expect(rig.recorder.state('board:b')).toEqual([['ann', 7]]);
    await rig.owner.stop();
  });

  test('is spread over the ticks, reads each channel within the period and none much more often', async () => {
    const rig = await watching(channels);
    const { store, clock, timing, data } = rig;
    const lastReadAt = new Map<string, number>();
    let most = 0;
    let reads = 0;
    for (let i = 0; i < 240; i++) {
      store.queries.length = 0;
      // A little change here and there.
      if (i % 7 === 0) data.set(`x${i % 120}`, 'ann', i);
      await advanceWatching(rig, channels, timing.tickMs);
      for (const board of boardsRead(store)) {
        expect(clock.now() - (lastReadAt.get(board) ?? clock.now())).toBeLessThanOrEqual(timing.reReadMs);
        lastReadAt.set(board, clock.now());
        reads += 1;
      }
      // All were created together; after two periods they are spread.
      if (i > 120) most = Math.max(most, store.queries.length);
    }
    expect(lastReadAt.size).toBe(120);
    expect(most).toBeLessThanOrEqual(6);
    expect(reads).toBeLessThanOrEqual(120 * 9);
    await rig.owner.stop();
  });
});
