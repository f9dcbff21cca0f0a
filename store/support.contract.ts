import { afterEach } from 'vitest';
import { partitionOfBoard } from './partitions.ts';
import type {
  BatchVerdict,
  BoardPage,
  Operation,
  ProfileOperation,
  RankedRow,
  ScoreOperation,
  ScoreStore,
  StoreOptions,
} from './score-store.ts';

/** A started store over data of its own. */
export interface StoreUnderTest {
  readonly store: ScoreStore;
  /** A second, independent client of the same data, started; rejects where it refuses to start. */
  connect(options?: Partial<StoreOptions>): Promise<ScoreStore>;
  /** Stops every client and forgets the data. */
  dispose(): Promise<void>;
}

export type CreateStore = (options?: Partial<StoreOptions>) => Promise<StoreUnderTest>;

/** Opens stores that are disposed of after the test, failed ones included. */
export function openStores(createStore: CreateStore): CreateStore {
  const opened: StoreUnderTest[] = [];
  afterEach(async () => {
    for (const subject of opened.splice(0)) await subject.dispose();
  });
  return async (options) => {
    const subject = await createStore(options);
    opened.push(subject);
    return subject;
  };
}

export function delta(board: string, member: string, value: number): ScoreOperation {
  return { op: 'delta', board, member, value };
}

export function set(board: string, member: string, value: number): ScoreOperation {
  return { op: 'set', board, member, value };
}

export function best(board: string, member: string, value: number): ScoreOperation {
  return { op: 'best', board, member, value };
}

export function profile(member: string, name: string): ProfileOperation {
  return { op: 'profile', member, name };
}

/** One batch in the partition of its first board (of partition 0 where there is none). */
export function apply(
  store: ScoreStore,
  operations: readonly Operation[],
  acceptedAt = 1000,
): Promise<BatchVerdict> {
  const first = operations.find((operation) => operation.op !== 'profile');
  const partition = first === undefined ? 0 : partitionOfBoard(first.board, store.partitions);
  return store.apply({ partition, acceptedAt, operations });
}

/** What the ingest does with a profile: every partition gets it. */
export async function applyProfile(
  store: ScoreStore,
  member: string,
  name: string,
  acceptedAt = 1000,
): Promise<void> {
  for (let partition = 0; partition < store.partitions; partition++) {
    await store.apply({ partition, acceptedAt, operations: [profile(member, name)] });
  }
}

export async function readPage(
  store: ScoreStore,
  board: string,
  offset = 0,
  limit: number | 'top' = 'top',
): Promise<BoardPage> {
  const [page] = await store.readPages([{ board, offset, limit }]);
  if (page === undefined) throw new Error('readPages gave no page for a query');
  return page;
}

export type RowTuple = readonly [rank: number, member: string, score: number, name?: string];

export function tuple({ rank, member, score, name }: RankedRow): RowTuple {
  return name === undefined ? [rank, member, score] : [rank, member, score, name];
}

export async function readRows(store: ScoreStore, board: string): Promise<readonly RowTuple[]> {
  return (await readPage(store, board, 0, 1000)).rows.map(tuple);
}

export async function readMembers(store: ScoreStore, board: string): Promise<readonly string[]> {
  return (await readPage(store, board, 0, 1000)).rows.map(({ member }) => member);
}

/** The exact score (told apart by `Object.is`), or `undefined`. */
export async function readScore(
  store: ScoreStore,
  board: string,
  member: string,
): Promise<number | undefined> {
  const [standings] = await store.readStandings([{ board, members: [member] }]);
  return standings?.standings[0]?.score;
}

export function allPartitions(store: ScoreStore): readonly number[] {
  return Array.from({ length: store.partitions }, (_, partition) => partition);
}

/** Takes everything; a test that expects the "all dirty" flag calls `takeDirty` itself. */
export async function takeNames(store: ScoreStore, fence = 1): Promise<Record<string, number>> {
  const taken = await store.takeDirty(allPartitions(store), fence);
  if (taken === 'fenced') throw new Error('the fencing number was refused');
  const names: [string, number][] = [];
  for (const { allSince, names: some } of taken) {
    if (allSince !== undefined) throw new Error('the names were given up for the "all dirty" flag');
    names.push(...some);
  }
  return Object.fromEntries(names.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Asks until the answer is true; no answer within the deadline is a failure. */
export async function eventually(ask: () => Promise<boolean>, deadlineMs = 4000): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`it did not become true within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
