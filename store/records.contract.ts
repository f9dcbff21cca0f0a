import { describe, expect, test } from 'vitest';
import { MAX_BATCH_OPERATIONS, type ScoreStore } from './score-store.ts';
import {
  apply,
  type CreateStore,
  delta,
  openStores,
  positionOf,
  profile,
  readEntries,
  readMembers,
  readRecord,
  readRows,
  set,
  takeNames,
} from './support.contract.ts';

export function recordsContract(createStore: CreateStore): void {
  describe('records of members', () => {
    const open = openStores(createStore);

    test('are scores with the position of the partition, in step with the members asked', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [set('b', 'ann', 0.1 + 0.2), set('b', 'bob', -5e-324), set('c', 'cid', 1)]);
      await apply(store, [delta('b', 'bob', 0)]);
      expect(await store.readRecords('b', ['cid', 'bob', 'nobody', 'ann'])).toEqual({
        position: 4,
        exists: true,
        total: 2,
        records: [undefined, { score: -5e-324 }, undefined, { score: 0.1 + 0.2 }],
      });
      expect(await store.readRecords('b', [])).toEqual({ position: 4, exists: true, total: 2, records: [] });
      expect(await store.readRecords('none', ['ann', 'bob'])).toEqual({
        position: 4,
        exists: false,
        total: 0,
        records: [undefined, undefined],
      });
    });

    test('hold the position at which the score last changed, on boards with ties "first"', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [set('b', 'old', 1)]);
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [set('b', 'ann', 1), set('b', 'bob', 1), set('b', 'ann', 1), profile('ann', 'Ann')]);
      await apply(store, [delta('b', 'ann', 1), delta('b', 'ann', -1), delta('b', 'bob', 0)]);
      const records = [
        { score: 1, arrival: 0 },
        { score: 1, arrival: 8 },
        { score: 1, arrival: 4 },
      ];
      expect((await store.readRecords('b', ['old', 'ann', 'bob'])).records).toEqual(records);
      await store.configureBoard('b', { order: 'asc' }, 1000);
      expect((await store.readRecords('b', ['old', 'ann', 'bob'])).records).toEqual(records);
      await store.configureBoard('b', { ties: 'member' }, 1000);
      expect((await store.readRecords('b', ['old', 'ann', 'bob'])).records).toEqual(
        Array(3).fill({ score: 1 }),
      );
    });

    test('are read at one moment with the position', async () => {
      const { store, connect } = await open({ partitions: 1 });
      const other = await connect();
      const writes: Promise<unknown>[] = [];
      const reads: Promise<Awaited<ReturnType<ScoreStore['readRecords']>>>[] = [];
      for (let round = 0; round < 40; round++) {
        writes.push(apply(store, [delta('b', 'ann', 1), delta('b', 'bob', 1), delta('b', 'ann', 1)]));
        reads.push(other.readRecords('b', ['ann', 'bob']));
        if (round % 8 === 7) await Promise.all(reads);
      }
      await Promise.all(writes);
      for (const { position, records } of await Promise.all(reads)) {
        const scores = records.map((record) => record?.score ?? 0);
        expect(scores).toEqual([(position / 3) * 2, position / 3]);
      }
    });

    test('are read of as many members as a batch has operations, and no more', async () => {
      const { store } = await open();
      const members = Array.from({ length: MAX_BATCH_OPERATIONS }, (_, index) => `m${index}`);
      await apply(
        store,
        members.map((member, index) => set('b', member, index)),
      );
      const { records } = await store.readRecords('b', members);
      expect(records).toEqual(members.map((_, score) => ({ score })));
      await expect(store.readRecords('b', [...members, 'ann'])).rejects.toThrow('defect');
    });
  });

  describe('members of a board', () => {
    const open = openStores(createStore);

    test.each([
      { ties: 'member', members: 3 },
      { ties: 'first', members: 3 },
      { ties: 'member', members: 3000 },
      { ties: 'first', members: 3000 },
    ] as const)('are all found: $members of them with ties "$ties"', async ({ ties, members }) => {
      const { store } = await open();
      await store.configureBoard('b', { ties }, 1000);
      const all = ['__proto__', '🏏', ...Array.from({ length: members - 2 }, (_, index) => `m${index}`)];
      await fill(store, all);
      await apply(store, [set('c', 'elsewhere', 1)]);
      expect((await scan(store)).sort()).toEqual([...all].sort());
    });

    test.each(['member', 'first'] as const)(
      'are found although others come and go and all scores change meanwhile, with ties "%s"',
      async (ties) => {
        const { store } = await open();
        await store.configureBoard('b', { ties }, 1000);
        const staying = Array.from({ length: 1500 }, (_, index) => `stays${index}`);
        const going = Array.from({ length: 300 }, (_, index) => `goes${index}`);
        await fill(store, [...going, ...staying]);
        let round = 0;
        const found = await scan(store, async () => {
          round++;
          const gone = going.splice(0, 20).map((member) => store.removeMember('b', member, 1000));
          const changed = staying.filter((_, index) => index % 4 === round % 4).slice(0, 400);
          await Promise.all([
            ...gone,
            apply(store, [
              ...changed.map((member) => delta('b', member, 1000)),
              ...Array.from({ length: 50 }, (_, index) => set('b', `new${round}-${index}`, index)),
            ]),
          ]);
        });
        const missing = new Set(staying);
        for (const member of found) missing.delete(member);
        expect([...missing]).toEqual([]);
        expect(found.every((member) => /^(stays|goes|new)\d/.test(member))).toBe(true);
      },
    );

    test.each(['member', 'first'] as const)(
      'are all that stands in its ranking, whatever was done to it, with ties "%s"',
      async (ties) => {
        const { store } = await open({ partitions: 1 });
        await store.configureBoard('b', { ties }, 1000);
        await fill(store, ['ann', 'bob', 'cid', 'dan']);
        await apply(store, [delta('b', 'ann', 1), delta('b', 'bob', -1)]);
        await store.removeMember('b', 'cid', 1000);
        await store.configureBoard('b', { order: 'asc' }, 1000);
        await store.configureBoard('b', { ties: ties === 'first' ? 'member' : 'first' }, 1000);
        await store.configureBoard('b', { ties }, 1000);
        await fill(store, ['ann', 'eve']);
        const found = { score: 0, ...(ties === 'first' ? { arrival: 12 } : {}) };
        expect(await readRecord(store, 'b', 'ann')).toEqual(found);
        await store.repairBoard('b', [{ member: 'ann', found, right: { score: 7, arrival: 2 } }], 1000);
        for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
          const page = await store.scanMembers('b', cursor);
          expect(page.strays).toEqual([]);
          cursor = page.next;
        }
      },
    );

    test('are not removed as strays, nor is what is not there', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [set('b', 'ann', 1)]);
      await takeNames(store);
      const elements = ['0000000000000002ann', '0000000000000003ann'];
      const strays = elements.map((element) => ({
        ...{ element: Buffer.from(element).toString('hex'), member: 'ann', score: 1 },
      }));
      expect(await readRecord(store, 'b', 'ann')).toEqual({ score: 1, arrival: 2 });
      expect(await store.removeStrays('b', strays, 1000)).toBe(0);
      expect(await store.removeStrays('none', strays, 1000)).toBe(0);
      expect(await readRows(store, 'b')).toEqual([[1, 'ann', 1]]);
      expect(await positionOf(store)).toBe(2);
      expect(await takeNames(store)).toEqual({});
    });

    test('are none on a board without members and where there is no board', async () => {
      const { store } = await open();
      await store.configureBoard('b', { ties: 'first' }, 1000);
      expect(await store.scanMembers('b')).toEqual({ members: [], strays: [] });
      expect(await store.scanMembers('none')).toEqual({ members: [], strays: [] });
    });
  });

  describe('repairs', () => {
    const open = openStores(createStore);

    test.each([{ order: 'desc' }, { order: 'asc' }] as const)(
      'set, add and remove members, exactly, on a board of order $order',
      async ({ order }) => {
        const { store } = await open({ partitions: 1 });
        await store.configureBoard('b', { order }, 1000);
        await apply(store, [set('b', 'ann', 1), set('b', 'bob', 2), set('b', 'cid', 3)]);
        await takeNames(store);
        const repaired = await store.repairBoard(
          'b',
          [
            { member: 'ann', found: { score: 1 }, right: { score: 0.1 + 0.2 } },
            { member: 'bob', found: { score: 2 }, right: undefined },
            { member: 'new', found: undefined, right: { score: -5e-324 } },
          ],
          1234,
        );
        expect(repaired).toEqual(['ann', 'bob', 'new']);
        const { records, total, position } = await store.readRecords('b', ['ann', 'bob', 'cid', 'new']);
        expect(records).toEqual([{ score: 0.1 + 0.2 }, undefined, { score: 3 }, { score: -5e-324 }]);
        expect([total, position]).toEqual([3, 5]);
        const best = order === 'desc' ? ['cid', 'ann', 'new'] : ['new', 'ann', 'cid'];
        expect(await readMembers(store, 'b')).toEqual(best);
        expect((await store.listBoards({ limit: 1 }))[0]?.total).toBe(3);
        expect(await takeNames(store)).toEqual({ 'board:b': 1234 });
        expect(await readEntries(store, 0, 4)).toEqual([
          { kind: 'repair', from: 4, to: 5, at: 1234, board: 'b', members: repaired },
        ]);
      },
    );

    test('set arrivals, which decide among equals', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [set('b', 'ann', 5), set('b', 'bob', 5), set('b', 'cid', 5)]);
      const repaired = await store.repairBoard(
        'b',
        [
          { member: 'ann', found: { score: 5, arrival: 2 }, right: { score: 5, arrival: 9 } },
          { member: 'cid', found: { score: 5, arrival: 4 }, right: { score: 5, arrival: 1 } },
          { member: 'dan', found: undefined, right: { score: 5, arrival: 7 } },
          { member: 'eve', found: undefined, right: { score: 6, arrival: 3 } },
        ],
        1000,
      );
      expect(repaired).toEqual(['ann', 'cid', 'dan', 'eve']);
      expect(await readMembers(store, 'b')).toEqual(['eve', 'cid', 'bob', 'dan', 'ann']);
      expect(await readRecord(store, 'b', 'cid')).toEqual({ score: 5, arrival: 1 });
      expect(await readRecord(store, 'b', 'dan')).toEqual({ score: 5, arrival: 7 });
      // Later changes go on from there.
      await apply(store, [delta('b', 'dan', 1)]);
      await store.removeMember('b', 'cid', 1000);
      expect(await readRows(store, 'b')).toEqual([
        [1, 'eve', 6],
        [1, 'dan', 6],
        [3, 'bob', 5],
        [3, 'ann', 5],
      ]);
    });

    test('leave out who no longer stands as found', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [set('b', 'ann', 1), set('b', 'bob', 1), set('b', 'cid', 1), set('b', 'dan', 1)]);
      const before = await readRows(store, 'b');
      const right = { score: 9, arrival: 1 };
      const outdated = [
        { member: 'ann', found: { score: 2, arrival: 2 }, right },
        { member: 'bob', found: { score: 1, arrival: 2 }, right },
        { member: 'cid', found: undefined, right },
        { member: 'nobody', found: { score: 1, arrival: 5 }, right },
        { member: 'ann', found: { score: 1 }, right },
      ];
      expect(await store.repairBoard('b', outdated.slice(0, 4), 1000)).toEqual([]);
      expect(await store.repairBoard('b', outdated.slice(4), 1000)).toEqual([]);
      expect(await readRows(store, 'b')).toEqual(before);
      expect(await positionOf(store)).toBe(5);
      const mixed = [
        ...outdated.slice(0, 4),
        { member: 'dan', found: { score: 1, arrival: 5 }, right: undefined },
      ];
      expect(await store.repairBoard('b', mixed, 1000)).toEqual(['dan']);
      expect(await readRows(store, 'b')).toEqual(before.slice(0, 3));
      expect((await readEntries(store, 0, 5)).map(({ from, to }) => [from, to])).toEqual([[5, 6]]);
    });

    test('that repair nothing are no step of the history and mark nothing', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [set('b', 'ann', 1)]);
      await takeNames(store);
      const repair = { member: 'ann', found: { score: 2 }, right: { score: 3 } };
      expect(await store.repairBoard('b', [repair], 1000)).toEqual([]);
      expect(await store.repairBoard('b', [], 1000)).toEqual([]);
      const added = { member: 'ann', found: undefined, right: { score: 3 } };
      expect(await store.repairBoard('none', [added], 1000)).toEqual([]);
      expect(await takeNames(store)).toEqual({});
      expect(await positionOf(store)).toBe(1);
      expect((await store.listBoards({ limit: 5 })).map(({ id }) => id)).toEqual(['b']);
    });

    test('of one member twice are a defect of the caller and change nothing', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [set('b', 'ann', 1)]);
      const repair = { member: 'ann', found: { score: 1 }, right: { score: 3 } };
      await expect(store.repairBoard('b', [repair, repair], 1000)).rejects.toThrow('defect');
      expect(await readRecord(store, 'b', 'ann')).toEqual({ score: 1 });
    });

    test('are at most as many as a batch has operations', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { ties: 'first' }, 1000);
      const repairs = Array.from({ length: MAX_BATCH_OPERATIONS }, (_, index) => ({
        member: `m${index}`,
        found: undefined,
        right: { score: index, arrival: index },
      }));
      expect((await store.repairBoard('b', repairs, 1000)).length).toBe(MAX_BATCH_OPERATIONS);
      const { records, position } = await store.readRecords(
        'b',
        repairs.map(({ member }) => member),
      );
      expect(records).toEqual(repairs.map(({ right }) => right));
      expect(position).toBe(2);
      const another = { member: 'ann', found: undefined, right: { score: 1, arrival: 1 } };
      await expect(store.repairBoard('b', [...repairs, another], 1000)).rejects.toThrow('defect');
    });
  });
}

/** Every member is on board `b` with a score of a few values. */
async function fill(store: ScoreStore, members: readonly string[]): Promise<void> {
  for (let from = 0; from < members.length; from += MAX_BATCH_OPERATIONS) {
    const some = members.slice(from, from + MAX_BATCH_OPERATIONS);
    await apply(
      store,
      some.map((member, index) => set('b', member, index % 50)),
    );
  }
}

/** All members that a scan of board `b` gives, each once; `meanwhile` is called between its pages. */
async function scan(store: ScoreStore, meanwhile?: () => Promise<void>): Promise<string[]> {
  const found = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 0; pages < 10_000; pages++) {
    const { members, next } = await store.scanMembers('b', cursor);
    for (const member of members) found.add(member);
    if (next === undefined) return [...found];
    cursor = next;
    await meanwhile?.();
  }
  throw new Error('a scan does not end');
}
