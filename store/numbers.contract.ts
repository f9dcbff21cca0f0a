import { describe, expect, test } from 'vitest';
import type { Operation, Part } from './score-store.ts';
import {
  apply,
  applyPart,
  type CreateStore,
  count,
  delta,
  login,
  logout,
  NOTHING,
  openStores,
  positionOf,
  profile,
  readCounters,
  readEntries,
  readModes,
  readRecord,
  readRows,
  readScore,
  readScores,
  reject,
  result,
  set,
  settled,
  takeNames,
} from './support.contract.ts';
import { takeOver } from './take-over.ts';

type Numbered = readonly (readonly [number: number, operation: Operation])[];

export function numbersContract(createStore: CreateStore): void {
  describe('the numbers of a part', () => {
    const open = openStores(createStore);

    test('may be the same for several operations, which settle together', async () => {
      const { store } = await open({ partitions: 1 });
      const sent = partOf([
        [1, delta('b', 'ann', 1)],
        [1, delta('b', 'bob', 2)],
        [1, count('g', 'ann', 'wins')],
        [4, delta('b', 'ann', 4)],
        [4, delta('c', 'ann', 8)],
      ]);
      expect(await applyPart(store, 0, sent)).toEqual(settled());
      expect(await positionOf(store)).toBe(5);
      expect(await applyPart(store, 0, sent)).toEqual(settled(5));
      const more = partOf([
        [1, delta('b', 'ann', 16)],
        [4, delta('b', 'ann', 32)],
        [4, delta('b', 'ann', 64)],
        [5, delta('b', 'ann', 128)],
        [5, delta('b', 'ann', 256)],
      ]);
      expect(await applyPart(store, 0, more)).toEqual(settled(3));
      expect(await readScore(store, 'b', 'ann')).toBe(1 + 4 + 128 + 256);
      expect(await readCounters(store, 'g', 'ann')).toEqual(new Map([['wins', 1]]));
      expect((await takeOver(store, 'p')).last).toBe(5);
    });

    test('share what was refused under them: none of the operations applies, and each is told of the first refusal', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [set('b', 'big', Number.MAX_VALUE)]);
      const sent = partOf([
        [1, delta('b', 'ann', 1)],
        [2, delta('b', 'ann', 2)],
        [2, reject('forbidden')],
        [2, delta('b', 'big', Number.MAX_VALUE)],
        [2, delta('b', 'ann', 4)],
        [3, delta('b', 'ann', 8)],
        [3, delta('b', 'ann', 16)],
        [4, reject('too_large')],
      ]);
      const refused = [1, 2, 3, 4].map((index) => ({ index, code: 'forbidden' as const }));
      expect(await applyPart(store, 0, sent)).toEqual(
        settled(0, [...refused, { index: 7, code: 'too_large' }]),
      );
      const again = settled(8, [
        { index: 1, code: 'forbidden' },
        { index: 2, code: 'forbidden' },
        { index: 3, code: 'forbidden' },
        { index: 4, code: 'forbidden' },
        { index: 7, code: 'too_large' },
      ]);
      for (let time = 0; time < 2; time++) expect(await applyPart(store, 0, sent)).toEqual(again);
      expect(await readScore(store, 'b', 'ann')).toBe(25);
      const rejected = new Map([
        [2, 'forbidden'],
        [4, 'too_large'],
      ]);
      expect(await takeOver(store, 'p')).toMatchObject({ last: 4, rejected });
    });

    test('leave nothing behind of what was refused under one of them, whatever it was', async () => {
      const { store } = await open({ partitions: 1, maxCountersPerProduct: 1 });
      await store.configureBoard('b', { ties: 'first', windows: ['daily'] }, 1000);
      await apply(store, [
        ...[set('b', 'ann', 1), set('b', 'bob', 1), count('g', 'ann', 'wins')],
        ...[login('111', 'ann', 'duel'), profile('ann', 'Ann')],
      ]);
      const world = async () => [
        await Promise.all(['b', 'b@daily.1970-01-01', 'new', 'other'].map((board) => readRows(store, board))),
        await Promise.all(['ann', 'bob'].map((member) => readRecord(store, 'b', member))),
        await Promise.all(['g', 'h'].map((product) => readCounters(store, product, 'ann'))),
        await Promise.all(['111', '112'].map((area) => readModes(store, area))),
        await store.listBoards({ limit: 9 }),
        await store.listWindows('b'),
        await store.listAreas({ limit: 9 }),
      ];
      const [before, position] = [await world(), await positionOf(store)];
      await takeNames(store);
      const operations = [
        ...[delta('b', 'ann', 5), delta('b', 'cid', 5), delta('b', 'cid', 5), delta('new', 'ann', 1)],
        ...[result('b', 'bob', 'dan'), result('other', 'bob', 'dan'), NOTHING],
        ...[count('g', 'ann', 'wins'), count('g', 'bob', 'wins'), count('h', 'ann', 'first')],
        ...[login('111', 'ann', 'team'), login('112', 'bob', 'duel'), logout('111', 'ann')],
        ...[profile('ann', 'Anna'), profile('bob', 'Bob')],
      ];
      const all = [...operations, count('h', 'ann', 'second'), delta('b', 'ann', 1)];
      const refused = all.map((_, index) => ({ index, code: 'too_large' as const }));
      const sent = partOf(all.map((operation) => [1, operation]));
      expect(await applyPart(store, 0, sent)).toEqual(settled(0, refused));
      expect(await world()).toEqual(before);
      expect(await positionOf(store)).toBe(position);
      expect(await takeNames(store)).toEqual({});
      expect(await applyPart(store, 0, partOf([[2, count('h', 'ann', 'second')]]))).toEqual(settled());
    });

    test('are refused together where a handler refuses, and the results after it are rated without it', async () => {
      const { store } = await open({ partitions: 1, maxCountersPerProduct: 1 });
      await apply(store, [set('b', 'ann', 100), set('b', 'bob', 100), count('g', 'ann', 'wins')]);
      const message = 'the handler "picky" failed';
      const sent = partOf([
        [1, result('b', 'ann', 'bob')],
        [1, count('g', 'ann', 'wins')],
        [2, result('b', 'ann', 'bob')],
        [2, count('g', 'ann', 'one too many')],
        [3, result('b', 'ann', 'bob')],
        [3, count('g', 'bob', 'wins')],
        [4, result('b', 'bob', 'ann')],
        [4, result('b', 'ann', 'bob', { handler: 'picky' })],
        [4, count('g', 'bob', 'one too many')],
        [5, set('b', 'cid', 7)],
        [5, count('g', 'cid', 'one too many')],
        [6, result('b', 'cid', 'ann')],
      ]);
      expect(await applyPart(store, 0, sent)).toEqual(
        settled(0, [
          ...[2, 3].map((index) => ({ index, code: 'too_large' as const })),
          ...[6, 7, 8].map((index) => ({ index, code: 'malformed' as const, message })),
          ...[9, 10].map((index) => ({ index, code: 'too_large' as const })),
        ]),
      );
      const { store: other } = await open({ partitions: 1 });
      await apply(other, [set('b', 'ann', 100), set('b', 'bob', 100)]);
      await apply(other, [result('b', 'ann', 'bob'), result('b', 'ann', 'bob'), result('b', 'cid', 'ann')]);
      expect(await readScores(store, 'b')).toEqual(await readScores(other, 'b'));
      expect(await readCounters(store, 'g', 'ann')).toEqual(new Map([['wins', 2]]));
      expect(await readCounters(store, 'g', 'bob')).toEqual(new Map([['wins', 1]]));
    });

    test('are not needed to keep the operations of an event together, and what is sent again without them applies again', async () => {
      const { store } = await open({ partitions: 1, maxCountersPerProduct: 1 });
      await apply(store, [count('g', 'ann', 'wins')]);
      const operations = [
        ...[delta('b', 'ann', 1), count('g', 'ann', 'wins')],
        ...[result('b', 'ann', 'bob'), count('g', 'bob', 'one too many')],
        ...[delta('b', 'ann', 2), delta('b', 'ann', 4)],
      ];
      const parts = [{ operations: [delta('b', 'cid', 8)] }, { operations, events: [0, 0, 2, 2, 4, 5] }];
      const { parts: verdicts } = await store.apply({ partition: 0, acceptedAt: 1000, parts });
      const refused = [2, 3].map((index) => ({ index, code: 'too_large' as const }));
      expect(verdicts).toEqual([settled(), settled(0, refused)]);
      expect(await readScores(store, 'b')).toEqual([
        ['cid', 8],
        ['ann', 7],
      ]);
      expect(await readCounters(store, 'g', 'ann')).toEqual(new Map([['wins', 2]]));
      await store.apply({ partition: 0, acceptedAt: 1000, parts });
      expect(await readScore(store, 'b', 'ann')).toBe(14);
    });

    test('are settled by an operation that does nothing, too', async () => {
      const { store } = await open({ partitions: 1 });
      const sent = partOf([
        [3, NOTHING],
        [5, NOTHING],
        [5, NOTHING],
      ]);
      expect(await applyPart(store, 0, sent)).toEqual(settled());
      expect(await applyPart(store, 0, sent)).toEqual(settled(3));
      expect(await applyPart(store, 0, partOf([[5, delta('b', 'ann', 1)]]))).toEqual(settled(1));
      expect(await positionOf(store)).toBe(0);
      expect(await readEntries(store)).toEqual([]);
      expect(await takeNames(store)).toEqual({});
      expect((await takeOver(store, 'p')).last).toBe(5);
      expect(await apply(store, [NOTHING])).toEqual({ position: 0, refused: [] });
    });

    test('may belong to operations of every kind', async () => {
      const { store } = await open({ partitions: 1 });
      const sent = partOf([
        [1, NOTHING],
        [2, count('g', 'ann', 'wins')],
        [2, NOTHING],
        [3, login('111', 'ann', 'duel')],
        [4, delta('b', 'ann', 1)],
        [4, reject('forbidden')],
        [5, { op: 'profile', member: 'ann', name: 'Ann' }],
      ]);
      expect(await applyPart(store, 0, sent)).toEqual(
        settled(0, [
          { index: 4, code: 'forbidden' },
          { index: 5, code: 'forbidden' },
        ]),
      );
      expect(await positionOf(store)).toBe(3);
      const [entry] = await readEntries(store);
      expect(entry).toEqual({
        ...{ kind: 'batch', from: 0, to: 3, at: 1000 },
        operations: [1, 3, 6].map((index) => sent.operations[index]),
      });
      expect(await applyPart(store, 0, sent)).toMatchObject({ duplicates: 7 });
      expect(await readModes(store, '111')).toEqual([['duel', 1]]);
    });
  });
}

function partOf(numbered: Numbered): Part {
  return {
    operations: numbered.map(([, operation]) => operation),
    producer: { id: 'p', claim: 5, numbers: numbered.map(([number]) => number) },
  };
}
