import { describe, expect, test } from 'vitest';
import { PARTITIONS } from './faulty-data.contract.ts';
import { boardsRead, createRig, type Rig, watching } from './support.contract.ts';

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
