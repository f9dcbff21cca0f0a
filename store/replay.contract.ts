import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BoardSettings } from '../protocol/boards.ts';
import type { Fixture } from '../protocol/matches.ts';
import type { ProductConfig } from '../protocol/products.ts';
import {
  areasOf,
  BOARDS,
  boardArbitrary,
  contentOf,
  fixtureArbitrary,
  keyArbitrary,
  MATCHES,
  matchArbitrary,
  memberArbitrary,
  operationArbitrary,
  productArbitrary,
  productConfigArbitrary,
  settingsArbitrary,
  timeArbitrary,
  windowsArbitrary,
} from './arbitraries.contract.ts';
import { FIXTURE } from './matches-support.contract.ts';
import { createMemoryStore } from './memory/memory-store.ts';
import type { LogEntry, MemberRecord, Operation, ScoreStore, StoreOptions } from './score-store.ts';
import { contractScoring } from './scoring.contract.ts';
import {
  applyParts,
  type CreateStore,
  logout,
  openStores,
  part,
  positionOf,
  profile,
  readEntries,
  readRecord,
} from './support.contract.ts';

/** Short times and few names, so that a run of some steps meets their ends. */
const OPTIONS: Partial<StoreOptions> = {
  partitions: 1,
  sessionTimeoutMs: 12 * 3_600_000,
  windowRetentionMs: 0,
  maxCountersPerProduct: 4,
};

export function replayContract(createStore: CreateStore): void {
  describe('the log of a partition', () => {
    const open = openStores(createStore);

    test('replayed from its beginning gives everything again, bit for bit', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(stepArbitrary, { minLength: 20, maxLength: 40 }),
          fc.integer({ min: 1, max: 9 }),
          async (steps, limit) => {
            const { store } = await open(OPTIONS);
            const settledTo = new Map<string, number>();
            for (const board of BOARDS.slice(0, 2)) {
              await store.configureBoard(board, { windows: ['daily', 'monthly'] }, 1);
            }
            for (const match of MATCHES) await store.configureMatch(match, FIXTURE, 1);
            for (const [index, step] of steps.entries()) await perform(store, step, settledTo, index);
            await expectReplayed(store, limit);
          },
        ),
        { numRuns: 12 },
      );
    });

    test('replayed gives everything again that clients did at the same time', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(atomicArbitrary, { minLength: 40, maxLength: 60 }), async (steps) => {
          const { store, connect } = await open(OPTIONS);
          const clients = [store, await connect(), await connect()];
          for (const board of BOARDS) await store.configureBoard(board, { windows: ['daily'] }, 1);
          for (const match of MATCHES) await store.configureMatch(match, FIXTURE, 1);
          const settledTo = new Map<string, number>();
          for (let from = 0; from < steps.length; from += 9) {
            const together = steps.slice(from, from + 9).map((step, index) => {
              const client = clients[index % clients.length] ?? store;
              return perform(client, step, settledTo, from + index);
            });
            await Promise.all(together);
          }
          await expectReplayed(store, 100);
        }),
        // A failure may need luck to be seen again: the time limit bounds the search for a smaller one.
        { numRuns: 6, interruptAfterTimeLimit: 20_000 },
      );
    });
  });
}

/** The content of the store is what its log gives, read so many entries at a time. */
async function expectReplayed(store: ScoreStore, limit: number): Promise<void> {
  const copy = createMemoryStore(OPTIONS, { scoring: contractScoring });
  // Sessions end one by one here, which would move the positions of everything else.
  const sessions = createMemoryStore(OPTIONS);
  let position = 0;
  for (;;) {
    const { entries } = await store.readLog(0, position, limit);
    for (const entry of entries) {
      expect(entry.from).toBe(position);
      await replay(copy, entry);
      await replaySessions(sessions, entry);
      position = entry.to;
      expect(await positionOf(copy)).toBe(position);
    }
    if (entries.length < limit) break;
  }
  expect(position).toBe(await positionOf(store));
  const apart = { areas: [], areaIds: [] };
  expect({ ...(await contentOf(copy)), ...apart }).toEqual({ ...(await contentOf(store)), ...apart });
  await expectSameSessions(store, sessions);
}

/** Who is active, and since when: the longest active are seen to go first. */
async function expectSameSessions(store: ScoreStore, copy: ScoreStore): Promise<void> {
  for (let left = true; left; ) {
    expect(await areasOf(store)).toEqual(await areasOf(copy));
    expect(await store.listAreas({ limit: 100 })).toEqual(await copy.listAreas({ limit: 100 }));
    const { sessions } = await store.sweep(0, Number.MAX_SAFE_INTEGER, 1);
    left = sessions > 0;
    if (left) await copy.sweep(0, Number.MAX_SAFE_INTEGER, 1);
  }
}

type Step =
  | {
      readonly do: 'apply';
      readonly parts: readonly { readonly producer: string; readonly operations: readonly Operation[] }[];
      readonly at: number;
    }
  | { readonly do: 'configure'; readonly board: string; readonly settings: BoardSettings }
  | { readonly do: 'configure-product'; readonly product: string; readonly config: ProductConfig }
  | { readonly do: 'configure-match'; readonly match: string; readonly fixture: Fixture }
  | { readonly do: 'remove-match'; readonly match: string }
  | { readonly do: 'remove-board'; readonly board: string }
  | { readonly do: 'remove-member'; readonly board: string; readonly member: string }
  | { readonly do: 'sweep'; readonly after: number; readonly limit: number }
  /** Damages a score and repairs it. */
  | { readonly do: 'repair'; readonly board: string; readonly member: string; readonly score: number };

