import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BoardSettings } from '../protocol/boards.ts';
import { silentLogger } from '../runtime/logger.ts';
import { type RedisServer, startRedis } from '../test/support/redis-server.ts';
import { createMemoryStore } from './memory/memory-store.ts';
import { partitionOfBoard } from './partitions.ts';
import { createRedisStore } from './redis/redis-store.ts';
import { DEFAULT_STORE_OPTIONS, type Operation, type ScoreStore, type StoreOptions } from './score-store.ts';
import { allPartitions, profile } from './support.contract.ts';

/** Small bounds, so that a short run crosses them. */
const OPTIONS: StoreOptions = {
  ...DEFAULT_STORE_OPTIONS,
  partitions: 2,
  maxDirtyNames: 5,
  maxConversionMembers: 9,
};
const BOARDS = ['a', 'b', 'c', '__proto__', 'never-configured'];
const MEMBERS = [
  'ann',
  'bob',
  'a:b',
  '__proto__',
  ' ',
  'é',
  '\u{e000}',
  '\u{fffd}',
  '\u{10000}',
  '🏏',
  'x'.repeat(128),
];
const OWNERS = ['one', 'two'];
const LONG_MS = 3_600_000;

type Step =
  | { readonly do: 'apply'; readonly operations: readonly Operation[]; readonly at: number }
  | { readonly do: 'fill'; readonly board: string; readonly members: number; readonly at: number }
  | {
      readonly do: 'configure';
      readonly board: string;
      readonly settings: BoardSettings;
      readonly at: number;
    }
  | { readonly do: 'removeBoard'; readonly board: string; readonly at: number }
  | { readonly do: 'removeMember'; readonly board: string; readonly member: string; readonly at: number }
  | { readonly do: 'page'; readonly board: string; readonly offset: number; readonly limit: number }
  | { readonly do: 'neighbourhood'; readonly board: string; readonly member: string; readonly around: number }
  | { readonly do: 'list'; readonly after: string; readonly limit: number }
  | { readonly do: 'take'; readonly fence: number }
  | { readonly do: 'acquire' | 'renew' | 'release'; readonly owner: string };

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

test('the Redis store answers and stores what the memory store does, whatever is done in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary(), { minLength: 60, maxLength: 60 }), async (steps) => {
      const model = new Subject(createMemoryStore(OPTIONS));
      const real = new Subject(
        createRedisStore({
          ...OPTIONS,
          url: redis.url,
          logger: silentLogger,
          keyPrefix: `${randomUUID()}:`,
        }),
      );
      try {
        await model.store.start();
        await real.store.start();
        for (const step of steps) {
          expect(await real.perform(step)).toEqual(await model.perform(step));
          expect(await real.observe()).toEqual(await model.observe());
        }
        const last: Step = { do: 'take', fence: 1000 };
        expect(await real.perform(last)).toEqual(await model.perform(last));
      } finally {
        await real.store.stop();
      }
    }),
    // A failure prints its seed and its path; the time limit bounds the search for a smaller one.
    { numRuns: 30, interruptAfterTimeLimit: 25_000 },
  );
});

/** One engine, with the fencing number it gave last: numbers come from the time, so each engine has its own. */
class Subject {
  readonly store: ScoreStore;
  #fence = 0;

  constructor(store: ScoreStore) {
    this.store = store;
  }

