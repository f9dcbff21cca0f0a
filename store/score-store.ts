/**
 * Where scores live.
 *
 * The flow of a write. Ingest validates events, splits each into parts (one per target), and hands the parts of one
 * partition to `apply` as one batch. In one atomic step the engine computes every operation in order from the
 * stored state, writes, moves the partition's position and marks what changed as dirty, together with the
 * time at which the oldest unpublished change was accepted. The broadcaster takes the dirty names twice a second and
 * reads the new states of those that somebody watches. Nothing else connects the two sides.
 *
 * What an engine must ensure
 * - Atomic: no reader ever sees half a batch, and a name is dirty exactly when its state may have changed since it
 *   was last taken. A batch is refused whole (an `OperatingError`) or settled operation by operation.
 * - In order: the result is bit for bit what applying the operations one by one would give, arrival positions included.
 * - Exact: scores are IEEE doubles, computed and returned without loss; -0 is stored as 0. An operation whose
 *   result would not be finite is refused on its own.
 * - Ranked: best score first by the board's order; among equals by `ties`; rank is 1 + the number of strictly better.
 * - Fenced: `takeDirty` with an outdated fencing number takes nothing.
 * - Bounded: per partition at most `maxDirtyNames` names are kept; beyond, one "all dirty" flag stands for them.
 *
 * A board lives in the partition of its key (`partitions.ts`). A profile is written to every partition, so that
 * rows and names are read together; each partition marks it dirty for its own boards.
 */
import type { BoardConfig, BoardSettings } from '../protocol/boards.ts';
import { OperatingError } from '../runtime/errors.ts';
import type { Service } from '../runtime/lifecycle.ts';

export type ScoreOperation = {
  readonly op: 'delta' | 'set' | 'best';
  readonly board: string;
  readonly member: string;
  readonly value: number;
};
export type ProfileOperation = { readonly op: 'profile'; readonly member: string; readonly name: string };
export type Operation = ScoreOperation | ProfileOperation;

/** Operations of one partition, in order. At most `MAX_BATCH_OPERATIONS`. */
export interface Batch {
  readonly partition: number;
  /** Unix milliseconds at which the oldest of its events was accepted. */
  readonly acceptedAt: number;
  readonly operations: readonly Operation[];
}

export const MAX_BATCH_OPERATIONS = 512;

export interface BatchVerdict {
  /** The partition's position after the batch; it grows by one with every applied operation. */
  readonly position: number;
  /** Operations that were refused on their own; all others were applied. */
  readonly refused: readonly {
    readonly index: number;
    readonly code: 'malformed';
    readonly message: string;
  }[];
}

/** `limit: 'top'` means the board's own `top`. */
export interface PageQuery {
  readonly board: string;
  readonly offset: number;
  readonly limit: number | 'top';
}

export interface RankedRow {
  readonly rank: number;
  readonly member: string;
  readonly score: number;
  readonly name?: string;
}

/** A board that does not exist reads as `exists: false` with no rows. */
export interface BoardPage {
  readonly exists: boolean;
  readonly total: number;
  readonly rows: readonly RankedRow[];
}

export interface StandingsQuery {
  readonly board: string;
  readonly members: readonly string[];
}

/** In the order of the query's members; `undefined` for a member that is not on the board. */
export interface Standings {
  readonly total: number;
  readonly standings: readonly (Standing | undefined)[];
}

export interface Standing {
  readonly rank: number;
  readonly score: number;
}

/** A member among its neighbours: the window holds `2 × around + 1` rows and shifts at an edge to stay full. */
export interface Neighbourhood {
  readonly total: number;
  readonly member: RankedRow;
  readonly around: readonly RankedRow[];
}

export interface BoardSummary {
  readonly id: string;
  readonly total: number;
  readonly config: BoardConfig;
}

export type ConfigureVerdict =
  | { readonly ok: true; readonly config: BoardConfig }
  | { readonly ok: false; readonly code: 'conflict'; readonly message: string };

/** `board:<id>` or `profile:<member>`, each with the acceptance time of the oldest change in it. */
export interface DirtyNames {
  readonly partition: number;
  /** Set where there were too many names to keep: everything in the partition may have changed since then. */
  readonly allSince?: number;
  readonly names: ReadonlyMap<string, number>;
}

export interface Lease {
  /** Only grows, also over a loss of the store's data (it starts from the store's time). */
  readonly fence: number;
}

/** `up` after every (re)connection, failovers included: what was taken or read before may be lost. */
export type StoreState = 'up' | 'down';

/**
 * Every method rejects with `StoreUnavailableError` where the store can't be reached or does not answer in time; a
 * write may then have happened or not. Methods that take lists cost one round trip per Redis node.
 */
export interface ScoreStore extends Service {
  readonly partitions: number;

  apply(batch: Batch): Promise<BatchVerdict>;
  /** Creates the board or changes the given settings. `order` or `ties` of a board over `maxConversionMembers` is a conflict. */
  configureBoard(board: string, settings: BoardSettings, acceptedAt: number): Promise<ConfigureVerdict>;
  /** False where there was none. */
  removeBoard(board: string, acceptedAt: number): Promise<boolean>;
  removeMember(board: string, member: string, acceptedAt: number): Promise<boolean>;

  readPages(queries: readonly PageQuery[]): Promise<readonly BoardPage[]>;
  readStandings(queries: readonly StandingsQuery[]): Promise<readonly Standings[]>;
  /** `undefined` where the member is not on the board. */
  readNeighbourhood(board: string, member: string, around: number): Promise<Neighbourhood | undefined>;
  /** Boards in byte order of their ids, beginning after `after`. */
  listBoards(page: { readonly after?: string; readonly limit: number }): Promise<readonly BoardSummary[]>;

  /** Atomically empties and returns the dirty names of these partitions; `'fenced'` where a higher number has been seen. */
  takeDirty(partitions: readonly number[], fence: number): Promise<readonly DirtyNames[] | 'fenced'>;

  /** Takes the lease if it is free (or already ours) with a new, higher fencing number; `undefined` while another holds it. */
  acquireLease(name: string, owner: string, termMs: number): Promise<Lease | undefined>;
  /** False where the lease is no longer held under this number. */
  renewLease(name: string, owner: string, fence: number, termMs: number): Promise<boolean>;
  releaseLease(name: string, owner: string, fence: number): Promise<void>;

  readonly state: StoreState;
  /** Called at every change of state, and with `up` again after a reconnection; the result ends it. */
  onState(listener: (state: StoreState) => void): () => void;
}

export interface StoreOptions {
  /** Partitions; written to the store at first start, and another number later refuses to start (`StartError`). */
  readonly partitions: number;
  /** Dirty names kept per partition. */
  readonly maxDirtyNames: number;
  /** Members up to which `order` and `ties` can still be changed. */
  readonly maxConversionMembers: number;
}

export const DEFAULT_STORE_OPTIONS: StoreOptions = {
  partitions: 16,
  maxDirtyNames: 8192,
  maxConversionMembers: 10_000,
};

export class StoreUnavailableError extends OperatingError {}
