import { type BoardSettings, DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { assert, StartError } from '../../runtime/errors.ts';
import { partitionOfBoard } from '../partitions.ts';
import {
  type Batch,
  type BatchVerdict,
  type BoardPage,
  type BoardSummary,
  type ConfigureVerdict,
  DEFAULT_STORE_OPTIONS,
  type DirtyNames,
  type Lease,
  MAX_BATCH_OPERATIONS,
  type Neighbourhood,
  type Operation,
  type PageQuery,
  type RankedRow,
  type ScoreStore,
  type Standings,
  type StandingsQuery,
  type StoreOptions,
  type StoreState,
  StoreUnavailableError,
} from '../score-store.ts';
import type { MemoryBoard } from './memory-board.ts';
import { MemoryData } from './memory-data.ts';
import type { MemoryPartition } from './memory-partition.ts';

export interface MemoryStoreDependencies {
  /** Leases end and fencing numbers start by it. */
  readonly clock: Clock;
}

/** A store of this process with data of its own; `connect` gives further clients of the same data. */
export function createMemoryStore(
  options: Partial<StoreOptions> = {},
  { clock }: MemoryStoreDependencies = { clock: systemClock },
): MemoryScoreStore {
  const all = { ...DEFAULT_STORE_OPTIONS, ...options };
  return new MemoryScoreStore({ clock, data: new MemoryData(all.partitions) }, all);
}

/**
 * Scores in the memory of this process: for one process without Redis, and the model that other engines are compared
 * with. Each method does its work in one turn of the loop, which makes it atomic.
 */
export class MemoryScoreStore implements ScoreStore {
  readonly partitions: number;
  readonly #clock: Clock;
  readonly #data: MemoryData;
  readonly #options: StoreOptions;
  readonly #listeners = new Set<(state: StoreState) => void>();
  #state: StoreState = 'up';
  #stopped = false;

  constructor({ clock, data }: { clock: Clock; data: MemoryData }, options: StoreOptions) {
    this.partitions = options.partitions;
    this.#clock = clock;
    this.#data = data;
    this.#options = options;
  }

  /** A second client of the same data, to be started like any other; its state is its own. */
  connect(options: Partial<StoreOptions> = {}): MemoryScoreStore {
    return new MemoryScoreStore({ clock: this.#clock, data: this.#data }, { ...this.#options, ...options });
  }

  async start(): Promise<void> {
    const stored = this.#data.partitions.length;
    if (this.partitions !== stored) {
      throw new StartError(`the store has ${stored} partitions, but the setting says ${this.partitions}`);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#listeners.clear();
  }

  get state(): StoreState {
    return this.#state;
  }

  onState(listener: (state: StoreState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For tests and simulations: while down, every method of this client refuses; `up` again tells of a reconnection. */
  setState(state: StoreState): void {
    if (state === 'down' && this.#state === 'down') return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  async apply({ partition, acceptedAt, operations }: Batch): Promise<BatchVerdict> {
    const data = this.#reach();
    assert(
      operations.length <= MAX_BATCH_OPERATIONS,
      `a batch has at most ${MAX_BATCH_OPERATIONS} operations`,
    );
    this.#assertPartition(partition, operations);
    const target = data.partition(partition);
    return target.apply(operations, (name) =>
      target.dirty.mark(name, acceptedAt, this.#options.maxDirtyNames),
    );
  }

  async configureBoard(id: string, settings: BoardSettings, acceptedAt: number): Promise<ConfigureVerdict> {
    const partition = this.#reach().partitionOfBoard(id);
    const board = partition.board(id);
    const previous = board?.config ?? DEFAULT_BOARD_CONFIG;
    const config = { ...previous, ...settings };
    const converted = config.order !== previous.order || config.ties !== previous.ties;
    if (board !== undefined && converted && board.total > this.#options.maxConversionMembers) {
      const message = `order and ties cannot be changed above ${this.#options.maxConversionMembers} members`;
      return { ok: false, code: 'conflict', message };
    }
    if (board === undefined) partition.createBoard(id, config);
    else board.configure(config);
    if (board === undefined || converted || config.top !== previous.top) {
      this.#mark(partition, id, acceptedAt);
    }
    return { ok: true, config };
  }

  async removeBoard(id: string, acceptedAt: number): Promise<boolean> {
    const partition = this.#reach().partitionOfBoard(id);
    const removed = partition.removeBoard(id);
    if (removed) this.#mark(partition, id, acceptedAt);
    return removed;
  }

  async removeMember(id: string, member: string, acceptedAt: number): Promise<boolean> {
    const partition = this.#reach().partitionOfBoard(id);
    const removed = partition.board(id)?.removeMember(member) ?? false;
    if (removed) this.#mark(partition, id, acceptedAt);
    return removed;
  }

  async readPages(queries: readonly PageQuery[]): Promise<readonly BoardPage[]> {
    const data = this.#reach();
    return queries.map((query) => data.partitionOfBoard(query.board).readPage(query));
  }

  async readStandings(queries: readonly StandingsQuery[]): Promise<readonly Standings[]> {
    const data = this.#reach();
    return queries.map(({ board: id, members }) => {
      const board = data.partitionOfBoard(id).board(id);
      return { total: board?.total ?? 0, standings: members.map((member) => board?.standing(member)) };
    });
  }

  async readNeighbourhood(id: string, member: string, around: number): Promise<Neighbourhood | undefined> {
    const partition = this.#reach().partitionOfBoard(id);
    const board = partition.board(id);
    const index = board?.indexOf(member);
    if (board === undefined || index === undefined) return undefined;
    const { total } = board;
    const size = Math.min(2 * around + 1, total);
    const first = Math.max(0, Math.min(index - around, total - size));
    const rows = partition.readRows(board, first, size);
    return { total, member: rows[index - first] as RankedRow, around: rows };
  }

  async listBoards({ after, limit }: { after?: string; limit: number }): Promise<readonly BoardSummary[]> {
    const data = this.#reach();
    return data.boardIdsAfter(after, limit).map((id) => {
      const { total, config } = data.partitionOfBoard(id).board(id) as MemoryBoard;
      return { id, total, config };
    });
  }

  async takeDirty(partitions: readonly number[], fence: number): Promise<readonly DirtyNames[] | 'fenced'> {
    const data = this.#reach();
    if (partitions.some((partition) => data.partition(partition).dirty.refuses(fence))) return 'fenced';
    return partitions.map((partition) => data.partition(partition).dirty.take(partition, fence));
  }

  async acquireLease(name: string, owner: string, termMs: number): Promise<Lease | undefined> {
    return this.#reach().leases.acquire(name, owner, termMs, this.#clock.now());
  }

  async renewLease(name: string, owner: string, fence: number, termMs: number): Promise<boolean> {
    return this.#reach().leases.renew(name, owner, fence, termMs, this.#clock.now());
  }

  async releaseLease(name: string, owner: string, fence: number): Promise<void> {
    this.#reach().leases.release(name, owner, fence, this.#clock.now());
  }

  #reach(): MemoryData {
    if (this.#stopped) throw new StoreUnavailableError('the memory store has been stopped');
    if (this.#state === 'down') throw new StoreUnavailableError('the memory store is down');
    return this.#data;
  }

  #mark(partition: MemoryPartition, board: string, acceptedAt: number): void {
    partition.dirty.mark(`board:${board}`, acceptedAt, this.#options.maxDirtyNames);
  }

  /** A score in another partition than its board's would never be read again. */
  #assertPartition(partition: number, operations: readonly Operation[]): void {
    let checked: string | undefined;
    for (const operation of operations) {
      if (operation.op === 'profile' || operation.board === checked) continue;
      checked = operation.board;
      assert(
        partitionOfBoard(checked, this.partitions) === partition,
        `board ${checked} is in partition ${partition}`,
      );
    }
  }
}
