/**
 * Where scores live.
 *
 * The flow of a write. Ingest validates events, turns each into operations (one per target), and hands the operations of one
 * partition to `apply` as one batch. In one atomic step the engine leaves out what was applied before, computes every other
 * operation in order from the stored state, writes, moves the partition's position, appends what it did to the log and marks
 * what changed as dirty, together with the time at which the oldest unpublished change was accepted. The broadcaster takes the dirty names twice a second and
 * reads the new states of those that somebody watches. Nothing else connects the two sides.
 *
 * What an engine must ensure
 * - Atomic: no reader ever sees half a batch, and a name is dirty exactly when its state may have changed since it
 *   was last taken. A batch is refused whole (an `OperatingError`) or settled operation by operation.
 * - Once: an operation whose number is not above the last one of its producer in this partition changes nothing. What is
 *   remembered of a producer changes in the same atomic step as the scores. Parts of one batch settle independently.
 * - Logged: replaying the log of a partition from its beginning gives its scores and arrivals, bit for bit.
 * - In order: the result is bit for bit what applying the operations one by one would give, arrival positions included.
 * - Exact: scores are IEEE doubles, computed and returned without loss; -0 is stored as 0. An operation whose
 *   result would not be finite is refused on its own.
 * - Ranked: best score first by the board's order; among equals by `ties`; rank is 1 + the number of strictly better.
 * - Fenced: `takeDirty` with an outdated fencing number takes nothing; other partitions of the same call are not concerned.
 * - Bounded: per partition at most `maxDirtyNames` names are kept; beyond, one "all dirty" flag stands for them.
 *
 * A board lives in the partition of its key (`partitions.ts`), an area's users in that of theirs, all players of a product in that of the board of
 * its name. A board may have windows: periods that are scored beside it, each with members of its own. An operation on a board is one on its windows
 * of that moment too, in the same step, which the engine sees to. A window is named like a board, `x@daily.2026-11-21` (never `x@daily`, which is for
 * who reads the clock), is made by its first score, has the settings of its board, and is left out of the list of boards. A window in which the new
 * score would not be finite, or that its handler refuses, keeps the old one. A match lives in a partition too: an append-only list of
 * events and what they come to. A profile is written to every partition, so that rows and names are read
 * together; each partition marks it dirty for its own boards.
 */
import type { BoardConfig, BoardSettings } from '../protocol/boards.ts';
import type { Fixture } from '../protocol/matches.ts';
import type { ProductConfig } from '../protocol/products.ts';
import { OperatingError } from '../runtime/errors.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { BoardFilter } from './board-filter.ts';
import type {
  AreaQuery,
  BoardPage,
  BoardSummary,
  ModeCount,
  Neighbourhood,
  PageQuery,
  PlayerQuery,
  Standings,
  StandingsQuery,
} from './board-views.ts';
import type { TournamentStore } from './contest-views.ts';
import type {
  BoardRecords,
  Checkpoint,
  CheckpointMove,
  LogPage,
  Repair,
  ScanPage,
  Stray,
} from './history.ts';
import type { FixtureVerdict, MatchHistory, MatchListing, MatchView } from './match-views.ts';
import type { Batch, BatchVerdict, ClaimVerdict, OnceVerdict } from './operations.ts';

export * from './board-views.ts';
export * from './contest-views.ts';
export * from './history.ts';
export * from './match-views.ts';
export * from './operations.ts';
export * from './store-options.ts';

/** What one sweep of a partition found to be over; `more` where the limit was reached. */
export interface SweepResult {
  readonly sessions: number;
  readonly windows: number;
  readonly more: boolean;
}

export type ConfigureVerdict =
  | { readonly ok: true; readonly config: BoardConfig }
  | { readonly ok: false; readonly code: 'conflict'; readonly message: string };

