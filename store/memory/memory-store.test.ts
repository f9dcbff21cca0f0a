import { describe, expect, test } from 'vitest';
import type { Clock } from '../../runtime/clock.ts';
import { contractSports } from '../matches-support.contract.ts';
import { type StoreState, StoreUnavailableError } from '../score-store.ts';
import { contractScoring } from '../scoring.contract.ts';
import { storeContract } from '../store.contract.ts';
import { apply, applyParts, part, readRows, reject, set } from '../support.contract.ts';
import { takeOver } from '../take-over.ts';
import { createMemoryStore } from './memory-store.ts';

storeContract('the memory store', async (options) => {
  const store = createMemoryStore(options, { scoring: contractScoring, sports: contractSports });
  await store.start();
  const clients = [store];
  return {
    store,
    connect: async (others) => {
      const client = store.connect(others);
      await client.start();
      clients.push(client);
      return client;
    },
    dispose: async () => {
      for (const client of clients) await client.stop();
    },
  };
});

describe('the memory store alone', () => {
  test('leases end by the clock it was given, exactly at the end of their term', async () => {
    const clock = manualClock(5000);
    const store = createMemoryStore({}, { clock });
    const free = [{ partition: 3, fence: 0 }];
    const held = [{ partition: 3, fence: 5000 }];
    expect(await store.acquireLeases(free, 'one', 100)).toEqual(held);
    clock.time = 5099;
    expect(await store.acquireLeases(free, 'two', 100)).toEqual([]);
    expect(await store.renewLeases(held, 'one', 100)).toEqual(held);
    clock.time = 5198;
    expect(await store.acquireLeases(free, 'two', 100)).toEqual([]);
    clock.time = 5199;
    expect(await store.renewLeases(held, 'one', 100)).toEqual([]);
    expect(await store.acquireLeases(free, 'two', 100)).toEqual([{ partition: 3, fence: 5199 }]);
  });

  test('fencing numbers grow although the clock stands still or goes back', async () => {
    const clock = manualClock(5000.7);
    const store = createMemoryStore({}, { clock });
    const free = [{ partition: 0, fence: 0 }];
    expect(await store.acquireLeases(free, 'one', 100)).toEqual([{ partition: 0, fence: 5000 }]);
    expect(await store.acquireLeases(free, 'one', 100)).toEqual([{ partition: 0, fence: 5001 }]);
    clock.time = 1000;
    expect(await store.acquireLeases(free, 'one', 100)).toEqual([{ partition: 0, fence: 5002 }]);
  });

  test('producers are forgotten by the clock, exactly at the end of their retention', async () => {
    const clock = manualClock(5000.7);
    const store = createMemoryStore({ partitions: 1, producerRetentionMs: 100 }, { clock });
    expect((await takeOver(store, 'p')).claim).toBe(5000);
    expect((await takeOver(store, 'p')).claim).toBe(5001);
    clock.time = 5050;
    await applyParts(store, 0, [part('p', 5001, 1, [reject('forbidden')])]);
    clock.time = 5149.9;
    expect(await takeOver(store, 'p')).toEqual({
      ok: true,
      claim: 5149,
      last: 1,
      rejected: new Map([[1, 'forbidden']]),
    });
    clock.time = 5249.9;
    expect(await takeOver(store, 'p')).toEqual({ ok: true, claim: 5249, last: 0, rejected: new Map() });
  });

  test('while it is down every method refuses, for this client only, and nothing is lost', async () => {
    const store = createMemoryStore();
    const other = store.connect();
    const states: StoreState[] = [];
    const end = store.onState((state) => states.push(state));
    await apply(store, [set('b', 'ann', 1)]);
    store.setState('down');
    store.setState('down');
    const attempts = [
      apply(store, [set('b', 'ann', 2)]),
      store.configureBoard('b', {}, 1),
      store.removeBoard('b', 1),
      store.removeMember('b', 'ann', 1),
      store.readPages([]),
      store.readStandings([]),
      store.readNeighbourhood('b', 'ann', 1),
      store.listBoards({ limit: 1 }),
      store.configureProduct('p', { leaderboards: [], stats: 'default' }, 1),
      store.sweep(0, 1, 1),
      store.readConfigs([]),
      store.listWindows('b'),
      store.readPlayers([]),
      store.readAreas([]),
      store.readProducts([]),
      store.listProducts({ limit: 1 }),
      takeOver(store, 'p'),
      store.beginOnce('once:x', 'hash'),
      store.readLog(0, 0, 1),
      store.readRecords('b', []),
      store.scanMembers('b'),
      store.repairBoard('b', [], 1),
      store.removeStrays('b', []),
      store.saveCheckpoint('b', { position: 0, texts: [] }),
      store.loadCheckpoint('b'),
      store.readCreation('b'),
      store.readCheckpointPositions(['b']),
      store.advanceCheckpoints([], 1),
      store.takeDirty([]),
      store.acquireLeases([], 'one', 1),
      store.renewLeases([], 'one', 1),
      store.releaseLeases([], 'one'),
    ];
    for (const attempt of attempts) await expect(attempt).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(store.state).toBe('down');
    expect(await readRows(other, 'b')).toEqual([[1, 'ann', 1]]);
    store.setState('up');
    store.setState('up');
    expect(await readRows(store, 'b')).toEqual([[1, 'ann', 1]]);
    end();
    store.setState('down');
    expect(states).toEqual(['down', 'up', 'up']);
  });

  test('a batch for another partition than that of its boards is a defect of the caller and changes nothing', async () => {
    const store = createMemoryStore({ partitions: 2 });
    const operations = ['a', 'b', 'c', 'd'].map((board) => set(board, 'ann', 1));
    for (const partition of [0, 1, 2, -1]) {
      await expect(applyParts(store, partition, [{ operations }])).rejects.toThrow('defect');
    }
    expect(await store.listBoards({ limit: 10 })).toEqual([]);
  });
});

function manualClock(time: number): Clock & { time: number } {
  return {
    time,
    now() {
      return this.time;
    },
    after: () => () => undefined,
  };
}
