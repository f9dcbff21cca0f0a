import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_APPLIED_OPERATIONS, type Operation } from './score-store.ts';
import {
  apply,
  best,
  type CreateStore,
  delta,
  openStores,
  positionOf,
  profile,
  readPage,
  readRows,
  readScore,
  set,
  takeNames,
} from './support.contract.ts';

const EXACT_SCORES = [
  0.1,
  1 / 3,
  0.1 + 0.2,
  123456789.12345679,
  -987654321.0000001,
  1e-7,
  1e21,
  2 ** 53,
  -(2 ** 53),
  2 ** 53 - 1,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2.2250738585072014e-308,
];

export function scoresContract(createStore: CreateStore): void {
  describe('scores', () => {
    const open = openStores(createStore);

    test('delta adds to the score and starts from zero', async () => {
      const { store } = await open();
      await apply(store, [delta('b', 'ann', 5), delta('b', 'bob', -3)]);
      await apply(store, [delta('b', 'ann', 2)]);
      expect(await readRows(store, 'b')).toEqual([
        [1, 'ann', 7],
        [2, 'bob', -3],
      ]);
    });

    test('set replaces the score', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'ann', 5), set('b', 'ann', 2)]);
      await apply(store, [set('b', 'ann', -1.5)]);
      expect(await readRows(store, 'b')).toEqual([[1, 'ann', -1.5]]);
    });

    test('best keeps the higher score where the highest is best, and takes the first one whatever it is', async () => {
      const { store } = await open();
      await apply(store, [best('b', 'ann', -5)]);
      expect(await readScore(store, 'b', 'ann')).toBe(-5);
      await apply(store, [best('b', 'ann', 10), best('b', 'ann', 7)]);
      await apply(store, [best('b', 'ann', 9)]);
      expect(await readScore(store, 'b', 'ann')).toBe(10);
    });

    test('best keeps the lower score where the lowest is best', async () => {
      const { store } = await open();
      await store.configureBoard('b', { order: 'asc' }, 1000);
      await apply(store, [best('b', 'ann', 12.5), best('b', 'ann', 13), best('b', 'ann', 11)]);
      expect(await readScore(store, 'b', 'ann')).toBe(11);
      await apply(store, [best('b', 'ann', -1), best('b', 'ann', 0)]);
      expect(await readScore(store, 'b', 'ann')).toBe(-1);
    });

    test('operations on one member in one batch apply in order', async () => {
      const { store } = await open();
      await apply(store, [
        set('b', 'ann', 10),
        delta('b', 'ann', 5),
        best('b', 'ann', 12),
        delta('b', 'ann', -20),
        best('b', 'ann', 3),
      ]);
      expect(await readScore(store, 'b', 'ann')).toBe(3);
    });

    test('a member whose first operation adds nothing is there with zero', async () => {
      const { store } = await open();
      await apply(store, [delta('b', 'ann', 0)]);
      expect(await readRows(store, 'b')).toEqual([[1, 'ann', 0]]);
    });

    test.each([{ order: 'desc' }, { order: 'asc' }] as const)(
      'doubles come back exactly on a board of order $order',
      async ({ order }) => {
        const { store } = await open();
        await store.configureBoard('b', { order }, 1000);
        await apply(
          store,
          EXACT_SCORES.map((score, index) => set('b', `m${index}`, score)),
        );
        for (const [index, score] of EXACT_SCORES.entries()) {
          expect(await readScore(store, 'b', `m${index}`)).toBe(score);
          const neighbourhood = await store.readNeighbourhood('b', `m${index}`, 0);
          expect(neighbourhood?.member.score).toBe(score);
        }
        const { rows } = await readPage(store, 'b');
        const sorted = [...EXACT_SCORES].sort((a, b) => (order === 'asc' ? a - b : b - a));
        expect(rows.map(({ score }) => score)).toEqual(sorted);
      },
    );

    test('sums are those of IEEE doubles', async () => {
      const { store } = await open();
      await apply(store, [delta('b', 'ann', 0.1)]);
      await apply(store, [delta('b', 'ann', 0.2)]);
      await apply(store, [set('b', 'bob', 0.3)]);
      await apply(store, [set('b', 'big', 2 ** 53), delta('b', 'big', 1)]);
      expect(await readScore(store, 'b', 'ann')).toBe(0.1 + 0.2);
      expect(await readRows(store, 'b')).toEqual([
        [1, 'big', 2 ** 53],
        [2, 'ann', 0.1 + 0.2],
        [3, 'bob', 0.3],
      ]);
    });

    test.each([{ order: 'desc' }, { order: 'asc' }] as const)(
      'minus zero is zero on a board of order $order',
      async ({ order }) => {
        const { store } = await open();
        await store.configureBoard('b', { order }, 1000);
        await apply(store, [set('b', 'set', -0), delta('b', 'delta', -0), best('b', 'best', -0)]);
        await apply(store, [set('b', 'zero', 0), set('b', 'sum', 5), delta('b', 'sum', -5)]);
        const { rows } = await readPage(store, 'b');
        expect(rows.map(({ rank, score }) => [rank, score])).toEqual(Array(5).fill([1, 0]));
        expect(rows.every(({ score }) => Object.is(score, 0))).toBe(true);
        expect(await readScore(store, 'b', 'set')).toBe(0);
      },
    );

    test('an operation that would give infinity is refused alone', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'ann', Number.MAX_VALUE), set('b', 'low', -Number.MAX_VALUE)]);
      const verdict = await apply(store, [
        delta('b', 'bob', 1),
        delta('b', 'ann', Number.MAX_VALUE),
        delta('b', 'low', -Number.MAX_VALUE),
        delta('b', 'ann', -Number.MAX_VALUE),
        delta('b', 'bob', 1),
      ]);
      expect(verdict.refused).toEqual([
        { index: 1, code: 'malformed' },
        { index: 2, code: 'malformed' },
      ]);
      expect(await readRows(store, 'b')).toEqual([
        [1, 'bob', 2],
        [2, 'ann', 0],
        [3, 'low', -Number.MAX_VALUE],
      ]);
    });

    test('a value that is not finite is refused and creates neither a member nor a board', async () => {
      const { store } = await open();
      const verdict = await apply(store, [
        set('b', 'ann', Number.POSITIVE_INFINITY),
        delta('b', 'ann', Number.NaN),
        best('b', 'ann', Number.NEGATIVE_INFINITY),
      ]);
      expect(verdict.refused.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(await readPage(store, 'b')).toEqual({ exists: false, total: 0, rows: [] });
      expect(await takeNames(store)).toEqual({});
    });

    test('the position grows by one with every applied operation, unchanged ones and profiles too', async () => {
      const { store } = await open({ partitions: 1 });
      const start = (await apply(store, [])).position;
      const first = await apply(store, [set('b', 'ann', 1), set('b', 'ann', 1), profile('ann', 'Ann')]);
      expect(first).toEqual({ position: start + 3, refused: [] });
      const second = await apply(store, [set('b', 'ann', Number.NaN), delta('b', 'ann', 0)]);
      expect(second.position).toBe(start + 4);
      expect((await apply(store, [])).position).toBe(start + 4);
      expect(await positionOf(store)).toBe(start + 4);
    });

    test('the position grows by one with every change of a board that changes something', async () => {
      const { store } = await open({ partitions: 1 });
      const moved: number[] = [];
      let before = await positionOf(store);
      for (const change of [
        () => store.configureBoard('b', { ties: 'first' }, 1000),
        () => store.configureBoard('b', { ties: 'first', top: 100 }, 1000),
        () => store.configureBoard('b', { top: 3 }, 1000),
        () => apply(store, [set('b', 'ann', 1), set('b', 'bob', 2)]),
        () => store.removeMember('b', 'ann', 1000),
        () => store.removeMember('b', 'ann', 1000),
        () => store.removeBoard('b', 1000),
        () => store.removeBoard('b', 1000),
      ]) {
        await change();
        const position = await positionOf(store);
        moved.push(position - before);
        before = position;
      }
      expect(moved).toEqual([1, 0, 1, 2, 1, 0, 1, 0]);
    });

    test('a batch may hold the greatest number of operations', async () => {
      const { store } = await open();
      const operations = Array.from({ length: MAX_APPLIED_OPERATIONS }, (_, index) =>
        delta('b', `m${index % 500}`, index),
      );
      expect((await apply(store, operations)).refused).toEqual([]);
      const page = await readPage(store, 'b', 0, 1);
      expect(page).toEqual({ exists: true, total: 500, rows: [{ rank: 1, member: 'm47', score: 5235 }] });
    });

    test('a longer batch is a defect of the caller and changes nothing', async () => {
      const { store } = await open();
      const operations = Array.from({ length: MAX_APPLIED_OPERATIONS + 1 }, () => delta('b', 'ann', 1));
      await expect(apply(store, operations)).rejects.toThrow('defect');
      expect((await readPage(store, 'b')).exists).toBe(false);
    });

    test('a batch gives bit for bit what its operations give one by one', async () => {
      const { store: together } = await open({ partitions: 1 });
      const { store: apart } = await open({ partitions: 1 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(batchArbitrary, async (drawn) => {
          run++;
          const boards = ['x', 'y', 'z'].map((board) => `${board}${run}`);
          const [, y = '', z = ''] = boards;
          for (const store of [together, apart]) {
            await store.configureBoard(y, { order: 'asc', ties: 'first' }, 1);
            await store.configureBoard(z, { ties: 'first' }, 1);
          }
          const operations = drawn.map(
            (operation): Operation =>
              'board' in operation ? { ...operation, board: `${operation.board}${run}` } : operation,
          );

          const whole = await apply(together, operations, run);
          const refused: number[] = [];
          let position = (await apply(apart, [])).position;
          for (const [index, operation] of operations.entries()) {
            const verdict = await apply(apart, [operation], run);
            position = verdict.position;
            if (verdict.refused.length > 0) refused.push(index);
          }

          expect(whole.position).toBe(position);
          expect(whole.refused.map(({ index }) => index)).toEqual(refused);
          const queries = boards.map((board) => ({ board, offset: 0, limit: 100 }));
          expect(await together.readPages(queries)).toEqual(await apart.readPages(queries));
          expect(await takeNames(together)).toEqual(await takeNames(apart));
        }),
        { numRuns: 25 },
      );
    });
  });
}

const valueArbitrary = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.1, 0.2, -0.3, 1e-7, 5e-324, 2 ** 53, 1.7e308, -1.7e308),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const memberArbitrary = fc.constantFrom('a', 'b', 'c', '__proto__');

const batchArbitrary: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        op: fc.constantFrom('delta' as const, 'set' as const, 'best' as const),
        board: fc.constantFrom('x', 'y', 'z'),
        member: memberArbitrary,
        value: valueArbitrary,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constant('profile' as const),
        member: memberArbitrary,
        name: fc.constantFrom('Name', 'Other'),
      }),
    },
  ),
  { minLength: 1, maxLength: 20 },
);
