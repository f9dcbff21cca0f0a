import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Operation, ScoreStore } from '../score-store.ts';
import { contractScoring } from '../scoring.contract.ts';
import {
  applyPart,
  best,
  count,
  delta,
  login,
  logout,
  profile,
  readCounters,
  readEntries,
  readModes,
  readRecord,
  readRows,
  reject,
  result,
  set,
} from '../support.contract.ts';
import { createMemoryStore } from './memory-store.ts';

const MEMBERS = ['ann', 'bob', 'cid', 'dan'];
const BOARDS = ['plain', 'first', 'windowed', 'unknown'];

test('a store that has refused events stands, and goes on, as one that never saw them', async () => {
  const refusedByEvent = fc.boolean();
  const event = fc.tuple(fc.array(operationArbitrary(), { minLength: 1, maxLength: 6 }), refusedByEvent);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(event, { maxLength: 6 }), { maxLength: 6 }), async (parts) => {
      const [store, other] = [await openStore(), await openStore()];
      for (const part of parts) {
        const all = part.map(([operations, isRefused]) =>
          isRefused ? [...operations, reject('forbidden')] : operations,
        );
        await applyPart(store, 0, partOf(all));
        await applyPart(other, 0, partOf(part.flatMap(([kept, isRefused]) => (isRefused ? [] : [kept]))));
        expect(await worldOf(store)).toEqual(await worldOf(other));
      }
    }),
    { numRuns: 200 },
  );
});

function operationArbitrary(): fc.Arbitrary<Operation> {
  const member = fc.constantFrom(...MEMBERS);
  const board = fc.constantFrom(...BOARDS);
  const score = fc.integer({ min: -3, max: 3 });
  const scored = [delta, set, best].map((op) => fc.tuple(board, member, score).map((args) => op(...args)));
  const counter = fc.constantFrom('wins', 'losses', 'draws', 'one too many');
  return fc.oneof(
    ...scored,
    fc.tuple(board, member, member).map((args) => result(...args)),
    fc.tuple(fc.constantFrom('g', 'h'), member, counter, score).map((args) => count(...args)),
    fc.tuple(member, fc.constantFrom('duel', 'team')).map(([user, mode]) => login('111', user, mode)),
    member.map((user) => logout('111', user)),
    fc.tuple(member, fc.constantFrom('One', 'Two')).map((args) => profile(...args)),
  );
}

async function openStore(): Promise<ScoreStore> {
  const store = createMemoryStore({ partitions: 1, maxCountersPerProduct: 3 }, { scoring: contractScoring });
  await store.start();
  await store.configureBoard('first', { ties: 'first' }, 1000);
  await store.configureBoard('windowed', { order: 'asc', windows: ['daily'] }, 1000);
  return store;
}

function partOf(events: readonly (readonly Operation[])[]) {
  return { operations: events.flat(), events: events.flatMap((event, index) => event.map(() => index)) };
}

async function worldOf(store: ScoreStore): Promise<unknown> {
  const boards = [...BOARDS, 'windowed@daily.1970-01-01'];
  const entries = await readEntries(store);
  return {
    rows: await Promise.all(boards.map((board) => readRows(store, board))),
    records: await Promise.all(
      boards.flatMap((board) => MEMBERS.map((member) => readRecord(store, board, member))),
    ),
    counters: await Promise.all(
      ['g', 'h'].flatMap((product) => MEMBERS.map((player) => readCounters(store, product, player))),
    ),
    modes: await readModes(store, '111'),
    boards: await store.listBoards({ limit: 9 }),
    operations: entries.flatMap((entry) => (entry.kind === 'batch' ? entry.operations : [])),
    last: entries.at(-1)?.to,
  };
}
