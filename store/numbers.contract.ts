import { describe, expect, test } from 'vitest';
import type { Operation, Part } from './score-store.ts';
import {
  apply,
  applyPart,
  type CreateStore,
  count,
  delta,
  login,
  NOTHING,
  openStores,
  positionOf,
  readCounters,
  readEntries,
  readModes,
  readScore,
  reject,
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

    test('share what was refused under them: the first refusal is remembered, and told of each operation', async () => {
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
      expect(await applyPart(store, 0, sent)).toEqual(
        settled(0, [
          { index: 2, code: 'forbidden' },
          { index: 3, code: 'malformed' },
          { index: 7, code: 'too_large' },
        ]),
      );
      const again = settled(8, [
        { index: 1, code: 'forbidden' },
        { index: 2, code: 'forbidden' },
        { index: 3, code: 'forbidden' },
        { index: 4, code: 'forbidden' },
        { index: 7, code: 'too_large' },
      ]);
      for (let time = 0; time < 2; time++) expect(await applyPart(store, 0, sent)).toEqual(again);
      expect(await readScore(store, 'b', 'ann')).toBe(31);
      const rejected = new Map([
        [2, 'forbidden'],
        [4, 'too_large'],
      ]);
      expect(await takeOver(store, 'p')).toMatchObject({ last: 4, rejected });
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
      expect(await applyPart(store, 0, sent)).toEqual(settled(0, [{ index: 5, code: 'forbidden' }]));
      expect(await positionOf(store)).toBe(4);
      const [entry] = await readEntries(store);
      expect(entry).toEqual({
        ...{ kind: 'batch', from: 0, to: 4, at: 1000 },
        operations: [1, 3, 4, 6].map((index) => sent.operations[index]),
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
