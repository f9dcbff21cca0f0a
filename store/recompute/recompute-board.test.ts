import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { append, FIXTURE, goal } from '../matches-support.contract.ts';
import { createMemoryStore, type MemoryScoreStore } from '../memory/memory-store.ts';
import type { MemberRecord, StoreOptions } from '../score-store.ts';
import { apply, best, delta, readRecord, readRows, set, takeNames } from '../support.contract.ts';
import { MAX_LISTED_DIFFERENCES } from './board-comparison.ts';
import { applyAll, corrupt, recompute, recomputed, withMeanwhile } from './support.contract.ts';

let store: MemoryScoreStore;
const open = (options: Partial<StoreOptions> = {}) => createMemoryStore({ partitions: 1, ...options });
beforeEach(() => {
  store = open();
});

describe('recomputing a board', () => {
  test('finds nothing where nothing is wrong, also on an empty board', async () => {
    await applyAll(store, [delta('b', 'ann', 1.5), set('c', 'ann', 7), delta('b', 'bob', -2)]);
    await store.configureBoard('empty', {}, 1000);
    expect(await recompute(store)).toEqual({
      ...{ checked: 2, corrected: 0, unsettled: 0, differences: [] },
      ...{ fromPosition: 0, position: 4, checkpoint: 'saved' },
    });
    expect(await recompute(store, 'empty')).toMatchObject({ checked: 0, corrected: 0 });
  });

  test('passes over what has happened in matches of the partition', async () => {
    await store.configureMatch('m', FIXTURE, 1000);
    await apply(store, [append('m', 'start'), set('b', 'ann', 1), goal('m'), delta('b', 'ann', 2)]);
    await store.removeMatch('m', 1000);
    expect(await recompute(store)).toMatchObject({ checked: 1, corrected: 0, position: 6 });
    await corrupt(store, 'ann', () => ({ score: 20 }));
    expect(await recompute(store)).toMatchObject({ checked: 1, corrected: 1 });
    expect(await readRows(store, 'b')).toEqual([[1, 'ann', 3]]);
  });

  test('says where there is no board, or no more', async () => {
    await apply(store, [set('b', 'ann', 1)]);
    expect(await recompute(store, 'none')).toEqual({
      ...{ refused: 'not_found', message: 'there is no board none' },
    });
    expect(await store.loadCheckpoint('none')).toBeUndefined();
    await store.removeBoard('b', 1000);
    expect(await recompute(store)).toMatchObject({ refused: 'not_found' });
  });

  test('finds wrong, missing and extra members, says what it found, and sets them right', async () => {
    await applyAll(store, [set('b', 'ann', 1), set('b', 'bob', 2), set('b', 'cid', 3), set('b', 'dan', 4)]);
    await corrupt(store, 'bob', () => ({ score: 20 }));
    await corrupt(store, 'cid', () => undefined);
    await corrupt(store, 'eve', () => ({ score: 0 }));
    await takeNames(store);
    const { checked, corrected, unsettled, differences } = await recomputed(store);
    expect({ checked, corrected, unsettled }).toEqual({ checked: 5, corrected: 3, unsettled: 0 });
    expect(differences).toEqual([
      { member: 'bob', found: { score: 20 }, right: { score: 2 } },
      { member: 'cid', right: { score: 3 } },
      { member: 'eve', found: { score: 0 } },
    ]);
    expect(await readRows(store, 'b')).toEqual([
      [1, 'dan', 4],
      [2, 'cid', 3],
      [3, 'bob', 2],
      [4, 'ann', 1],
    ]);
    expect(Object.keys(await takeNames(store))).toEqual(['board:b']);
    expect(await recompute(store)).toMatchObject({ checked: 4, corrected: 0 });
  });

  test('counts all differences and lists the first of them', async () => {
    const members = Array.from({ length: 700 }, (_, index) => `m${index}`);
    await applyAll(
      store,
      members.map((member) => set('b', member, 1)),
    );
    for (const member of members) await corrupt(store, member, () => ({ score: 2 }));
    const { corrected, differences } = await recomputed(store);
    expect(corrected).toBe(700);
    expect(differences).toHaveLength(MAX_LISTED_DIFFERENCES);
    expect((await store.readRecords('b', members.slice(-500))).records).toEqual(
      Array(500).fill({ score: 1 }),
    );
  });

  test('tells of what counts as a member but is nobody', async () => {
    await apply(store, [set('b', 'ann', 1)]);
    const untidy = withMeanwhile(store, async () => undefined);
    const result = await recompute({
      ...untidy,
      readRecords: async (board, members) => {
        const read = await store.readRecords(board, members);
        return { ...read, total: read.total + 2 };
      },
    });
    expect(result).toMatchObject({ checked: 1, corrected: 0, unsettled: 2 });
  });

  test('gives members their true arrivals back', async () => {
    await store.configureBoard('b', { ties: 'first' }, 1000);
    await applyAll(store, [set('b', 'zoe', 1), set('b', 'ann', 1), set('b', 'bob', 1)]);
    await corrupt(store, 'zoe', () => ({ score: 1, arrival: 9 }));
    await corrupt(store, 'bob', () => undefined);
    expect((await recomputed(store)).differences).toEqual([
      { member: 'zoe', found: { score: 1, arrival: 9 }, right: { score: 1, arrival: 2 } },
      { member: 'bob', right: { score: 1, arrival: 4 } },
    ]);
    expect((await readRows(store, 'b')).map(([, member]) => member)).toEqual(['zoe', 'ann', 'bob']);
  });

  test('finds of any history exactly what was corrupted, and nothing when it is done again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(stepArbitrary, { minLength: 1, maxLength: 40 }),
        fc.uniqueArray(corruptionArbitrary, { maxLength: 5, selector: ({ member }) => member }),
        async (steps, corruptions) => {
          store = open();
          for (const step of steps) await step();
          const before = await records();
          const exists = (await store.readPages([{ board: 'b', offset: 0, limit: 1 }]))[0]?.exists;
          if (exists !== true) {
            expect(await recompute(store)).toMatchObject({ refused: 'not_found' });
            return;
          }
          const changed: string[] = [];
          for (const { member, wrong } of corruptions) {
            const found = before.get(member);
            if (wrong?.score === found?.score) continue;
            const arrival = found?.arrival === undefined ? {} : { arrival: found.arrival };
            await corrupt(store, member, () => wrong && { ...wrong, ...arrival });
            changed.push(member);
          }
          const first = await recomputed(store);
          expect(first.differences.map(({ member }) => member).sort()).toEqual(changed.sort());
          expect(first).toMatchObject({ corrected: changed.length, unsettled: 0 });
          expect(await records()).toEqual(before);
          expect(await recomputed(store)).toMatchObject({ corrected: 0 });
        },
      ),
    );
  });

  test('a board of 100000 members takes bounded calls and gives others their turns', async () => {
    const members = Array.from({ length: 100_000 }, (_, index) => `member ${index}`);
    await applyAll(
      store,
      members.map((member, index) => set('b', member, index)),
    );
    await corrupt(store, 'member 77777', () => ({ score: -1 }));
    await corrupt(store, 'stranger', () => ({ score: 1 }));
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    count();
    let largest = 0;
    const watched = withMeanwhile(store, async () => undefined);
    const result = await recomputed({
      ...watched,
      readRecords: (board, some) => {
        largest = Math.max(largest, some.length);
        return watched.readRecords(board, some);
      },
    });
    isDone = true;
    expect(result).toMatchObject({ checked: 100_001, corrected: 2, unsettled: 0, checkpoint: 'saved' });
    expect(largest).toBe(512);
    expect(turns).toBeGreaterThan(40);
    expect(await readRecord(store, 'b', 'member 77777')).toEqual({ score: 77_777 });
  });
});

