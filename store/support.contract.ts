import { afterEach } from 'vitest';
import type { ErrorCode } from '../protocol/codes.ts';
import { partitionOfOperation } from './partitions.ts';
import type {
  BatchVerdict,
  BoardPage,
  CountOperation,
  DirtyNames,
  LogEntry,
  MemberRecord,
  NothingOperation,
  OnceVerdict,
  Operation,
  Part,
  PartitionLease,
  PartVerdict,
  ProfileOperation,
  RankedRow,
  RejectOperation,
  ResultOperation,
  ScoreOperation,
  ScoreStore,
  SessionOperation,
  StoreOptions,
} from './score-store.ts';

/** A started store over data of its own, with the handlers of `contractScoring`. */
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

export function reject(code: ErrorCode): RejectOperation {
  return { op: 'reject', code };
}

export const NOTHING: NothingOperation = { op: 'nothing' };

/** By the handler `transfer`, without options, where nothing else is said. */
export function result(
  board: string,
  winner: string,
  loser: string,
  rest: Partial<Pick<ResultOperation, 'draw' | 'handler' | 'options'>> = {},
): ResultOperation {
  return { op: 'result', board, winner, loser, draw: false, handler: 'transfer', options: {}, ...rest };
}

export function count(product: string, player: string, counter: string, by = 1): CountOperation {
  return { op: 'count', product, player, counter, by };
}

export function login(area: string, user: string, mode: string): SessionOperation {
  return { op: 'login', area, user, mode };
}

export function logout(area: string, user: string): SessionOperation {
  return { op: 'logout', area, user };
}

/** What a producer sends to one partition; its operations are numbered from `first` on, without gaps. */
export function part(id: string, claim: number, first: number, operations: readonly Operation[]): Part {
  return { operations, producer: { id, claim, numbers: operations.map((_, index) => first + index) } };
}

export type Refusals = Extract<PartVerdict, { status: 'settled' }>['refused'];

export function settled(duplicates = 0, refused: Refusals = []): PartVerdict {
  return { status: 'settled', duplicates, refused };
}

/** One part without a producer, in the partition of its first operation that has one (else in partition 0). */
export async function apply(
  store: ScoreStore,
  operations: readonly Operation[],
  acceptedAt = 1000,
): Promise<{ readonly position: number; readonly refused: Refusals }> {
  const places = operations.map((operation) => partitionOfOperation(operation, store.partitions));
  const partition = places.find((place) => place !== undefined) ?? 0;
  const { position, parts } = await applyParts(store, partition, [{ operations }], acceptedAt);
  const [verdict] = parts;
  if (verdict?.status !== 'settled') throw new Error('a part without a producer was not settled');
  return { position, refused: verdict.refused };
}

export function applyParts(
  store: ScoreStore,
  partition: number,
  parts: readonly Part[],
  acceptedAt = 1000,
): Promise<BatchVerdict> {
  return store.apply({ partition, acceptedAt, parts });
}

/** Begins a use of a key where that is no conflict. */
export async function beginOnce(
  store: ScoreStore,
  key: string,
  bodyHash: string,
): Promise<Extract<OnceVerdict, { ok: true }>> {
  const verdict = await store.beginOnce(key, bodyHash);
  if (!verdict.ok) throw new Error(`${key} stands for another body`);
  return verdict;
}

/** The verdict on one part in a batch of its own. */
export async function applyPart(store: ScoreStore, partition: number, only: Part): Promise<PartVerdict> {
  const [verdict] = (await applyParts(store, partition, [only])).parts;
  if (verdict === undefined) throw new Error('a part has no verdict');
  return verdict;
}

/** What the ingest does with a profile: every partition gets it. */
export async function applyProfile(
  store: ScoreStore,
  member: string,
  name: string,
  acceptedAt = 1000,
): Promise<void> {
  for (let partition = 0; partition < store.partitions; partition++) {
    await applyParts(store, partition, [{ operations: [profile(member, name)] }], acceptedAt);
  }
}

/** The partition's position. */
export async function positionOf(store: ScoreStore, partition = 0): Promise<number> {
  return (await applyParts(store, partition, [])).position;
}

