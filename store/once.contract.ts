import { describe, expect, test } from 'vitest';
import { partitionOfProducer } from './partitions.ts';
import {
  allPartitions,
  applyPart,
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
      expect(await store.beginOnce(KEY, 'hash')).toEqual({ ok: true, rejected: new Map() });
      expect(await other.beginOnce(KEY, 'hash')).toEqual({ ok: true, rejected: new Map() });
      expect(await other.beginOnce(KEY, 'another')).toEqual({ ok: false });
      expect(await store.beginOnce(KEY, 'hash')).toEqual({ ok: true, rejected: new Map() });
      expect(await store.beginOnce(`${KEY}.`, 'another')).toEqual({ ok: true, rejected: new Map() });
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
      await store.beginOnce(KEY, 'hash');
      await applyPart(store, 0, part(KEY, 0, 1, operations.slice(0, 2)));
      expect(await store.beginOnce(KEY, 'hash')).toEqual({ ok: true, rejected: new Map([[2, 'forbidden']]) });
      expect(await applyPart(store, 0, part(KEY, 0, 1, operations))).toEqual(
        settled(2, [
          { index: 1, code: 'forbidden' },
          { index: 2, code: 'malformed' },
        ]),
      );
      expect(await applyPart(store, 0, part(KEY, 0, 1, operations))).toEqual(
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
      await store.beginOnce(KEY, 'hash');
      for (const partition of allPartitions(store)) {
        const sent = part(KEY, 0, 1, [profile('ann', 'Ann')]);
        expect(await applyPart(store, partition, sent)).toEqual(settled());
        expect(await applyPart(store, partition, sent)).toEqual(settled(1));
      }
    });

    test('a key is forgotten after its retention, whatever the retention of producers, in every partition', async () => {
      const { store } = await open({ partitions: 2, onceRetentionMs: 40 });
      const at = partitionOfProducer(KEY, 2);
      const parts = [0, 1].map((partition) => ({
        partition,
        sent: part(KEY, 0, 1, [partition === at ? reject('forbidden') : profile('ann', 'Ann')]),
      }));
      await store.beginOnce(KEY, 'hash');
      for (const { partition, sent } of parts) await applyPart(store, partition, sent);
      await eventually(
        async () => {
          const verdict = await store.beginOnce(KEY, 'another');
          return verdict.ok && verdict.rejected.size === 0;
        },
        { pauseMs: 120 },
      );
      for (const { partition, sent } of parts) {
        await eventually(
          async () => {
            const verdict = await applyPart(store, partition, sent);
            return verdict.status === 'settled' && verdict.duplicates === 0;
          },
          { pauseMs: 120 },
        );
      }
    });

    test('beginning again keeps a key known', async () => {
      const onceRetentionMs = 400;
      const { store } = await open({ onceRetentionMs });
      let serial = 0;
      const stays = await staysWhileUsed(onceRetentionMs, async () => {
        const key = `once:${serial++}`;
        await store.beginOnce(key, 'hash');
        const at = partitionOfProducer(key, store.partitions);
        await applyPart(store, at, part(key, 0, 1, [reject('forbidden')]));
        return async () => {
          const verdict = await store.beginOnce(key, 'hash');
          return verdict.ok && verdict.rejected.size === 1;
        };
      });
      expect(stays).toBe(true);
    });

    test('a part keeps its key known, with the hash of the body', async () => {
      const onceRetentionMs = 400;
      const { store } = await open({ partitions: 1, onceRetentionMs });
      let serial = 0;
      const stays = await staysWhileUsed(onceRetentionMs, async () => {
        const key = `once:${serial++}`;
        await store.beginOnce(key, 'hash');
        const sent = part(key, 0, 1, [delta('b', 'ann', 1)]);
        await applyPart(store, 0, sent);
        return async () => {
          const verdict = await applyPart(store, 0, sent);
          if (verdict.status !== 'settled' || verdict.duplicates !== 1) return false;
          return !(await store.beginOnce(key, 'another')).ok;
        };
      });
      expect(stays).toBe(true);
    });
  });
}