describe('writes that go on meanwhile', () => {
  test('are neither lost nor taken for differences, and corruptions among them are repaired', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.tuple(fc.nat({ max: 29 }), fc.integer({ min: -9, max: 9 }))),
        fc.uniqueArray(fc.nat({ max: 29 }), { minLength: 1, maxLength: 6 }),
        async (changes, wrong) => {
          store = open();
          const sums = new Map<string, number>();
          const write = async () => {
            const [[member, value]] = [...changes.take(1)] as [[number, number]];
            sums.set(`m${member}`, (sums.get(`m${member}`) ?? 0) + value);
            await apply(store, [delta('b', `m${member}`, value)]);
          };
          for (let i = 0; i < 60; i++) await write();
          for (const member of wrong) {
            await corrupt(store, `m${member}`, (found) => ({ score: (found?.score ?? 0) + 0.5 }));
          }
          const { corrected, unsettled } = await recomputed(withMeanwhile(store, write));
          expect({ corrected, unsettled }).toEqual({ corrected: wrong.length, unsettled: 0 });
          const { records: found } = await store.readRecords('b', [...sums.keys()]);
          expect(found.map((record) => record?.score)).toEqual([...sums.values()]);
          expect(await recomputed(store)).toMatchObject({ corrected: 0 });
        },
      ),
    );
  });

  test('make a repair right that they had made wrong: a best that the false score had outdone', async () => {
    await apply(store, [best('b', 'ann', 50)]);
    await corrupt(store, 'ann', () => ({ score: 100 }));
    let hasWritten = false;
    const result = await recomputed(
      withMeanwhile(store, async (method) => {
        if (method !== 'repairBoard' || hasWritten) return;
        hasWritten = true;
        await apply(store, [best('b', 'ann', 80)]);
      }),
    );
    expect(result).toMatchObject({ corrected: 1, unsettled: 0 });
    expect(await readRecord(store, 'b', 'ann')).toEqual({ score: 80 });
  });

  test('to a false score without an end leave it unsettled, counted, and told', async () => {
    await apply(store, [delta('b', 'ann', 1), delta('b', 'bob', 1)]);
    await corrupt(store, 'ann', () => ({ score: 0.5 }));
    const result = await recomputed(
      withMeanwhile(store, async (method) => {
        if (method === 'repairBoard') await apply(store, [delta('b', 'ann', 1)]);
      }),
    );
    expect(result).toMatchObject({ checked: 2, corrected: 0, unsettled: 1, checkpoint: 'saved' });
    expect(await recomputed(store)).toMatchObject({ corrected: 1, unsettled: 0 });
  });

  test('may remove the board, before its end or before its checkpoint', async () => {
    await apply(store, [set('b', 'ann', 1), set('b', 'bob', 1)]);
    await corrupt(store, 'ann', () => ({ score: 2 }));
    const removing = (at: string) =>
      withMeanwhile(store, async (method) => {
        if (method === at) await store.removeBoard('b', 1000);
      });
    expect(await recompute(removing('scanMembers'))).toEqual({
      ...{ refused: 'not_found', message: 'there is no board b (1 members had been set right before)' },
    });
    await apply(store, [set('b', 'ann', 1)]);
    expect(await recompute(removing('saveCheckpoint'))).toMatchObject({
      ...{ checked: 1, checkpoint: 'not_saved' },
    });
  });

  test('may remove the board and make it anew', async () => {
    await applyAll(
      store,
      Array.from({ length: 600 }, (_, index) => set('b', `m${index}`, index)),
    );
    let reads = 0;
    const result = await recomputed(
      withMeanwhile(store, async (method) => {
        if (method !== 'readRecords' || ++reads !== 2) return;
        await store.removeBoard('b', 1000);
        await store.configureBoard('b', { order: 'asc', ties: 'first' }, 1000);
        await apply(store, [set('b', 'm1', 5), set('b', 'new', 5)]);
      }),
    );
    expect(result).toMatchObject({ corrected: 0, unsettled: 0, differences: [] });
    expect(await readRows(store, 'b')).toEqual([
      [1, 'm1', 5],
      [1, 'new', 5],
    ]);
  });
});

