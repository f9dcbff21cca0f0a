/** What the tests of recomputation do with a board of any engine. */
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/logger.ts';
import {
  MAX_BATCH_OPERATIONS,
  type MemberRecord,
  type ScoreOperation,
  type ScoreStore,
} from '../score-store.ts';
import { contractScoring } from '../scoring.contract.ts';
import { apply, readRecord } from '../support.contract.ts';
import type { Refusal } from './log-replay.ts';
import {
  type Recomputation,
  type RecomputeDependencies,
  type RecomputeOptions,
  recomputeBoard,
} from './recompute-board.ts';

export type RecomputeStore = RecomputeDependencies['store'];

export function depsOf(store: RecomputeStore): RecomputeDependencies {
  return { store, clock: systemClock, logger: silentLogger, scoring: contractScoring };
}

export function recompute(
  store: RecomputeStore,
  board = 'b',
  options: Omit<RecomputeOptions, 'board'> = {},
): Promise<Recomputation | Refusal> {
  return recomputeBoard(depsOf(store), { board, ...options });
}

/** For tests in which nothing stands in the way. */
export async function recomputed(
  store: RecomputeStore,
  board = 'b',
  options: Omit<RecomputeOptions, 'board'> = {},
): Promise<Recomputation> {
  const result = await recompute(store, board, options);
  if ('refused' in result) throw new Error(result.message);
  return result;
}

/** Sets a member wrong behind the log's back; `wrong` gets what is there. */
export async function corrupt(
  store: ScoreStore,
  member: string,
  wrong: (found: MemberRecord | undefined) => MemberRecord | undefined,
  board = 'b',
): Promise<void> {
  const found = await readRecord(store, board, member);
  const repaired = await store.repairBoard(board, [{ member, found, right: wrong(found) }], 1000);
  if (repaired.length !== 1) throw new Error(`${member} could not be corrupted`);
}

export async function applyAll(store: ScoreStore, operations: readonly ScoreOperation[]): Promise<void> {
  for (let from = 0; from < operations.length; from += MAX_BATCH_OPERATIONS) {
    await apply(store, operations.slice(from, from + MAX_BATCH_OPERATIONS));
  }
}

/** A store in which `meanwhile` happens before and after each call that a recomputation makes. */
export function withMeanwhile(
  store: RecomputeStore,
  meanwhile: (method: keyof RecomputeStore) => Promise<void>,
): RecomputeStore {
  const wrap =
    <A extends unknown[], R>(method: keyof RecomputeStore, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await meanwhile(method);
      const result = await call(...args);
      await meanwhile(method);
      return result;
    };
  return {
    partitions: store.partitions,
    readLog: wrap('readLog', (...args) => store.readLog(...args)),
    readRecords: wrap('readRecords', (...args) => store.readRecords(...args)),
    scanMembers: wrap('scanMembers', (...args) => store.scanMembers(...args)),
    repairBoard: wrap('repairBoard', (...args) => store.repairBoard(...args)),
    removeStrays: wrap('removeStrays', (...args) => store.removeStrays(...args)),
    saveCheckpoint: wrap('saveCheckpoint', (...args) => store.saveCheckpoint(...args)),
    loadCheckpoint: wrap('loadCheckpoint', (...args) => store.loadCheckpoint(...args)),
    readCreation: wrap('readCreation', (...args) => store.readCreation(...args)),
    readConfigs: wrap('readConfigs', (...args) => store.readConfigs(...args)),
    listWindows: wrap('listWindows', (...args) => store.listWindows(...args)),
  };
}