/** All entries after a position. */
export async function readEntries(store: ScoreStore, partition = 0, after = 0): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  for (let from = after; ; ) {
    const page = await store.readLog(partition, from, 100);
    entries.push(...page.entries);
    const last = page.entries.at(-1);
    if (last === undefined) return entries;
    from = last.to;
  }
}

/** One member's record, or `undefined`. */
export async function readRecord(
  store: ScoreStore,
  board: string,
  member: string,
): Promise<MemberRecord | undefined> {
  return (await store.readRecords(board, [member])).records[0];
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

/** The rows of a board as members and scores, best first. */
export async function readScores(
  store: ScoreStore,
  board: string,
): Promise<readonly (readonly [member: string, score: number])[]> {
  return (await readPage(store, board, 0, 1000)).rows.map(({ member, score }) => [member, score]);
}

export async function readCounters(
  store: ScoreStore,
  product: string,
  player: string,
): Promise<ReadonlyMap<string, number> | undefined> {
  return (await store.readPlayers([{ product, player }]))[0];
}

/** Modes and counts, most played first. */
export async function readModes(
  store: ScoreStore,
  area: string,
  limit = 1000,
): Promise<readonly (readonly [mode: string, count: number])[] | undefined> {
  const [modes] = await store.readAreas([{ area, limit }]);
  return modes?.map(({ mode, count }) => [mode, count]);
}

export function allPartitions(store: ScoreStore): readonly number[] {
  return Array.from({ length: store.partitions }, (_, partition) => partition);
}

/** Of these partitions under one number. */
export function leasesOf(partitions: readonly number[], fence: number): readonly PartitionLease[] {
  return partitions.map((partition) => ({ partition, fence }));
}

/** The dirty names of these partitions, none of which may be refused. */
export async function takeFrom(
  store: ScoreStore,
  partitions: readonly number[],
  fence = 1,
): Promise<readonly TakenOnce[]> {
  const { taken, fenced } = await store.takeDirty(leasesOf(partitions, fence));
  if (fenced.length > 0) throw new Error('the fencing number was refused');
  return taken.map(eachOnce);
}

interface TakenOnce extends DirtyNames {
  readonly names: ReadonlyMap<string, number>;
}

/** Each name with its oldest time, however often it came. */
export function eachOnce({ names, ...taken }: DirtyNames): TakenOnce {
  const oldest = new Map<string, number>();
  names.forEach((since, name) => {
    oldest.set(name, Math.min(since, oldest.get(name) ?? since));
  });
  return { ...taken, names: oldest };
}

/** Takes everything; a test that expects the "all dirty" flag calls `takeFrom` itself. */
export async function takeNames(store: ScoreStore, fence = 1): Promise<Record<string, number>> {
  const taken = await takeFrom(store, allPartitions(store), fence);
  const names: [string, number][] = [];
  for (const { allSince, names: some } of taken) {
    if (allSince !== undefined) throw new Error('the names were given up for the "all dirty" flag');
    names.push(...some);
  }
  return Object.fromEntries(names.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Asks until the answer is true; no answer within the deadline is a failure. */
export async function eventually(
  ask: () => Promise<boolean>,
  { deadlineMs = 4000, pauseMs = 5 }: { readonly deadlineMs?: number; readonly pauseMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`it did not become true within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * Uses something again and again for longer than its retention: whether it was always found. `begin` makes a new one and gives
 * what uses it and tells whether it was there; where this machine paused for as long as the retention, it is tried anew.
 */
export async function staysWhileUsed(
  retentionMs: number,
  begin: () => Promise<() => Promise<boolean>>,
): Promise<boolean> {
  for (let attempt = 0; attempt < 10; attempt++) {
    let usedAt = performance.now();
    const use = await begin();
    const until = performance.now() + 1.5 * retentionMs;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, retentionMs / 10));
      const startedAt = performance.now();
      const found = await use();
      if (!found && performance.now() - usedAt < 0.9 * retentionMs) return false;
      if (!found) break;
      if (startedAt > until) return true;
      usedAt = startedAt;
    }
  }
  throw new Error('this machine paused too often to tell');
}