/** `board:<id>[@<window>]`, `players:<product>`, `area:<code>`, `match:<id>`, `tournament:<id>`, `profile:<member>`, `probe`, each with the acceptance time of its oldest change. */
export interface DirtyNames {
  readonly partition: number;
  /** Set where there were too many names to keep: everything in the partition may have changed since then. */
  readonly allSince?: number;
  readonly names: NamesSince;
}

/** A name may come several times: its oldest time counts. What `watched` excludes may be left out. (A `Map` is one, and leaves nothing out.) */
export interface NamesSince {
  forEach(visit: (since: number, name: string) => void, watched?: BoardFilter): void;
}

/** The right to publish what is in a partition. */
export interface PartitionLease {
  readonly partition: number;
  /** Of each partition it only grows, also over a loss of the store's data: it starts from the store's time. */
  readonly fence: number;
}

/** What was taken, and which leases have been outdated by a higher number: of those partitions nothing was taken. */
export interface TakenNames {
  readonly taken: readonly DirtyNames[];
  readonly fenced: readonly PartitionLease[];
}

/** `up` after every (re)connection, failovers included: what was taken or read before may be lost. */
export type StoreState = 'up' | 'down';

export interface WriteRefusal {
  /** Such as `its memory is full`. */
  readonly reason: string;
  /** Also what needs no memory is refused, such as leases: nobody can own anything. */
  readonly ofLeases: boolean;
}

/**
 * Every method rejects with `StoreUnavailableError` where the store can't be reached or does not answer in time; a
 * write may then have happened or not. Methods that take lists cost one round trip per Redis node.
 */
export interface ScoreStore extends Service, TournamentStore {
  readonly partitions: number;

  apply(batch: Batch): Promise<BatchVerdict>;
  /**
   * The same while the batch before it, of the same partition and engine, is not answered yet: this one is applied only if that one is, and after it.
   * `undefined`: it is not applied, and goes to `apply` when that one is settled. Absent where nobody has to wait for an answer.
   */
  applyBehind?(batch: Batch): Promise<BatchVerdict | undefined>;
  /**
   * Takes a producer over from its `latest` claim, 0 where there is none: when this has succeeded, no part with an earlier claim can
   * apply in any partition. Where `latest` is another one it changes nothing, so that a call that was given up, and arrives late,
   * takes the producer from nobody (`take-over.ts` asks until it succeeds). Records of a producer that has been silent for
   * `producerRetentionMs` are forgotten. A call that is `givenUp` before it was sent is not sent, and rejects.
   */
  claimProducer(producer: string, latest: number, givenUp?: AbortSignal): Promise<ClaimVerdict>;
  /**
   * Begins, or begins again, what is to happen once under a key: remembers the hash of the body before anything applies. Its parts
   * then carry the `id` of the verdict and claim 0. How long that is remembered: `once.ts`.
   */
  beginOnce(key: string, bodyHash: string): Promise<OnceVerdict>;
  /**
   * Creates the board or changes the given settings. `order` or `ties` of a board over `maxConversionMembers`, or of one that has
   * windows with members, is a conflict. A window that is no longer listed keeps what it has until its time is over.
   */
  configureBoard(board: string, settings: BoardSettings, acceptedAt: number): Promise<ConfigureVerdict>;
  /** Replaces the settings of a product; always a step, also where they are the same. */
  configureProduct(product: string, config: ProductConfig, acceptedAt: number): Promise<void>;
  /** Creates the match or changes its fixture; a step where that is a change. */
  configureMatch(match: string, fixture: Fixture, acceptedAt: number): Promise<FixtureVerdict>;
  /** With its events; false where there was none. A step like every other change. */
  removeMatch(match: string, acceptedAt: number): Promise<boolean>;
  /**
   * False where there was none. Like every change of a board or repair, it moves the position by one. The windows of the board are
   * removed too, one step each in byte order, before it; a window alone can be removed by its name.
   */
  removeBoard(board: string, acceptedAt: number): Promise<boolean>;
  /** From the windows of the board too, one step each, before it. False where the member was in none of them. */
  removeMember(board: string, member: string, acceptedAt: number): Promise<boolean>;
  /**
   * Ends what is over at `now`, at most `limit` sessions and windows together: sessions whose latest login is `sessionTimeoutMs` ago, windows
   * that ended `windowRetentionMs` ago. Sessions first, and of each kind the oldest first (among equals in byte order of `<area>:<user>`, or of the
   * window). Logged and marked dirty. The logins are compared in the step that ends them, so that one that was just renewed stays.
   */
  sweep(partition: number, now: number, limit: number): Promise<SweepResult>;

