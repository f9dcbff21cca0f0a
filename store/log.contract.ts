import { describe, expect, test } from 'vitest';
import type { LogEntry, ScoreStore } from './score-store.ts';
import {
  apply,
  applyParts,
  applyProfile,
  best,
  type CreateStore,
  delta,
  openStores,
  part,
  positionOf,
  profile,
  readEntries,
  reject,
  set,
} from './support.contract.ts';
import { takeOver } from './take-over.ts';

export function logContract(createStore: CreateStore): void {
  describe('the log of a partition', () => {
    const open = openStores(createStore);

    test('holds every step with its positions and its time', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [set('b', 'ann', 1.5), best('b', 'bob', -2), profile('ann', 'Ann')], 1001);
      await store.configureBoard('b', { ties: 'first' }, 1002);
      await store.configureBoard('c', {}, 1003);
      await store.removeMember('b', 'ann', 1004);
      const found = { score: -2, arrival: 0 };
      await store.repairBoard('b', [{ member: 'bob', found, right: { score: 3, arrival: 2 } }], 1005);
      await store.removeBoard('c', 1006);
      await apply(store, [delta('b', 'bob', 1)], 1007);
      expect(await store.readLog(0, 0, 100)).toEqual({
        entries: [
          {
            ...{ kind: 'batch', from: 0, to: 3, at: 1001 },
            operations: [set('b', 'ann', 1.5), best('b', 'bob', -2), profile('ann', 'Ann')],
          },
          {
            ...{ kind: 'configure', from: 3, to: 4, at: 1002 },
            ...{ board: 'b', config: { order: 'desc', ties: 'first', top: 100 } },
          },
          {
            ...{ kind: 'configure', from: 4, to: 5, at: 1003 },
            ...{ board: 'c', config: { order: 'desc', ties: 'member', top: 100 } },
          },
          { kind: 'remove-member', from: 5, to: 6, at: 1004, board: 'b', member: 'ann' },
          { kind: 'repair', from: 6, to: 7, at: 1005, board: 'b', members: ['bob'] },
          { kind: 'remove-board', from: 7, to: 8, at: 1006, board: 'c' },
          { kind: 'batch', from: 8, to: 9, at: 1007, operations: [delta('b', 'bob', 1)] },
        ],
        trimmedTo: 0,
        position: 9,
      } satisfies Awaited<ReturnType<ScoreStore['readLog']>>);
    });

    test('holds of a batch what was applied, in order, and nothing else', async () => {
      const { store } = await open({ partitions: 1 });
      const later = part('r', 5, 1, [reject('forbidden')]);
      await applyParts(store, 0, [part('p', 5, 1, [set('b', 'ann', Number.MAX_VALUE)]), later], 1001);
      await applyParts(
        store,
        0,
        [
          part('p', 5, 1, [
            set('b', 'ann', Number.MAX_VALUE),
            delta('b', 'ann', Number.MAX_VALUE),
            reject('forbidden'),
            delta('b', 'ann', 0),
          ]),
          { operations: [delta('c', 'bob', 1), reject('forbidden'), set('b', 'ann', Number.NaN)] },
          part('q', 5, 1, [delta('c', 'bob', 2)]),
          part('r', 4, 9, [delta('c', 'bob', 4)]),
          { operations: [profile('ann', 'Ann'), delta('c', 'bob', 8)] },
        ],
        1002,
      );
      const operations = [
        delta('b', 'ann', 0),
        delta('c', 'bob', 1),
        delta('c', 'bob', 2),
        profile('ann', 'Ann'),
        delta('c', 'bob', 8),
      ];
      expect(await readEntries(store, 0, 1)).toEqual([
        { kind: 'batch', from: 1, to: 6, at: 1002, operations },
      ]);
    });

    test('has no entry for what applied or changed nothing', async () => {
      const { store } = await open({ partitions: 1, maxConversionMembers: 1 });
      await applyParts(store, 0, [part('p', 5, 1, [set('b', 'ann', 1), set('b', 'bob', 1)])]);
      const before = await readEntries(store);
      await applyParts(store, 0, []);
      await applyParts(store, 0, [
        part('p', 5, 1, [set('b', 'ann', 1)]),
        part('q', 5, 1, [reject('malformed')]),
        { operations: [set('b', 'ann', Number.NaN)] },
        { operations: [] },
      ]);
      await applyParts(store, 0, [part('p', 4, 2, [set('b', 'ann', 1)])]);
      await store.configureBoard('b', { top: 100 }, 1000);
      expect(await store.configureBoard('b', { order: 'asc' }, 1000)).toMatchObject({ ok: false });
      await store.removeBoard('none', 1000);
      await store.removeMember('b', 'stranger', 1000);
      await store.removeMember('none', 'ann', 1000);
      await store.repairBoard('b', [{ member: 'ann', found: { score: 9 }, right: undefined }], 1000);
      await takeOver(store, 'p');
      await store.beginOnce('once:x', 'hash');
      await store.takeDirty([{ partition: 0, fence: 1 }]);
      expect(await readEntries(store)).toEqual(before);
      expect(await positionOf(store)).toBe(2);
    });

    test('keeps each partition apart; a profile is in each of them', async () => {
      const { store } = await open({ partitions: 3 });
      await applyProfile(store, 'ann', 'Ann', 1001);
      await apply(store, [set('b', 'ann', 1)], 1002);
      const logs = await Promise.all([0, 1, 2].map((partition) => readEntries(store, partition)));
      const ofProfile = { kind: 'batch', from: 0, to: 1, at: 1001, operations: [profile('ann', 'Ann')] };
      expect(logs.map(([first]) => first)).toEqual([ofProfile, ofProfile, ofProfile]);
      expect(logs.flatMap((log) => log.slice(1))).toEqual([
        { kind: 'batch', from: 1, to: 2, at: 1002, operations: [set('b', 'ann', 1)] },
      ]);
    });

    test('gives texts and doubles back exactly', async () => {
      const { store } = await open({ partitions: 1 });
      const members = ['__proto__', ' ', 'a:b|c\\"d', 'é', '\u{fffd}', '🏏', 'x'.repeat(128)];
      const values = [0.1 + 0.2, -1 / 3, 5e-324, Number.MAX_VALUE, -1e21, 2 ** 53 - 1, 1e-7];
      const operations = members.flatMap((member, index) => [
        set('__proto__', member, values[index] ?? 0),
        profile(member, `"${member}"`.slice(0, 128)),
      ]);
      await apply(store, operations, 1_700_000_000_123);
      await store.removeMember('__proto__', '🏏', 1_700_000_000_124);
      expect(await readEntries(store)).toEqual([
        { kind: 'batch', from: 0, to: 14, at: 1_700_000_000_123, operations },
        {
          ...{ kind: 'remove-member', from: 14, to: 15, at: 1_700_000_000_124 },
          ...{ board: '__proto__', member: '🏏' },
        },
      ]);
    });

    test('is read in pages, from any position on', async () => {
      const { store } = await open({ partitions: 1 });
      for (let length = 1; length <= 9; length++) {
        await apply(store, Array(length).fill(delta('b', 'ann', 1)), length);
      }
      const all = (await store.readLog(0, 0, 100)).entries;
      expect(all.map(({ from, to, at }) => [from, to, at])).toEqual(
        Array.from({ length: 9 }, (_, i) => [(i * (i + 1)) / 2, ((i + 1) * (i + 2)) / 2, i + 1]),
      );
      const paged: LogEntry[] = [];
      for (;;) {
        const page = await store.readLog(0, paged.at(-1)?.to ?? 0, 4);
        expect(page.position).toBe(45);
        paged.push(...page.entries);
        if (page.entries.length < 4) break;
      }
      expect(paged).toEqual(all);
      // A position amid a batch belongs to the whole of it.
      expect((await store.readLog(0, 13, 2)).entries).toEqual(all.slice(4, 6));
      expect(await store.readLog(0, 45, 5)).toEqual({ entries: [], trimmedTo: 0, position: 45 });
      expect(await store.readLog(0, 99, 5)).toEqual({ entries: [], trimmedTo: 0, position: 45 });
    });

    test('is trimmed from its beginning, tells to where, and never keeps fewer operations than asked', async () => {
      const { store } = await open({ partitions: 1, logOperations: 100 });
      for (let step = 0; step < 30; step++) {
        await apply(store, Array(1 + ((step * 29) % 60)).fill(delta('b', 'ann', 1)));
        const { trimmedTo, position } = await store.readLog(0, 0, 1);
        expect(position - trimmedTo).toBeGreaterThanOrEqual(Math.min(100, position));
        if (position <= 100) expect(trimmedTo).toBe(0);
      }
      for (let step = 0; step < 15; step++) {
        await Promise.all(Array.from({ length: 100 }, () => apply(store, [delta('b', 'ann', 1)])));
      }
      const { trimmedTo, position, entries } = await store.readLog(0, 0, 10_000);
      expect(position - trimmedTo).toBeGreaterThanOrEqual(100);
      expect(position - trimmedTo).toBeLessThan(1100);
      expectUnbroken(entries, trimmedTo, position);
      expect((await store.readLog(0, trimmedTo + 5, 3)).entries).toEqual(entries.slice(5, 8));
    });

    test('is trimmed also where only boards are changed', async () => {
      const { store } = await open({ partitions: 1, logOperations: 10 });
      for (let step = 0; step < 6; step++) {
        await Promise.all(
          Array.from({ length: 100 }, (_, i) => store.configureBoard('b', { top: 1 + (i % 1000) }, 1000)),
        );
      }
      const { trimmedTo, position, entries } = await store.readLog(0, 0, 10_000);
      expect(position - trimmedTo).toBeGreaterThanOrEqual(10);
      expect(position - trimmedTo).toBeLessThan(400);
      expectUnbroken(entries, trimmedTo, position);
    });
  });
}

function expectUnbroken(entries: readonly LogEntry[], trimmedTo: number, position: number): void {
  let at = trimmedTo;
  for (const { from, to } of entries) {
    expect(from).toBe(at);
    at = to;
  }
  expect(at).toBe(position);
}