const applyArbitrary: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('apply' as const),
  parts: fc.uniqueArray(
    fc.record({
      producer: fc.constantFrom('', 'p', 'q'),
      operations: fc.array(operationArbitrary, { minLength: 1, maxLength: 12 }),
    }),
    { minLength: 1, maxLength: 3, selector: ({ producer }) => producer },
  ),
  at: timeArbitrary,
});
const configureArbitrary = (settings: fc.Arbitrary<BoardSettings>): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant('configure' as const), board: boardArbitrary, settings });
const productStepArbitrary: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('configure-product' as const),
  product: productArbitrary,
  config: productConfigArbitrary,
});
const fixtureStepArbitrary: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('configure-match' as const),
  match: matchArbitrary,
  fixture: fixtureArbitrary,
});
const removeMatchArbitrary: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('remove-match' as const),
  match: matchArbitrary,
});
const sweepArbitrary: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('sweep' as const),
  after: timeArbitrary,
  limit: fc.constantFrom(1, 3, 100),
});
const removeBoardArbitrary: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('remove-board' as const),
  board: keyArbitrary,
});

/** Each a single step of the log, or such that follow each other whatever else happens. */
const atomicArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: applyArbitrary },
  { weight: 3, arbitrary: configureArbitrary(windowsArbitrary) },
  { weight: 1, arbitrary: productStepArbitrary },
  { weight: 1, arbitrary: fixtureStepArbitrary },
  { weight: 1, arbitrary: removeMatchArbitrary },
  { weight: 2, arbitrary: sweepArbitrary },
  { weight: 1, arbitrary: removeBoardArbitrary },
);

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: applyArbitrary },
  { weight: 3, arbitrary: configureArbitrary(fc.oneof(settingsArbitrary, windowsArbitrary)) },
  { weight: 1, arbitrary: productStepArbitrary },
  { weight: 1, arbitrary: fixtureStepArbitrary },
  { weight: 1, arbitrary: removeMatchArbitrary },
  { weight: 1, arbitrary: removeBoardArbitrary },
  { weight: 1, arbitrary: sweepArbitrary },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('remove-member' as const),
      board: keyArbitrary,
      member: memberArbitrary,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('repair' as const),
      board: keyArbitrary,
      member: memberArbitrary,
      score: fc.constantFrom(0, 1, 77),
    }),
  },
);

async function perform(
  store: ScoreStore,
  step: Step,
  settledTo: Map<string, number>,
  at: number,
): Promise<void> {
  switch (step.do) {
    case 'apply': {
      const parts = step.parts.map(({ producer, operations }) => {
        if (producer === '') return { operations };
        // Some of them are sent again.
        const last = settledTo.get(producer) ?? 0;
        const first = Math.max(1, last - (at % 4));
        settledTo.set(producer, Math.max(last, first + operations.length - 1));
        return part(producer, 5, first, operations);
      });
      await applyParts(store, 0, parts, step.at);
      return;
    }
    case 'configure':
      await store.configureBoard(step.board, step.settings, at);
      return;
    case 'configure-product':
      await store.configureProduct(step.product, step.config, at);
      return;
    case 'configure-match':
      await store.configureMatch(step.match, step.fixture, at);
      return;
    case 'remove-match':
      await store.removeMatch(step.match, at);
      return;
    case 'remove-board':
      await store.removeBoard(step.board, at);
      return;
    case 'remove-member':
      await store.removeMember(step.board, step.member, at);
      return;
    case 'sweep':
      await store.sweep(0, step.after, step.limit);
      return;
    case 'repair': {
      const { board, member, score } = step;
      const right = await readRecord(store, board, member);
      const wrong: MemberRecord | undefined = right && { ...right, score };
      await store.repairBoard(board, [{ member, found: right, right: wrong }], at);
      const found = await readRecord(store, board, member);
      await store.repairBoard(board, [{ member, found, right }], at);
    }
  }
}

async function replay(store: ScoreStore, entry: LogEntry): Promise<void> {
  switch (entry.kind) {
    case 'batch': {
      expect(entry.operations.length).toBe(entry.to - entry.from);
      await applyParts(store, 0, [{ operations: entry.operations }], entry.at);
      const [again] = await readEntries(store, 0, entry.from);
      expect(again?.kind === 'batch' ? again.windows : again).toEqual(entry.windows);
      return;
    }
    case 'configure':
      await store.configureBoard(entry.board, { windows: [], timezone: 'UTC', ...entry.config }, entry.at);
      return;
    case 'configure-product':
      await store.configureProduct(entry.product, entry.config, entry.at);
      return;
    case 'configure-match':
      await store.configureMatch(entry.match, entry.fixture, entry.at);
      return;
    case 'remove-match':
    case 'remove-board':
    case 'remove-member':
      await replayRemoval(store, entry);
      return;
    case 'expire-sessions':
    case 'repair':
      // Changes no score, but the position moves: the name of nobody stands for it.
      await applyParts(store, 0, [{ operations: [profile('nobody', 'nobody')] }], entry.at);
  }
}

async function replayRemoval(
  store: ScoreStore,
  entry: Extract<LogEntry, { kind: 'remove-match' | 'remove-board' | 'remove-member' }>,
): Promise<void> {
  if (entry.kind === 'remove-match') await store.removeMatch(entry.match, entry.at);
  else if (entry.kind === 'remove-board') await store.removeBoard(entry.board, entry.at);
  else await store.removeMember(entry.board, entry.member, entry.at);
}

async function replaySessions(store: ScoreStore, entry: LogEntry): Promise<void> {
  let operations: readonly Operation[] = [];
  if (entry.kind === 'batch') {
    operations = entry.operations.filter(({ op }) => op === 'login' || op === 'logout');
  } else if (entry.kind === 'expire-sessions') {
    operations = entry.sessions.map(({ area, user }) => logout(area, user));
  }
  await applyParts(store, 0, [{ operations }], entry.at);
}
