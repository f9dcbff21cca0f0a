import { describe, expect, test } from 'vitest';
import type { Operation } from './score-store.ts';
import {
  allPartitions,
  apply,
  type CreateStore,
  count,
  delta,
  openStores,
  positionOf,
  readCounters,
  readEntries,
  takeNames,
} from './support.contract.ts';

const HARD_TEXTS = [
  '__proto__',
  'constructor',
  'a:b:c',
  ':',
  '1:a',
  'with some spaces ',
  '{p1}',
  '%s "quoted" \\',
  '🏏🏆👩‍👩‍👧',
  'é'.repeat(64),
  'x'.repeat(128),
];

export function countersContract(createStore: CreateStore): void {
  describe('counters of players', () => {
    const open = openStores(createStore);

    test('begin at zero and grow, each on its own', async () => {
      const { store } = await open();
      await apply(store, [
        count('g', 'ann', 'wins'),
        count('g', 'ann', 'wins', 2),
        count('g', 'ann', 'losses', 0),
      ]);
      await apply(store, [count('g', 'bob', 'wins', -4)]);
      await apply(store, [count('h', 'ann', 'wins', 100)]);
      await apply(store, [count('g', 'ann', 'wins', 0.5), count('g', 'ann', 'drawn', 7)]);
      expect(
        await store.readPlayers([
          { product: 'g', player: 'ann' },
          { product: 'h', player: 'bob' },
          { product: 'g', player: 'bob' },
          { product: 'h', player: 'ann' },
          { product: 'g', player: 'ann' },
        ]),
      ).toEqual([
        new Map([
          ['wins', 3.5],
          ['losses', 0],
          ['drawn', 7],
        ]),
        new Map(),
        new Map([['wins', -4]]),
        new Map([['wins', 100]]),
        new Map([
          ['wins', 3.5],
          ['losses', 0],
          ['drawn', 7],
        ]),
      ]);
      expect(await store.readPlayers([])).toEqual([]);
    });

    test('are exact doubles, never minus zero, and refuse alone what would not be finite', async () => {
      const { store } = await open({ partitions: 1 });
      const steps = [0.1, 0.2, 1e-7, -1 / 3, 5e-324, 2 ** 53, 1, -(2 ** 53), 123456789.12345679, 1e21];
      let sum = 0;
      for (const by of steps) {
        await apply(store, [count('g', 'ann', 'sum', by)]);
        sum += by;
        expect((await readCounters(store, 'g', 'ann'))?.get('sum')).toBe(sum);
      }
      const verdict = await apply(store, [
        count('g', 'bob', 'big', Number.MAX_VALUE),
        count('g', 'bob', 'big', Number.MAX_VALUE),
        count('g', 'bob', 'not', Number.NaN),
        count('g', 'bob', 'not', Number.POSITIVE_INFINITY),
        count('g', 'bob', 'zero', -0),
        count('g', 'bob', 'one', 1),
        count('g', 'bob', 'one', -1),
      ]);
      expect(verdict).toEqual({
        position: steps.length + 4,
        refused: [1, 2, 3].map((index) => ({ index, code: 'malformed' })),
      });
      expect(await readCounters(store, 'g', 'bob')).toEqual(
        new Map([
          ['big', Number.MAX_VALUE],
          ['zero', 0],
          ['one', 0],
        ]),
      );
    });

    test('of a product have so many names in a partition, a further one is refused', async () => {
      const { store } = await open({ partitions: 1, maxCountersPerProduct: 3 });
      await apply(store, [count('g', 'ann', 'a'), count('g', 'bob', 'b')]);
      const verdict = await apply(store, [
        count('g', 'ann', 'c', Number.NaN),
        count('g', 'cid', 'c'),
        count('g', 'ann', 'd'),
        count('g', 'dan', 'a'),
        count('g', 'ann', 'e', Number.NaN),
        count('h', 'ann', 'd'),
        count('g', 'ann', '__proto__'),
      ]);
      expect(verdict).toEqual({
        position: 5,
        refused: [
          { index: 0, code: 'malformed' },
          { index: 2, code: 'too_large' },
          { index: 4, code: 'malformed' },
          { index: 6, code: 'too_large' },
        ],
      });
      expect((await apply(store, [count('g', 'ann', 'd'), count('g', 'ann', 'c')])).refused).toEqual([
        { index: 0, code: 'too_large' },
      ]);
      expect(await readCounters(store, 'g', 'ann')).toEqual(
        new Map([
          ['a', 1],
          ['c', 1],
        ]),
      );
      expect(await readCounters(store, 'h', 'ann')).toEqual(new Map([['d', 1]]));
      expect(await readCounters(store, 'g', 'dan')).toEqual(new Map([['a', 1]]));
    });

    test.each(HARD_TEXTS)('may have %j for a player and for a name', async (text) => {
      const { store } = await open({ partitions: 2 });
      await apply(store, [count('__proto__', text, text, 2), count('__proto__', text, 'wins', 3)]);
      await apply(store, [count('__proto__', 'ann', text, 4)]);
      expect(await readCounters(store, '__proto__', text)).toEqual(
        new Map([
          [text, 2],
          ['wins', 3],
        ]),
      );
      expect(await readCounters(store, '__proto__', 'ann')).toEqual(new Map([[text, 4]]));
      expect(await takeNames(store)).toEqual({ 'players:__proto__': 1000 });
      const operations = (await Promise.all(allPartitions(store).map((each) => readEntries(store, each))))
        .flat()
        .flatMap((entry) => (entry.kind === 'batch' ? entry.operations : []));
      expect(operations).toContainEqual(count('__proto__', text, text, 2));
    });

    test('with colons in them are not taken for one another', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [
        count('g', 'a:b', 'c', 1),
        count('g', 'a', 'b:c', 2),
        count('g', 'a:b:c', 'd', 3),
        count('g', '3:a', 'b', 4),
        count('g', 'é', 'x', 5),
        count('g', 'é:x', 'x', 6),
      ]);
      expect(await readCounters(store, 'g', 'a:b')).toEqual(new Map([['c', 1]]));
      expect(await readCounters(store, 'g', 'a')).toEqual(new Map([['b:c', 2]]));
      expect(await readCounters(store, 'g', 'a:b:c')).toEqual(new Map([['d', 3]]));
      expect(await readCounters(store, 'g', '3:a')).toEqual(new Map([['b', 4]]));
      expect(await readCounters(store, 'g', 'é')).toEqual(new Map([['x', 5]]));
      expect(await readCounters(store, 'g', 'é:x')).toEqual(new Map([['x', 6]]));
    });

    test('mark the players of their product when they change or are new, and only then', async () => {
      const { store } = await open();
      await apply(store, [count('g', 'a:b', 'wins', 0)], 2000);
      expect(await takeNames(store)).toEqual({ 'players:g': 2000 });
      await apply(store, [count('g', 'a:b', 'wins', 0), count('g', 'a:b', 'wins', Number.NaN)], 3000);
      expect(await takeNames(store)).toEqual({});
      await apply(store, [count('g', 'a:b', 'wins', 1), count('g', 'a:b', 'wins', -1)], 4000);
      expect(await takeNames(store)).toEqual({ 'players:g': 4000 });
    });

    test('move the position by one each, and are in the log', async () => {
      const { store } = await open({ partitions: 1 });
      const operations: Operation[] = [
        count('g', 'ann', 'wins', 0.1),
        delta('b', 'ann', 1),
        count('g', 'ann', 'wins', 0),
        count('h', 'bob', 'x'.repeat(134), -1e-7),
        count('g', 'ann', '🏏', Number.MAX_VALUE),
      ];
      const refused = count('g', 'ann', 'wins', Number.NaN);
      expect(await apply(store, [...operations.slice(0, 2), refused, ...operations.slice(2)], 1001)).toEqual({
        position: 5,
        refused: [{ index: 2, code: 'malformed' }],
      });
      expect(await readEntries(store)).toEqual([{ kind: 'batch', from: 0, to: 5, at: 1001, operations }]);
      expect(await positionOf(store)).toBe(5);
      expect(await store.listBoards({ limit: 5 })).toHaveLength(1);
    });

    test('of many players are read at once, in the order asked', async () => {
      const { store } = await open();
      const players = Array.from({ length: 40 }, (_, index) => `m${index}`);
      for (const [index, player] of players.entries()) await apply(store, [count('g', player, 'n', index)]);
      const read = await store.readPlayers(players.map((player) => ({ product: 'g', player })));
      expect(read.map((counters) => counters.get('n'))).toEqual(players.map((_, index) => index));
    });

    test('added to by many clients at once count each', async () => {
      const { store, connect } = await open();
      const clients = [store, await connect()];
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          apply(clients[index % 2] ?? store, [count('g', 'ann', 'wins'), count('g', 'ann', `n${index % 5}`)]),
        ),
      );
      const counters = await readCounters(store, 'g', 'ann');
      expect(counters?.get('wins')).toBe(50);
      expect(counters?.get('n3')).toBe(10);
    });
  });
}
