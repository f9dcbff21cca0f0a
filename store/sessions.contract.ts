import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partitionOfArea } from './partitions.ts';
import type { Operation, ScoreStore, SweepResult } from './score-store.ts';
import {
  allPartitions,
  apply,
  type CreateStore,
  delta,
  login,
  logout,
  openStores,
  positionOf,
  readEntries,
  readModes,
  takeNames,
} from './support.contract.ts';

const SECOND = 'second';
const HARD_TEXTS = [
  '__proto__',
  'a:b:c',
  ':',
  '{p1}',
  ' ',
  '%s "x" \\',
  '🏏',
  'é'.repeat(64),
  'x'.repeat(128),
];

export function sessionsContract(createStore: CreateStore): void {
  describe('sessions', () => {
    const open = openStores(createStore);

    test('count each user in one mode of an area at a time', async () => {
      const { store } = await open();
      await apply(store, [
        login('111', 'ann', 'duel'),
        login('111', 'bob', 'duel'),
        login('111', 'cid', 'team'),
      ]);
      expect(await readModes(store, '111')).toEqual([
        ['duel', 2],
        ['team', 1],
      ]);
      await apply(store, [login('111', 'ann', 'duel'), login('111', 'bob', 'team')]);
      expect(await readModes(store, '111')).toEqual([
        ['team', 2],
        ['duel', 1],
      ]);
      await apply(store, [login('111', 'ann', 'solo')]);
      expect(await readModes(store, '111')).toEqual([
        ['team', 2],
        ['solo', 1],
      ]);
    });

    test('list the areas in which somebody is active, in byte order and page by page', async () => {
      const { store } = await open({ sessionTimeoutMs: 100 });
      const areas = ['-', '.', '111', '112', '2', 'A', '__proto__', 'a', 'b'];
      expect(await store.listAreas({ limit: 10 })).toEqual([]);
      for (const area of [...areas].reverse()) await apply(store, [login(area, 'ann', 'duel')], 1000);
      expect(await store.listAreas({ limit: 10 })).toEqual(areas);
      expect(await store.listAreas({ limit: 3 })).toEqual(areas.slice(0, 3));
      expect(await store.listAreas({ after: '111', limit: 3 })).toEqual(areas.slice(3, 6));
      expect(await store.listAreas({ after: 'zz', limit: 3 })).toEqual([]);
      await apply(store, [login('111', 'bob', 'team'), logout('111', 'ann')], 1050);
      await apply(store, [logout('112', 'ann')], 1050);
      await apply(store, [login('2', 'ann', 'team')], 1050);
      expect(await store.listAreas({ limit: 10 })).toEqual(areas.filter((area) => area !== '112'));
      for (const partition of allPartitions(store)) await store.sweep(partition, 1110, 100);
      expect(await store.listAreas({ limit: 10 })).toEqual(['111', '2']);
    });

    test('end with a logout, whatever the mode; of who is not active it changes nothing', async () => {
      const { store } = await open({ partitions: 1 });
      await apply(store, [login('111', 'ann', 'duel'), login('222', 'ann', 'duel')]);
      await takeNames(store);
      expect((await apply(store, [logout('111', 'bob'), logout('333', 'ann')])).position).toBe(4);
      expect(await takeNames(store)).toEqual({});
      await apply(store, [logout('111', 'ann'), logout('111', 'ann')]);
      expect(await readModes(store, '111')).toEqual([]);
      expect(await readModes(store, '222')).toEqual([['duel', 1]]);
      await apply(store, [login('111', 'ann', 'team'), logout('111', 'ann'), login('111', 'ann', 'solo')]);
      expect(await readModes(store, '111')).toEqual([['solo', 1]]);
    });

    test('are read most users first, among equals in byte order of the mode, and no more than asked', async () => {
      const { store } = await open();
      const modes = ['zz', 'é', 'b', '🏏', '\u{fffd}', 'a', '__proto__'];
      await apply(
        store,
        modes.map((mode, index) => login('111', `u${index}`, mode)),
      );
      await apply(store, [login('111', 'v', 'é'), login('111', 'w', 'é'), login('111', 'x', 'b')]);
      const sorted = [
        ['é', 3],
        ['b', 2],
        ['__proto__', 1],
        ['a', 1],
        ['zz', 1],
        ['\u{fffd}', 1],
        ['🏏', 1],
      ];
      expect(await readModes(store, '111')).toEqual(sorted);
      expect(await readModes(store, '111', 3)).toEqual(sorted.slice(0, 3));
      expect(await readModes(store, '111', 7)).toEqual(sorted);
      expect(await store.readAreas([])).toEqual([]);
      expect(
        await store.readAreas([
          { area: '222', limit: 9 },
          { area: '111', limit: 1 },
        ]),
      ).toEqual([[], [{ mode: 'é', count: 3 }]]);
    });

    test.each(HARD_TEXTS)('may have %j for a user and for a mode', async (text) => {
      const { store } = await open({ partitions: 2 });
      await apply(store, [login('__proto__', text, text), login('__proto__', SECOND, 'duel')]);
      await apply(store, [login('__proto__', 'other', text)]);
      expect(await readModes(store, '__proto__')).toEqual([
        [text, 2],
        ['duel', 1],
      ]);
      await apply(store, [logout('__proto__', text)]);
      expect(await readModes(store, '__proto__')).toContainEqual([text, 1]);
      const entries = (
        await Promise.all(allPartitions(store).map((each) => readEntries(store, each)))
      ).flat();
      expect(entries.flatMap((entry) => (entry.kind === 'batch' ? entry.operations : []))).toEqual([
        login('__proto__', text, text),
        login('__proto__', SECOND, 'duel'),
        login('__proto__', 'other', text),
        logout('__proto__', text),
      ]);
      const swept = await store.sweep(partitionOfArea('__proto__', 2), 1e13, 10);
      expect(swept).toEqual({ sessions: 2, windows: 0, more: false });
      expect(await readModes(store, '__proto__')).toEqual([]);
    });

    test('mark their area when somebody begins, moves or ends, not when a login is renewed', async () => {
      const { store } = await open();
      await apply(store, [login('111', 'ann', 'duel')], 2000);
      expect(await takeNames(store)).toEqual({ 'area:111': 2000 });
      await apply(store, [login('111', 'ann', 'duel')], 3000);
      expect(await takeNames(store)).toEqual({});
      await apply(store, [login('111', 'ann', 'team')], 4000);
      expect(await takeNames(store)).toEqual({ 'area:111': 4000 });
      await apply(store, [logout('111', 'ann')], 5000);
      expect(await takeNames(store)).toEqual({ 'area:111': 5000 });
      await apply(store, [login('111', 'ann', 'team'), logout('111', 'ann')], 6000);
      expect(await takeNames(store)).toEqual({ 'area:111': 6000 });
    });

    test('move the position by one each and are in the log, renewed logins too', async () => {
      const { store } = await open({ partitions: 1 });
      const operations: Operation[] = [
        login('111', 'ann', 'duel'),
        delta('b', 'ann', 1),
        login('111', 'ann', 'duel'),
        logout('111', 'ann'),
        logout('111', 'ann'),
      ];
      expect((await apply(store, operations, 1001)).position).toBe(5);
      expect(await readEntries(store)).toEqual([{ kind: 'batch', from: 0, to: 5, at: 1001, operations }]);
    });

    test('end when the latest login is long ago, exactly then', async () => {
      const { store } = await open({ partitions: 1, sessionTimeoutMs: 100 });
      await apply(store, [login('111', 'ann', 'duel'), login('111', 'bob', 'duel')], 1000);
      await apply(store, [login('222', 'cid', 'team')], 1001);
      await apply(store, [login('111', 'bob', 'duel')], 1050);
      await takeNames(store);
      const before = await positionOf(store);
      expect(await store.sweep(0, 1099, 10)).toEqual({ sessions: 0, windows: 0, more: false });
      expect(await positionOf(store)).toBe(before);
      expect(await store.sweep(0, 1100, 10)).toEqual({ sessions: 1, windows: 0, more: false });
      expect(await readModes(store, '111')).toEqual([['duel', 1]]);
      expect(await readModes(store, '222')).toEqual([['team', 1]]);
      expect(await takeNames(store)).toEqual({ 'area:111': 1100 });
      expect(await store.sweep(0, 1149, 10)).toEqual({ sessions: 1, windows: 0, more: false });
      expect(await takeNames(store)).toEqual({ 'area:222': 1149 });
      expect(await store.sweep(0, 1150, 10)).toEqual({ sessions: 1, windows: 0, more: false });
      expect(await readModes(store, '111')).toEqual([]);
      expect(await store.sweep(0, 9999, 10)).toEqual({ sessions: 0, windows: 0, more: false });
      expect(await readEntries(store, 0, before)).toEqual(
        [
          { at: 1100, sessions: [{ area: '111', user: 'ann' }] },
          { at: 1149, sessions: [{ area: '222', user: 'cid' }] },
          { at: 1150, sessions: [{ area: '111', user: 'bob' }] },
        ].map((step, index) => ({
          ...step,
          kind: 'expire-sessions',
          from: before + index,
          to: before + index + 1,
        })),
      );
      await apply(store, [login('111', 'ann', 'duel')], 9999);
      expect(await readModes(store, '111')).toEqual([['duel', 1]]);
    });

    test('begin anew with a move and with another login, and of several logins the one applied last counts', async () => {
      const { store } = await open({ partitions: 1, sessionTimeoutMs: 100 });
      await apply(store, [
        login('111', 'ann', 'duel'),
        login('111', 'bob', 'duel'),
        login('111', 'cid', 'duel'),
      ]);
      await apply(store, [login('111', 'ann', 'team')], 1090);
      await apply(store, [logout('111', 'bob'), login('111', 'bob', 'duel')], 1090);
      await apply(store, [login('111', 'cid', 'duel')], 990);
      expect(await store.sweep(0, 1099, 10)).toMatchObject({ sessions: 1 });
      expect(await readModes(store, '111')).toEqual([
        ['duel', 1],
        ['team', 1],
      ]);
      expect(await store.sweep(0, 1189, 10)).toMatchObject({ sessions: 0 });
      expect(await store.sweep(0, 1190, 10)).toMatchObject({ sessions: 2 });
    });

    test('are ended the oldest login first, no more at once than asked, until none is left', async () => {
      const { store } = await open({ partitions: 1, sessionTimeoutMs: 100 });
      const users = ['zoe', 'ann', 'a:b', 'é', '🏏', '\u{fffd}'];
      await apply(
        store,
        users.map((user) => login('2', user, 'duel')),
        2000,
      );
      await apply(store, [login('1', 'kim', 'duel'), login('2', 'old', 'duel')], 1000);
      await apply(store, [login('10', 'lee', 'duel')], 2000);
      const before = await positionOf(store);
      const sweeps: SweepResult[] = [];
      while (sweeps.at(-1)?.more ?? true) sweeps.push(await store.sweep(0, 5000, 3));
      expect(sweeps).toEqual([
        ...Array(3).fill({ sessions: 3, windows: 0, more: true }),
        { sessions: 0, windows: 0, more: false },
      ]);
      const ended = (await readEntries(store, 0, before)).map((entry) =>
        entry.kind === 'expire-sessions' ? entry.sessions.map(({ area, user }) => `${area} ${user}`) : entry,
      );
      expect(ended).toEqual([
        ['1 kim', '2 old', '10 lee'],
        ['2 a:b', '2 ann', '2 zoe'],
        ['2 é', '2 \u{fffd}', '2 🏏'],
      ]);
    });

    test('of other partitions are left alone', async () => {
      const { store } = await open({ partitions: 3 });
      const areas = Array.from({ length: 20 }, (_, index) => `a${index}`);
      for (const area of areas) await apply(store, [login(area, 'ann', 'duel')]);
      const swept = await store.sweep(1, 1e13, 500);
      const here = areas.filter((area) => partitionOfArea(area, 3) === 1);
      expect(swept).toEqual({ sessions: here.length, windows: 0, more: false });
      for (const area of areas) {
        expect(await readModes(store, area)).toEqual(here.includes(area) ? [] : [['duel', 1]]);
      }
    });

    test('that are renewed while others sweep stay', async () => {
      const { store, connect } = await open({ partitions: 1, sessionTimeoutMs: 100 });
      const other = await connect();
      const users = Array.from({ length: 40 }, (_, index) => `u${index}`);
      await apply(
        store,
        users.map((user) => login('111', user, 'duel')),
      );
      const renewed = users.slice(0, 20);
      await Promise.all([
        ...renewed.map((user) => apply(store, [login('111', user, 'duel')], 2000)),
        ...renewed.map(() => other.sweep(0, 1500, 7)),
      ]);
      while ((await other.sweep(0, 1500, 7)).more);
      expect(await readModes(store, '111')).toEqual([['duel', 20]]);
      await apply(
        store,
        renewed.map((user) => logout('111', user)),
      );
      expect(await readModes(store, '111')).toEqual([]);
    });

    test('in a batch give what they give one by one', async () => {
      const { store: together } = await open({ partitions: 1, sessionTimeoutMs: 100 });
      const { store: apart } = await open({ partitions: 1, sessionTimeoutMs: 100 });
      let at = 1000;
      await fc.assert(
        fc.asyncProperty(
          fc.array(operationArbitrary, { minLength: 1, maxLength: 30 }),
          async (operations) => {
            at += 40;
            const { position } = await apply(together, operations, at);
            let last = 0;
            for (const operation of operations) last = (await apply(apart, [operation], at)).position;
            expect(position).toBe(last);
            expect(await takeNames(together)).toEqual(await takeNames(apart));
            expect(await contentOf(together)).toEqual(await contentOf(apart));
            expect(await together.sweep(0, at, 5)).toEqual(await apart.sweep(0, at, 5));
            expect(await contentOf(together)).toEqual(await contentOf(apart));
          },
        ),
        { numRuns: 25 },
      );
    });
  });
}

function contentOf(store: ScoreStore): Promise<unknown> {
  return store.readAreas(['1', '2'].map((area) => ({ area, limit: 10 })));
}

const operationArbitrary: fc.Arbitrary<Operation> = fc
  .tuple(
    fc.constantFrom('1', '2'),
    fc.constantFrom('ann', 'bob', 'cid', ':'),
    fc.constantFrom('', 'x', 'y', 'z'),
  )
  .map(([area, user, mode]) => (mode === '' ? logout(area, user) : login(area, user, mode)));
