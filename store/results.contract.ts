import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Operation, ResultOperation } from './score-store.ts';
import {
  apply,
  applyPart,
  best,
  type CreateStore,
  delta,
  openStores,
  part,
  positionOf,
  readEntries,
  readMembers,
  readPage,
  readRecord,
  readScore,
  readScores,
  result,
  set,
  settled,
  takeNames,
} from './support.contract.ts';

const REFUSED: readonly { readonly handler: string; readonly because: string; readonly why: string }[] = [
  { handler: 'unheard-of', because: 'nobody knows', why: 'this node has no rating handler "unheard-of"' },
  { handler: '__proto__', because: 'nobody knows', why: 'this node has no rating handler "__proto__"' },
  { handler: 'additive', because: 'rates nothing', why: 'this node has no rating handler "additive"' },
  { handler: 'picky', because: 'throws', why: 'the handler "picky" failed' },
  { handler: 'given', because: 'gives no number', why: 'the handler "given" failed' },
];

export function resultsContract(createStore: CreateStore): void {
  describe('results', () => {
    const open = openStores(createStore);

    test('are rated from the current scores, each after the other', async () => {
      const { store } = await open();
      await apply(store, [result('b', 'ann', 'bob', { options: { start: 200 } })]);
      expect(await readScores(store, 'b')).toEqual([
        ['ann', 220],
        ['bob', 180],
      ]);
      await apply(store, [
        result('b', 'bob', 'ann'),
        delta('b', 'ann', 2),
        result('b', 'cid', 'ann'),
        set('b', 'bob', 7),
        best('b', 'bob', 10),
        result('b', 'bob', 'dan'),
      ]);
      expect(await readScores(store, 'b')).toEqual([
        ['ann', 180],
        ['cid', 120],
        ['dan', 90],
        ['bob', 20],
      ]);
    });

    test('may be draws', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'ann', 10), result('b', 'ann', 'bob', { draw: true })]);
      expect(await readScores(store, 'b')).toEqual([
        ['ann', 55],
        ['bob', 55],
      ]);
    });

    test.each([{ order: 'desc' }, { order: 'asc' }] as const)(
      'are exact on a board of order $order',
      async ({ order }) => {
        const { store } = await open();
        await store.configureBoard('b', { order }, 1000);
        const values = [0.1 + 0.2, -1 / 3, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** 53 - 1];
        for (const [index, winner] of values.entries()) {
          const options = { winner, loser: -winner };
          await apply(store, [result('b', `w${index}`, `l${index}`, { handler: 'given', options })]);
          expect(await readScore(store, 'b', `w${index}`)).toBe(winner);
          expect(await readScore(store, 'b', `l${index}`)).toBe(-winner);
        }
        await apply(store, [set('b', 'ann', 0.1), result('b', 'ann', 'bob', { options: { start: 0.2 } })]);
        await apply(store, [result('b', 'bob', 'ann')]);
        let [ann, bob] = [0.1 + 0.2 * 0.1, 0.2 - 0.2 * 0.1];
        [bob, ann] = [bob + ann * 0.1, ann - ann * 0.1];
        expect(await readScore(store, 'b', 'ann')).toBe(ann);
        expect(await readScore(store, 'b', 'bob')).toBe(bob);
      },
    );

    test('leave the one whom the handler does not score where he is', async () => {
      const { store } = await open();
      await apply(store, [set('b', 'bob', 5), result('b', 'ann', 'bob', { handler: 'winner-only' })]);
      await apply(store, [result('b', 'ann', 'cid', { handler: 'winner-only' })]);
      expect(await readScores(store, 'b')).toEqual([
        ['bob', 5],
        ['ann', 2],
      ]);
    });

    test('that score nobody are applied, and make no board', async () => {
      const { store } = await open({ partitions: 1 });
      expect(await apply(store, [result('b', 'ann', 'bob', { handler: 'nobody' })])).toEqual({
        position: 1,
        refused: [],
      });
      expect(await readPage(store, 'b')).toEqual({ exists: false, total: 0, rows: [] });
      expect(await store.listBoards({ limit: 5 })).toEqual([]);
      expect(await takeNames(store)).toEqual({});
      expect(await readEntries(store)).toHaveLength(1);
    });

    test.each(REFUSED)(
      'whose handler $because ($handler) are refused alone, with the reason',
      async ({ handler, why }) => {
        const { store } = await open({ partitions: 1 });
        const odd = result('b', 'ann', 'bob', { handler, options: { winner: 'NaN', loser: 5 } });
        await apply(store, [set('a', 'ann', 101)]);
        const message = expect.stringContaining(why) as unknown as string;
        const refused = [{ index: 1, code: 'malformed', message }];
        expect(
          await apply(store, [delta('a', 'bob', 1), { ...odd, board: 'a' }, delta('a', 'bob', 1)]),
        ).toEqual({ position: 3, refused });
        expect(await readScores(store, 'a')).toEqual([
          ['ann', 101],
          ['bob', 2],
        ]);
        if (handler === 'picky') return;
        expect(await apply(store, [odd])).toMatchObject({ position: 3, refused: [{ index: 0 }] });
        expect(await readPage(store, 'b')).toEqual({ exists: false, total: 0, rows: [] });
        expect(await store.listBoards({ limit: 5 })).toHaveLength(1);
      },
    );

    test('that would not be finite are refused whole', async () => {
      const { store } = await open();
      const doubling = result('b', 'ann', 'bob', { handler: 'doubling' });
      const { refused } = await apply(store, [doubling, set('b', 'bob', 9), doubling]);
      expect(refused).toEqual([{ index: 2, code: 'malformed', message: 'the handler "doubling" failed' }]);
      expect(await readScores(store, 'b')).toEqual([
        ['ann', Number.MAX_VALUE],
        ['bob', 9],
      ]);
    });

    test('never give minus zero', async () => {
      const { store } = await open();
      const options = { winner: '-0', loser: '0' };
      await apply(store, [result('b', 'ann', 'bob', { handler: 'given', options })]);
      expect(await readScore(store, 'b', 'ann')).toBe(0);
      expect((await readPage(store, 'b')).rows.map(({ rank }) => rank)).toEqual([1, 1]);
    });

    test('on a board with ties "first" let both arrive at once, in byte order among themselves', async () => {
      const { store } = await open({ partitions: 1 });
      await store.configureBoard('b', { ties: 'first' }, 1000);
      await apply(store, [
        set('b', 'kim', 100),
        result('b', 'zoe', 'abe', { draw: true }),
        set('b', 'aaa', 100),
      ]);
      expect(await readMembers(store, 'b')).toEqual(['kim', 'abe', 'zoe', 'aaa']);
      expect(await readRecord(store, 'b', 'zoe')).toEqual({ score: 100, arrival: 3 });
      expect(await readRecord(store, 'b', 'abe')).toEqual({ score: 100, arrival: 3 });
      // Of whom a result leaves the score as it is, the arrival stays too.
      const options = { winner: 100, loser: 101 };
      await apply(store, [result('b', 'zoe', 'abe', { handler: 'given', options }), delta('b', 'abe', -1)]);
      expect(await readMembers(store, 'b')).toEqual(['kim', 'zoe', 'aaa', 'abe']);
      expect(await readRecord(store, 'b', 'zoe')).toEqual({ score: 100, arrival: 3 });
      expect(await readRecord(store, 'b', 'abe')).toEqual({ score: 100, arrival: 6 });
    });

    test('mark their board where a score changed', async () => {
      const { store } = await open();
      await apply(store, [result('b', 'ann', 'bob')], 2000);
      expect(await takeNames(store)).toEqual({ 'board:b': 2000 });
      const options = { winner: 110, loser: 90 };
      await apply(store, [result('b', 'ann', 'bob', { handler: 'given', options })], 3000);
      expect(await takeNames(store)).toEqual({});
      await apply(store, [result('b', 'bob', 'ann', { handler: 'given', options: { winner: 91 } })], 4000);
      expect(await takeNames(store)).toEqual({ 'board:b': 4000 });
    });

    test('are in the log as they came, without the refused ones', async () => {
      const { store } = await open({ partitions: 1 });
      const options = { start: 0.1, nested: { list: [1, '🏏', null, true], ':': '"\\' }, empty: {} };
      const operations: Operation[] = [
        result('b', '__proto__', 'a:b', { options }),
        result('b', 'x'.repeat(128), '🏏'.repeat(32), { draw: true, handler: 'transfer' }),
        set('c', 'ann', 1),
        result('c', 'ann', 'bob', { handler: 'nobody' }),
      ];
      const refused = result('c', 'ann', 'bob', { handler: 'unheard-of' });
      await apply(store, [...operations.slice(0, 2), refused, ...operations.slice(2)], 1001);
      expect(await readEntries(store)).toEqual([{ kind: 'batch', from: 0, to: 4, at: 1001, operations }]);
      expect(await readScore(store, 'b', '__proto__')).toBe(0.1 + 0.1 * 0.1);
    });

    test('sent again are duplicates, and refusals stay without their reason', async () => {
      const { store } = await open({ partitions: 1 });
      const sent = part('p', 5, 1, [
        result('b', 'ann', 'bob'),
        result('b', 'ann', 'bob', { handler: 'unheard-of' }),
        result('b', 'ann', 'bob'),
      ]);
      const message = 'this node has no rating handler "unheard-of"';
      expect(await applyPart(store, 0, sent)).toEqual(settled(0, [{ index: 1, code: 'malformed', message }]));
      const scores = await readScores(store, 'b');
      for (let time = 0; time < 3; time++) {
        expect(await applyPart(store, 0, sent)).toEqual(settled(3, [{ index: 1, code: 'malformed' }]));
      }
      const more = part('p', 5, 3, [result('b', 'ann', 'bob'), result('b', 'ann', 'bob', { draw: true })]);
      expect(await applyPart(store, 0, more)).toEqual(settled(1));
      expect(await readScores(store, 'b')).not.toEqual(scores);
      expect(await positionOf(store)).toBe(3);
      expect(await applyPart(store, 0, part('p', 4, 9, [result('b', 'ann', 'bob')]))).toEqual({
        status: 'conflict',
      });
    });

    test('see whatever another client did to the board meanwhile', async () => {
      const { store: one, connect } = await open();
      const two = await connect();
      const game = (): Promise<unknown> =>
        apply(one, [result('b', 'ann', 'bob', { options: { start: 50 } })]);
      await game();
      await apply(two, [set('b', 'ann', 10), delta('b', 'bob', 5)]);
      await game();
      expect(await readScores(one, 'b')).toEqual([
        ['bob', 45],
        ['ann', 15],
      ]);
      await two.removeMember('b', 'ann', 1000);
      await game();
      expect(await readScore(one, 'b', 'ann')).toBe(54.5);
      const found = await readRecord(two, 'b', 'bob');
      await two.repairBoard('b', [{ member: 'bob', found, right: { score: 1000 } }], 1000);
      await game();
      expect(await readScore(one, 'b', 'ann')).toBe(154.5);
      await two.configureBoard('b', { order: 'asc', ties: 'first' }, 1000);
      await game();
      expect(await readScore(one, 'b', 'ann')).toBe(244.5);
      expect(await readScore(one, 'b', 'bob')).toBe(810);
      await two.removeBoard('b', 1000);
      await game();
      expect(await readScores(one, 'b')).toEqual([
        ['ann', 55],
        ['bob', 45],
      ]);
    });

    test('from many clients at once count once each', async () => {
      const { store, connect } = await open({ partitions: 1 });
      const clients = [store, await connect(), await connect()];
      const handler = 'winner-only';
      const games = Array.from({ length: 60 }, (_, game) => {
        const client = clients[game % clients.length] ?? store;
        return apply(client, [
          result('b', 'ann', 'bob', { handler }),
          delta('b', 'ann', 1),
          result('b', `m${game % 7}`, 'bob', { handler }),
          result('c', 'ann', 'bob', { handler }),
        ]);
      });
      for (const { refused } of await Promise.all(games)) expect(refused).toEqual([]);
      expect(await readScore(store, 'b', 'ann')).toBe(120);
      const others = (await readScores(store, 'b')).slice(1);
      expect(others.reduce((sum, [, score]) => sum + score, 0)).toBe(60);
    });

    test('in a batch give bit for bit what they give one by one', async () => {
      const { store: together } = await open({ partitions: 1 });
      const { store: apart } = await open({ partitions: 1 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(operationArbitrary, { minLength: 1, maxLength: 25 }), async (drawn) => {
          run++;
          const boards = [`x${run}`, `y${run}`];
          for (const store of [together, apart]) {
            await store.configureBoard(`y${run}`, { order: 'asc', ties: 'first' }, 1);
          }
          const operations = drawn.map((operation) => ({ ...operation, board: `${operation.board}${run}` }));
          const whole = await apply(together, operations, run);
          const refused: unknown[] = [];
          let position = 0;
          for (const [index, operation] of operations.entries()) {
            const verdict = await apply(apart, [operation], run);
            position = verdict.position;
            refused.push(...verdict.refused.map((refusal) => ({ ...refusal, index })));
          }
          expect(whole).toEqual({ position, refused });
          const queries = boards.map((board) => ({ board, offset: 0, limit: 100 }));
          expect(await together.readPages(queries)).toEqual(await apart.readPages(queries));
          for (const board of boards) {
            expect(await together.readRecords(board, MEMBERS)).toEqual(
              await apart.readRecords(board, MEMBERS),
            );
          }
          expect(await takeNames(together)).toEqual(await takeNames(apart));
        }),
        { numRuns: 25 },
      );
    });
  });
}

const MEMBERS = ['ann', 'bob', 'cid', '__proto__'];
const memberArbitrary = fc.constantFrom(...MEMBERS);
const boardArbitrary = fc.constantFrom('x', 'y');
const operationArbitrary = fc.oneof(
  fc.record({
    op: fc.constantFrom('delta' as const, 'set' as const, 'best' as const),
    board: boardArbitrary,
    member: memberArbitrary,
    value: fc.constantFrom(0, -0, 1, 0.1, 60, 100, -0.3, 1.7e308, -1.7e308),
  }),
  fc
    .tuple(memberArbitrary, memberArbitrary)
    .filter(([winner, loser]) => winner !== loser)
    .chain(([winner, loser]) =>
      fc.record({
        op: fc.constant('result' as const),
        board: boardArbitrary,
        winner: fc.constant(winner),
        loser: fc.constant(loser),
        draw: fc.boolean(),
        handler: fc.constantFrom(
          'transfer',
          'transfer',
          'winner-only',
          'picky',
          'doubling',
          'nobody',
          'additive',
        ),
        options: fc.constantFrom<ResultOperation['options']>({}, { start: 0.1 }),
      }),
    ),
);