  /** Gives whatever the caller of the engine would see and both must agree on. */
  async perform(step: Step): Promise<unknown> {
    const { store } = this;
    switch (step.do) {
      case 'apply':
        return this.#apply(step.operations, step.at);
      case 'fill': {
        const members = Array.from({ length: step.members }, (_, index) => index);
        const operations = members.map(
          (index): Operation => ({ op: 'set', board: step.board, member: `m${index}`, value: index % 7 }),
        );
        return this.#apply(operations, step.at);
      }
      case 'configure': {
        const verdict = await store.configureBoard(step.board, step.settings, step.at);
        return verdict.ok ? verdict : { ok: false, code: verdict.code };
      }
      case 'removeBoard':
        return store.removeBoard(step.board, step.at);
      case 'removeMember':
        return store.removeMember(step.board, step.member, step.at);
      case 'page':
        return store.readPages([step]);
      case 'neighbourhood':
        return store.readNeighbourhood(step.board, step.member, step.around);
      case 'list':
        return [await store.listBoards({ limit: step.limit }), await store.listBoards(step)];
      case 'take':
        return store.takeDirty(allPartitions(store), step.fence);
      case 'acquire': {
        const lease = await store.acquireLease('ticks', step.owner, LONG_MS);
        const grew = lease !== undefined && lease.fence > this.#fence;
        if (lease !== undefined) this.#fence = lease.fence;
        return { acquired: lease !== undefined, grew };
      }
      case 'renew':
        return store.renewLease('ticks', step.owner, this.#fence, LONG_MS);
      case 'release':
        return store.releaseLease('ticks', step.owner, this.#fence);
    }
  }

  /** All that can be read without changing anything. */
  observe(): Promise<unknown> {
    const { store } = this;
    return Promise.all([
      store.readPages(
        BOARDS.flatMap((board) => [
          { board, offset: 0, limit: 100 },
          { board, offset: 0, limit: 'top' as const },
        ]),
      ),
      store.readStandings(BOARDS.map((board) => ({ board, members: MEMBERS }))),
      store.readNeighbourhood('a', 'ann', 2),
      store.listBoards({ limit: 100 }),
    ]);
  }

  /** As ingest does: the operations of each partition, in order, as one batch; profiles go to all of them. */
  async #apply(operations: readonly Operation[], acceptedAt: number): Promise<unknown> {
    const verdicts: unknown[] = [];
    for (const partition of allPartitions(this.store)) {
      const { position, refused } = await this.store.apply({
        partition,
        acceptedAt,
        operations: operations.filter(
          (operation) =>
            operation.op === 'profile' ||
            partitionOfBoard(operation.board, this.store.partitions) === partition,
        ),
      });
      verdicts.push(
        position,
        refused.map(({ index, code }) => [index, code]),
      );
    }
    return verdicts;
  }
}

function stepArbitrary(): fc.Arbitrary<Step> {
  const board = fc.constantFrom(...BOARDS);
  const member = fc.constantFrom(...MEMBERS);
  const at = fc.integer({ min: 1, max: 1000 });
  // Few values, so that ties are frequent, and some at the edges of what a double holds.
  const value = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(0, 1, -1, 2, 5, -5) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(-0, 0.1, 0.2, -0.3, 1e-7, 5e-324, 2 ** 53, 1.7e308, -1.7e308, Infinity, NaN),
    },
    { weight: 1, arbitrary: fc.double() },
  );
  const op = fc.constantFrom('delta' as const, 'set' as const, 'best' as const);
  const operation: fc.Arbitrary<Operation> = fc.oneof(
    { weight: 12, arbitrary: fc.record({ op, board, member, value }) },
    {
      weight: 1,
      arbitrary: fc.tuple(member, fc.constantFrom('Name', 'Näme: 🏏')).map((pair) => profile(...pair)),
    },
  );
  const settings: fc.Arbitrary<BoardSettings> = fc.record(
    {
      order: fc.constantFrom('desc' as const, 'asc' as const),
      ties: fc.constantFrom('member' as const, 'first' as const),
      top: fc.constantFrom(1, 3, 1000),
    },
    { requiredKeys: [] },
  );
  const configurable = fc.constantFrom(...BOARDS.slice(0, -1));
  const small = fc.integer({ min: 0, max: 12 });
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant('apply' as const),
        operations: fc.array(operation, { minLength: 1, maxLength: 25 }),
        at,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('fill' as const),
        board: fc.constantFrom('b', 'c'),
        members: fc.constantFrom(20, 300),
        at,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('configure' as const), board: configurable, settings, at }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('removeBoard' as const), board, at }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('removeMember' as const), board, member, at }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('page' as const), board, offset: small, limit: small }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('neighbourhood' as const), board, member, around: small }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('list' as const),
        after: fc.constantFrom('', 'a', 'aa', 'c', 'z'),
        limit: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('take' as const), fence: fc.constantFrom(1, 1, 2, 3) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('acquire' as const, 'renew' as const, 'release' as const),
        owner: fc.constantFrom(...OWNERS),
      }),
    },
  );
}
