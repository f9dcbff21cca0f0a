import { describe, expect, test } from 'vitest';
import { partitionOfProducer } from './partitions.ts';
import { MAX_BATCH_OPERATIONS, MAX_REMEMBERED_REJECTIONS } from './score-store.ts';
import {
  allPartitions,
  applyPart,
  applyParts,
  type CreateStore,
  delta,
  openStores,
  part,
  positionOf,
  profile,
  readMembers,
  readScore,
  reject,
  set,
  settled,
  takeNames,
} from './support.contract.ts';
import { takeOver } from './take-over.ts';

const CONFLICT = { status: 'conflict' };

export function producersContract(createStore: CreateStore): void {
  describe('parts of producers', () => {
    const open = openStores(createStore);

    test('what is sent again changes nothing, however often', async () => {
      const { store } = await open({ partitions: 1 });
      const sent = part('p', 5, 1, [set('b', 'ann', 1), delta('b', 'ann', 2), profile('ann', 'Ann')]);
      expect(await applyParts(store, 0, [sent])).toEqual({ position: 3, parts: [settled()] });
      await takeNames(store);
      for (let time = 0; time < 3; time++) {
        expect(await applyParts(store, 0, [sent])).toEqual({ position: 3, parts: [settled(3)] });
      }
      expect(await readScore(store, 'b', 'ann')).toBe(3);
      expect(await takeNames(store)).toEqual({});
    });

    test('what was settled before is left out of a part, the rest of it applies', async () => {
      const { store } = await open({ partitions: 1 });
      await applyPart(store, 0, part('p', 5, 1, [delta('b', 'ann', 1), delta('b', 'ann', 10)]));
      const overlapping = part('p', 5, 2, [delta('b', 'ann', 10), delta('b', 'ann', 100)]);
      expect(await applyPart(store, 0, overlapping)).toEqual(settled(1));
      expect(await readScore(store, 'b', 'ann')).toBe(111);
      expect(await positionOf(store)).toBe(3);
    });

    test('numbers may have gaps, and one that is below the last counts as settled', async () => {
      const { store } = await open({ partitions: 1 });
      const add = (numbers: readonly number[]) =>
        applyPart(store, 0, {
          producer: { id: 'p', claim: 5, numbers },
          operations: numbers.map((number) => delta('b', 'ann', 2 ** number)),
        });
      expect(await add([2, 7])).toEqual(settled());
      expect(await add([1, 3, 7, 9, 20])).toEqual(settled(3));
      expect(await readScore(store, 'b', 'ann')).toBe(2 ** 2 + 2 ** 7 + 2 ** 9 + 2 ** 20);
    });

    test('numbers grow beyond 32 bits', async () => {
      const { store } = await open({ partitions: 1 });
      const first = 2 ** 53 - 3;
      const sent = part('p', 2 ** 52, first, [delta('b', 'ann', 1), reject('forbidden')]);
      expect(await applyPart(store, 0, sent)).toEqual(settled(0, [{ index: 1, code: 'forbidden' }]));
      expect(await applyPart(store, 0, sent)).toEqual(settled(2, [{ index: 1, code: 'forbidden' }]));
      expect(await applyPart(store, 0, part('p', 2 ** 52, first + 2, [delta('b', 'ann', 1)]))).toEqual(
        settled(),
      );
      expect((await takeOver(store, 'p')).last).toBe(first + 2);
    });

    test('what was refused stays refused under its number, with its code, also where it would be applied now', async () => {
      const { store } = await open({ partitions: 1 });
      const operations = [
        set('b', 'ann', Number.MAX_VALUE),
        delta('b', 'ann', Number.MAX_VALUE),
        reject('forbidden'),
        delta('b', 'bob', 1),
        set('b', 'ann', Number.NaN),
      ];
      const refused = [
        { index: 1, code: 'malformed' },
        { index: 2, code: 'forbidden' },
        { index: 4, code: 'malformed' },
      ] as const;
      expect(await applyPart(store, 0, part('p', 5, 1, operations))).toEqual(settled(0, refused));
      await applyPart(store, 0, { operations: [set('b', 'ann', 0)] });
      const again = operations.map(() => delta('b', 'ann', 1));
      expect(await applyPart(store, 0, part('p', 5, 1, again))).toEqual(settled(5, refused));
      const later = part('p', 5, 3, [...again.slice(2), reject('too_large'), delta('b', 'ann', 1)]);
      expect(await applyPart(store, 0, later)).toEqual(
        settled(3, [
          { index: 0, code: 'forbidden' },
          { index: 2, code: 'malformed' },
          { index: 3, code: 'too_large' },
        ]),
      );
      expect(await readScore(store, 'b', 'ann')).toBe(1);
    });

    test('a rejected event moves neither the position nor any board, with and without a producer', async () => {
      const { store } = await open({ partitions: 1 });
      const refused = [{ index: 0, code: 'forbidden' }] as const;
      const parts = [part('p', 5, 1, [reject('forbidden')]), { operations: [reject('forbidden')] }];
      expect(await applyParts(store, 0, parts)).toEqual({
        position: 0,
        parts: [settled(0, refused), settled(0, refused)],
      });
      expect(await takeNames(store)).toEqual({});
      expect(await store.listBoards({ limit: 5 })).toEqual([]);
    });

    test('the latest refused numbers are remembered, an older one counts as a duplicate', async () => {
      const { store } = await open({ partitions: 1 });
      const all = MAX_REMEMBERED_REJECTIONS + 3;
      for (let first = 1; first <= all; first += MAX_BATCH_OPERATIONS) {
        const length = Math.min(MAX_BATCH_OPERATIONS, all - first + 1);
        const rejects = Array.from({ length }, (_, index) =>
          reject((first + index) % 2 === 0 ? 'forbidden' : 'malformed'),
        );
        await applyPart(store, 0, part('p', 5, first, rejects));
      }
      const oldest = part('p', 5, 1, Array(6).fill(delta('b', 'ann', 1)));
      expect(await applyPart(store, 0, oldest)).toEqual(
        settled(6, [
          { index: 3, code: 'forbidden' },
          { index: 4, code: 'malformed' },
          { index: 5, code: 'forbidden' },
        ]),
      );
      const { last, rejected } = await takeOver(store, 'p');
      expect(last).toBe(all);
      expect(rejected.size).toBe(MAX_REMEMBERED_REJECTIONS);
      expect([rejected.get(3), rejected.get(4), rejected.get(all)]).toEqual([
        undefined,
        'forbidden',
        'malformed',
      ]);
    });

    test('a part with an earlier claim applies nothing and settles nothing, the others of its batch apply', async () => {
      const { store } = await open({ partitions: 1 });
      await applyPart(store, 0, part('p', 6, 1, [delta('b', 'ann', 1)]));
      const verdict = await applyParts(store, 0, [
        part('other', 3, 1, [delta('b', 'ann', 10)]),
        part('p', 5, 2, [delta('b', 'ann', 100), delta('new', 'ann', 1), reject('forbidden')]),
        { operations: [delta('b', 'ann', 1000)] },
      ]);
      expect(verdict).toEqual({ position: 3, parts: [settled(), CONFLICT, settled()] });
      expect(await readScore(store, 'b', 'ann')).toBe(1011);
      expect((await store.listBoards({ limit: 5 })).map(({ id }) => id)).toEqual(['b']);
      // What was settled before is in conflict, too: the session that sends it must learn that it is over.
      expect(await applyPart(store, 0, part('p', 5, 1, [delta('b', 'ann', 1)]))).toEqual(CONFLICT);
      expect(await applyPart(store, 0, part('p', 6, 2, [delta('b', 'ann', 1)]))).toEqual(settled());
      expect(await applyPart(store, 0, part('p', 0, 3, [delta('b', 'ann', 1)]))).toEqual(CONFLICT);
    });

    test('a later claim is adopted with the first part that carries it, and the numbers go on', async () => {
      const { store } = await open({ partitions: 1 });
      await applyPart(store, 0, part('p', 5, 1, [delta('b', 'ann', 1), reject('forbidden')]));
      const next = part('p', 7, 1, [delta('b', 'ann', 1), delta('b', 'ann', 1), delta('b', 'ann', 1)]);
      expect(await applyPart(store, 0, next)).toEqual(settled(2, [{ index: 1, code: 'forbidden' }]));
      expect(await applyPart(store, 0, part('p', 6, 4, [delta('b', 'ann', 1)]))).toEqual(CONFLICT);
      // Also with a part that has nothing new.
      expect(await applyPart(store, 0, part('p', 8, 1, [delta('b', 'ann', 1)]))).toEqual(settled(1));
      expect(await applyPart(store, 0, part('p', 7, 4, [delta('b', 'ann', 1)]))).toEqual(CONFLICT);
      expect(await readScore(store, 'b', 'ann')).toBe(2);
    });

    test('parts of several producers and of none apply in their order', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await applyPart(store, 0, part('two', 5, 1, [set('b', 'zoe', 5)]));
      const { parts } = await applyParts(store, 0, [
        part('one', 5, 1, [set('b', 'yan', 5), set('b', 'ann', 1)]),
        { operations: [delta('b', 'ann', 10), delta('b', 'ann', Number.POSITIVE_INFINITY)] },
        part('two', 5, 1, [set('b', 'zoe', 9), set('b', 'ann', 5), set('b', 'bob', 5)]),
        { operations: [] },
        { operations: [set('b', 'abe', 5)] },
      ]);
      expect(parts).toEqual([
        settled(),
        settled(0, [{ index: 1, code: 'malformed' }]),
        settled(1),
        settled(),
        settled(),
      ]);
      expect(await readMembers(store, 'b')).toEqual(['zoe', 'yan', 'ann', 'bob', 'abe']);
      expect(await readScore(store, 'b', 'ann')).toBe(5);
    });

    test('each partition counts for itself', async () => {
      const { store } = await open({ partitions: 3 });
      for (const partition of allPartitions(store)) {
        const sent = part('p', 5, 1, [profile('ann', 'Ann')]);
        expect(await applyPart(store, partition, sent)).toEqual(settled());
        expect(await applyPart(store, partition, sent)).toEqual(settled(1));
      }
    });

    test('producers are told apart, whatever they are called', async () => {
      const { store } = await open({ partitions: 1 });
      for (const id of ['__proto__', 'constructor', 'p', 'P', 'p.1', 'p-1', 'x'.repeat(64)]) {
        const sent = part(id, 5, 1, [delta('b', 'ann', 1), reject('forbidden')]);
        const refused = [{ index: 1, code: 'forbidden' }] as const;
        expect(await applyPart(store, 0, sent)).toEqual(settled(0, refused));
        expect(await applyPart(store, 0, sent)).toEqual(settled(2, refused));
      }
      expect(await readScore(store, 'b', 'ann')).toBe(7);
    });

    test('of the same part sent at once from two clients one is applied', async () => {
      const { store: one, connect } = await open({ partitions: 1 });
      const two = await connect();
      const sent = part('p', 5, 1, [delta('b', 'ann', 1), delta('b', 'bob', 1)]);
      const verdicts = await Promise.all([one, two, one, two, one].map((store) => applyPart(store, 0, sent)));
      expect(verdicts.filter((verdict) => verdict.status === 'settled' && verdict.duplicates === 0)).toEqual([
        settled(),
      ]);
      expect(await readScore(one, 'b', 'ann')).toBe(1);
      const home = partitionOfProducer('p', 1);
      expect(await positionOf(one, home)).toBe(2);
    });
  });
}