  readPages(queries: readonly PageQuery[]): Promise<readonly BoardPage[]>;
  readStandings(queries: readonly StandingsQuery[]): Promise<readonly Standings[]>;
  /** `undefined` where the member is not on the board. */
  readNeighbourhood(board: string, member: string, around: number): Promise<Neighbourhood | undefined>;
  /** `undefined` for a board that does not exist. */
  readConfigs(boards: readonly string[]): Promise<readonly (BoardConfig | undefined)[]>;
  /** The keys of the windows that a board has, in byte order; none of a window. */
  listWindows(board: string): Promise<readonly string[]>;
  /** The counters of players, in no order; empty for an unknown one. */
  readPlayers(queries: readonly PlayerQuery[]): Promise<readonly ReadonlyMap<string, number>[]>;
  /** Modes in which somebody is active, most users first, among equals in byte order of the mode. */
  readAreas(queries: readonly AreaQuery[]): Promise<readonly (readonly ModeCount[])[]>;
  /** Areas in which somebody is active in byte order of their ids, beginning after `after`. */
  listAreas(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]>;
  /** `undefined` for a product that nobody has configured. */
  readProducts(products: readonly string[]): Promise<readonly (ProductConfig | undefined)[]>;
  /** Configured products in byte order of their ids, beginning after `after`. */
  listProducts(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]>;
  /**
   * `undefined` for a match that does not exist, or that this node can't fold: it lacks the sport, or its rules fail. Costs by what has
   * happened since this client last looked, not by the length of the match.
   */
  readMatches(matches: readonly string[]): Promise<readonly (MatchView | undefined)[]>;
  /** Events after number `after`, at most `limit`; `undefined` for a match that does not exist. */
  readMatchEvents(
    match: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<MatchHistory | undefined>;
  /** Matches in byte order of their ids, beginning after `after`. */
  listMatches(page: { readonly after?: string; readonly limit: number }): Promise<readonly MatchListing[]>;
  /** Boards in byte order of their ids, beginning after `after`. */
  listBoards(page: { readonly after?: string; readonly limit: number }): Promise<readonly BoardSummary[]>;

  /** Entries that end after a position, oldest first, at most `limit` of them. */
  readLog(partition: number, after: number, limit: number): Promise<LogPage>;
  /** At most `MAX_BATCH_OPERATIONS` members at once. */
  readRecords(board: string, members: readonly string[]): Promise<BoardRecords>;
  /** Members of a board in some order, each at least once if it stays there meanwhile, and strays likewise. */
  scanMembers(board: string, cursor?: string): Promise<ScanPage>;
  /**
   * Sets members right in one atomic step, each only if it still stands exactly as found, arrival included; returns those that
   * were. Logged and marked dirty. At most `MAX_BATCH_OPERATIONS` of them, each member once. A board that does not exist stays so.
   */
  repairBoard(board: string, repairs: readonly Repair[], acceptedAt: number): Promise<readonly string[]>;
  /**
   * Removes what a scan gave as strays, each only if it still is one, in one atomic step; gives how many. Logged, as a repair of no
   * member, and marked dirty. At most `MAX_BATCH_OPERATIONS` of them.
   */
  removeStrays(board: string, strays: readonly Stray[], acceptedAt: number): Promise<number>;
  /**
   * Becomes the board's checkpoint as soon as the whole of it is there, unless that is one of a later position already; it goes when
   * the board is removed. False where there is no such board, or it was made anew after this position.
   */
  saveCheckpoint(board: string, checkpoint: Checkpoint): Promise<boolean>;
  /**
   * Where none was saved: an empty one at the position at which the board was created, so that whatever became of it since
   * can be replayed. `undefined` where the store knows of no such board, `'damaged'` where the position of either can't be trusted.
   */
  loadCheckpoint(board: string): Promise<Checkpoint | 'damaged' | undefined>;
  /** The position before that, whatever was saved since; `undefined` where there is no such board, or it can't be trusted. */
  readCreation(board: string): Promise<number | undefined>;
  /** Where checkpoints stand, in step with the boards, as `loadCheckpoint` has it. All of one partition, at most `MAX_BATCH_OPERATIONS`. */
  readCheckpointPositions(boards: readonly string[]): Promise<readonly (number | 'damaged' | undefined)[]>;
  /** Moves those saved checkpoints that still stand at `from` to a later position. As many as can be looked up, of one partition. */
  advanceCheckpoints(moves: readonly CheckpointMove[], position: number): Promise<void>;

  /**
   * Notes this time in the probes of these partitions (`probe.ts`) and marks them dirty, as every change does. It is no step: nothing of
   * it is in the log, and like a lease it needs no more memory.
   */
  writeProbes(partitions: readonly number[], at: number): Promise<void>;
  /** What was noted last; `undefined` where nothing ever was. */
  readProbes(partitions: readonly number[]): Promise<readonly (number | undefined)[]>;

  /** Empties and returns the dirty names of partitions, each atomically, where no higher number than ours has been seen. */
  takeDirty(leases: readonly PartitionLease[]): Promise<TakenNames>;

  /**
   * Takes the leases of those partitions that are free, or already ours, each under a new number that is higher than any the store
   * has seen and than the `fence` that is given here, the highest that we have heard of. Gives those that were taken.
   */
  acquireLeases(
    highest: readonly PartitionLease[],
    owner: string,
    termMs: number,
  ): Promise<readonly PartitionLease[]>;
  /** Gives those that are still held under their number, and now for another term. */
  renewLeases(
    leases: readonly PartitionLease[],
    owner: string,
    termMs: number,
  ): Promise<readonly PartitionLease[]>;
  /** Frees those that are held under their number. */
  releaseLeases(leases: readonly PartitionLease[], owner: string): Promise<void>;

  readonly state: StoreState;
  /** Set where writes are refused at present, as far as is known. Where it is `up`, reads go on. */
  readonly writeRefusal?: WriteRefusal | undefined;
  /** Finds out whether writes are taken, for `writeRefusal`, where nobody has tried. */
  checkWrites?(): void;
  /**
   * Somebody knows that this is not the store that owners write to. It is `down` from now on, looks for the right one, and is `up` where
   * `isRight` says so of the probes of all partitions that it finds. Absent where there can't be another.
   */
  doubt?(cause: string, isRight: (probes: readonly (number | undefined)[]) => boolean): void;
  /** Called at every change of state, and with `up` again after a reconnection; the result ends it. */
  onState(listener: (state: StoreState) => void): () => void;
}

/**
 * What became of a change that was rejected. `unknown`: it may or may not have happened. `not_sent` and `refused`: it certainly
 * has not; it was not even sent, or the store takes no writes at present (its memory or its disk is full).
 */
export type FailedChange = 'unknown' | 'not_sent' | 'refused';

export class StoreUnavailableError extends OperatingError {
  readonly change: FailedChange;

  constructor(
    message: string,
    options: { cause?: unknown; retryAfterMs?: number; change?: FailedChange } = {},
  ) {
    super(message, options);
    this.change = options.change ?? 'unknown';
  }
}