const MEMBERS = ['ann', 'bob', 'cid', '__proto__', '🏏'];

async function records(): Promise<Map<string, MemberRecord | undefined>> {
  const { records: found } = await store.readRecords('b', MEMBERS);
  return new Map(MEMBERS.map((member, index) => [member, found[index]]));
}

const corruptionArbitrary = fc.record({
  member: fc.constantFrom(...MEMBERS),
  wrong: fc.option(
    fc.record({ score: fc.double({ noDefaultInfinity: true, noNaN: true }).map((x) => x + 0) }),
    {
      nil: undefined,
    },
  ),
});

/** On the board itself, and at times on another one, whose entries only move the position. */
const boardArbitrary = fc.constantFrom('b', 'b', 'b', 'other');
const stepArbitrary = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(
        fc.record({
          op: fc.constantFrom('delta' as const, 'set' as const, 'best' as const),
          board: boardArbitrary,
          member: fc.constantFrom(...MEMBERS),
          value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true })),
        }),
        { maxLength: 8 },
      )
      .map((operations) => () => apply(store, operations) as Promise<unknown>),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        boardArbitrary,
        fc.record(
          {
            order: fc.constantFrom('desc' as const, 'asc' as const),
            ties: fc.constantFrom('first' as const, 'member' as const),
          },
          { requiredKeys: [] },
        ),
      )
      .map(
        ([board, settings]) =>
          () =>
            store.configureBoard(board, settings, 1000) as Promise<unknown>,
      ),
  },
  {
    weight: 1,
    arbitrary: boardArbitrary.map((board) => () => store.removeBoard(board, 1000) as Promise<unknown>),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(boardArbitrary, fc.constantFrom(...MEMBERS)).map(
      ([board, member]) =>
        () =>
          store.removeMember(board, member, 1000) as Promise<unknown>,
    ),
  },
);
