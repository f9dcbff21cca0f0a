import { describe, expect, test } from 'vitest';
import { partitionOfProducer } from './partitions.ts';
import {
  allPartitions,
  applyPart,
  beginOnce,
  type CreateStore,
  delta,
  eventually,
  openStores,
  part,
  positionOf,
  profile,
  readEntries,
  readScore,
  reject,
  settled,
  staysWhileUsed,
  takeNames,
} from './support.contract.ts';

const KEY = 'once:BrLU6-aLx0yYr7ZzD1VxPSBeF0hHbJ7N9M3sdRp0kzE';

export function onceContract(createStore: CreateStore): void {
  describe('what is to happen once under a key', () => {
    const open = openStores(createStore);

    test('begins with any body, and again with the same one only', async () => {
      const { store, connect } = await open();
      const other = await connect();
      const first = await beginOnce(store, KEY, 'hash');
      expect(first.rejected).toEqual(new Map());
      expect(await beginOnce(other, KEY, 'hash')).toEqual(first);
      expect(await other.beginOnce(KEY, 'another')).toEqual({ ok: false });
      expect(await beginOnce(store, KEY, 'hash')).toEqual(first);
      const ids = [first.id];
      for (const [key, bodyHash] of [
        [`${KEY}.`, 'hash'],
        [`${KEY}-`, 'another'],
      ] as const) {
        ids.push((await beginOnce(store, key, bodyHash)).id);
      }
      expect(new Set(ids).size).toBe(3);
    });

    test('of two bodies that begin at the same time one is refused', async () => {
      const { store, connect } = await open();
      const other = await connect();
      const verdicts = await Promise.all([store.beginOnce(KEY, 'one'), other.beginOnce(KEY, 'two')]);
      expect(verdicts.map(({ ok }) => ok).sort()).toEqual([false, true]);
    });

    test('beginning changes no board and is no step of any history', async () => {
      const { store } = await open({ partitions: 1 });
      await store.beginOnce(KEY, 'hash');
      expect(await positionOf(store)).toBe(0);
      expect(await readEntries(store)).toEqual([]);
      expect(await takeNames(store)).toEqual({});
    });

    test('a retry completes what was missing and repeats the verdicts', async () => {
      const { store } = await open({ partitions: 1 });
      const operations = [
        delta('b', 'ann', 1),
        reject('forbidden'),
        delta('b', 'ann', Number.NaN),
        delta('b', 'ann', 10),
      ];
      const { id } = await beginOnce(store, KEY, 'hash');
      await applyPart(store, 0, part(id, 0, 1, operations.slice(0, 2)));
      expect(await store.beginOnce(KEY, 'hash')).toEqual({
        ...{ ok: true, id },
        rejected: new Map([[2, 'forbidden']]),
      });
      expect(await applyPart(store, 0, part(id, 0, 1, operations))).toEqual(
        settled(2, [
          { index: 1, code: 'forbidden' },
          { index: 2, code: 'malformed' },
        ]),
      );
      expect(await applyPart(store, 0, part(id, 0, 1, operations))).toEqual(
        settled(4, [
          { index: 1, code: 'forbidden' },
          { index: 2, code: 'malformed' },
        ]),
      );
      expect(await readScore(store, 'b', 'ann')).toBe(11);
      expect(await store.beginOnce(KEY, 'another')).toEqual({ ok: false });
    });

    test('its parts apply once in each partition', async () => {
      const { store } = await open({ partitions: 3 });
      const { id } = await beginOnce(store, KEY, 'hash');
      for (const partition of allPartitions(store)) {
        const sent = part(id, 0, 1, [profile('ann', 'Ann')]);
        expect(await applyPart(store, partition, sent)).toEqual(settled());
        expect(await applyPart(store, partition, sent)).toEqual(settled(1));
      }
    });

    test('what was rejected in the home partition of the key is told, of this use only', async () => {
      const { store } = await open({ partitions: 3 });
      const home = partitionOfProducer(KEY, 3);
      const { id } = await beginOnce(store, KEY, 'hash');
      for (const partition of allPartitions(store)) {
        const code = partition === home ? 'forbidden' : 'malformed';
        await applyPart(store, partition, part(id, 0, partition + 1, [reject(code)]));
      }
      const { rejected } = await beginOnce(store, KEY, 'hash');
      expect(rejected).toEqual(new Map([[home + 1, 'forbidden']]));
      expect((await beginOnce(store, 'once:other', 'hash')).rejected).toEqual(new Map());
    });

    test('a use that is over is followed by a new one as a whole, whenever its parts were tried again', async () => {
      const onceRetentionMs = 100;
      const { store } = await open({ partitions: 2, onceRetentionMs });
      const at = partitionOfProducer(KEY, 2);
      const partWith = (id: string, partition: number) =>
        part(id, 0, 1, [partition === at ? reject('forbidden') : profile('ann', 'Ann')]);
      const first = await beginOnce(store, KEY, 'hash');
      await applyPart(store, 0, partWith(first.id, 0));
      let next = first;
      await eventually(async () => {
        // Only one of two partitions is reached, again and again: it remembers for longer than the other.
        await applyPart(store, 1, partWith(first.id, 1));
        next = await beginOnce(store, KEY, 'hash');
        return next.id !== first.id;
      });
      expect(next.rejected).toEqual(new Map());
      for (const partition of allPartitions(store)) {
        expect(await applyPart(store, partition, partWith(next.id, partition))).toMatchObject({
          duplicates: 0,
        });
      }
    });

    test('after its retention, counted from its first use, a key may stand for another body', async () => {
      const onceRetentionMs = 200;
      const { store } = await open({ partitions: 1, onceRetentionMs });
      for (let attempt = 0; attempt < 10; attempt++) {
        const key = `${KEY}${attempt}`;
        const begunAt = performance.now();
        const { id } = await beginOnce(store, key, 'hash');
        let other = await store.beginOnce(key, 'another');
        let isKnown = true;
        await eventually(async () => {
          // Trying again does not hold it up.
          isKnown = (await beginOnce(store, key, 'hash')).id === id;
          if (!isKnown) return true;
          await applyPart(store, 0, part(id, 0, 1, [delta('b', 'ann', 1)]));
          other = await store.beginOnce(key, 'another');
          return other.ok;
        });
        // Else everything about the key may have been forgotten.
        const isInTime = performance.now() - begunAt < 1.4 * onceRetentionMs;
        if (!isInTime) continue;
        expect(isKnown).toBe(true);
        expect(other).toEqual({ ok: true, id: expect.not.stringContaining(id), rejected: new Map() });
        expect(await store.beginOnce(key, 'hash')).toEqual({ ok: false });
        return;
      }
      throw new Error('this machine paused too often to tell');
    });

    test('parts are remembered for longer than the body of their key', async () => {
      const onceRetentionMs = 200;
      const { store } = await open({ partitions: 1, onceRetentionMs });
      for (let attempt = 0; ; attempt++) {
        const key = `${KEY}${attempt}`;
        const { id } = await beginOnce(store, key, 'hash');
        const sent = part(id, 0, 1, [delta('b', 'ann', 1)]);
        await applyPart(store, 0, sent);
        const appliedAt = performance.now();
        await eventually(async () => (await beginOnce(store, key, 'hash')).id !== id);
        const verdict = await applyPart(store, 0, sent);
        const isLate = performance.now() - appliedAt > 1.9 * onceRetentionMs;
        if (!isLate) {
          expect(verdict).toEqual(settled(1));
          return;
        }
        if (attempt === 10) throw new Error('this machine paused too often to tell');
      }
    });

    test('a part is forgotten after its retention, whatever the retention of producers, in every partition', async () => {
      const { store } = await open({ partitions: 2, onceRetentionMs: 40 });
      const { id } = await beginOnce(store, KEY, 'hash');
      for (const partition of allPartitions(store)) {
        const sent = part(id, 0, 1, [profile('ann', 'Ann')]);
        await applyPart(store, partition, sent);
        await eventually(
          async () => {
            const verdict = await applyPart(store, partition, sent);
            return verdict.status === 'settled' && verdict.duplicates === 0;
          },
          { pauseMs: 120 },
        );
      }
    });

    test('a part that is tried again stays known', async () => {
      const onceRetentionMs = 200;
      const { store } = await open({ partitions: 1, onceRetentionMs });
      let serial = 0;
      const stays = await staysWhileUsed(2 * onceRetentionMs, async () => {
        const sent = part(`once:${serial++}`, 0, 1, [delta('b', 'ann', 1)]);
        await applyPart(store, 0, sent);
        return async () => {
          const verdict = await applyPart(store, 0, sent);
          return verdict.status === 'settled' && verdict.duplicates === 1;
        };
      });
      expect(stays).toBe(true);
    });
  });
}
