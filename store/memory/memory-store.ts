import type { BoardConfig, BoardSettings } from '../../protocol/boards.ts';
import type { Fixture } from '../../protocol/matches.ts';
import type { ProductConfig } from '../../protocol/products.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { assert } from '../../runtime/errors.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import { BUILT_IN_SPORTS, type Sports } from '../../scoring/sports.ts';
import { partitionOfArea, partitionOfPlayers, partitionOfProduct } from '../partitions.ts';
import {
  type AreaQuery,
  type Batch,
  type BatchVerdict,
  type BoardPage,
  type BoardRecords,
  type BoardSummary,
  type Checkpoint,
  type CheckpointMove,
  type ClaimVerdict,
  type ConfigureVerdict,
  DEFAULT_STORE_OPTIONS,
  type FixtureVerdict,
  type LogPage,
  type MatchHistory,
  type MatchListing,
  type MatchView,
  type ModeCount,
  type Neighbourhood,
  type OnceVerdict,
  type PageQuery,
  type PartitionLease,
  type PlayerQuery,
  type Repair,
  type ScanPage,
  type ScoreStore,
  type Standings,
  type StandingsQuery,
  type StoreOptions,
  type Stray,
  type SweepResult,
  type TakenNames,
} from '../score-store.ts';
import { assertBatch, assertCount } from './batch-check.ts';
import type { MemoryBoard } from './memory-board.ts';
import { MemoryData } from './memory-data.ts';
import { MemoryTournamentClient } from './memory-tournament-client.ts';

export interface MemoryStoreDependencies {
  /** Leases end, producers are forgotten, fencing numbers and claims start by it. Default: the system's. */
  readonly clock?: Clock;
  /** Rates results. Default: the handlers that come with scorewire. */
  readonly scoring?: Scoring;
  /** Folds matches. Default: the sports that come with scorewire. */
  readonly sports?: Sports;
}

/** A store of this process with data of its own; `connect` gives further clients of the same data. */
export function createMemoryStore(
  options: Partial<StoreOptions> = {},
  { clock = systemClock, scoring = BUILT_IN_SCORING, sports = BUILT_IN_SPORTS }: MemoryStoreDependencies = {},
): MemoryScoreStore {
  const all = { ...DEFAULT_STORE_OPTIONS, ...options };
  return new MemoryScoreStore({ clock, scoring, sports, data: new MemoryData(all.partitions) }, all);
}

/**
 * Scores in the memory of this process: for one process without Redis, and the model that other engines are compared
 * with. Each method does its work in one turn of the loop, which makes it atomic.
 */
export class MemoryScoreStore extends MemoryTournamentClient implements ScoreStore {
  /** A second client of the same data, to be started like any other; its state is its own. */
  connect(options: Partial<StoreOptions> = {}): MemoryScoreStore {
    return new MemoryScoreStore(this.shared, { ...this.options, ...options });
  }

  async apply(batch: Batch): Promise<BatchVerdict> {
    const data = this.reach();
    assertBatch(batch, this.partitions);
    return data.partition(batch.partition).apply(batch.parts, this.occasion(batch.acceptedAt));
  }

  async claimProducer(producer: string, latest: number): Promise<ClaimVerdict> {
    return this.reach().claimProducer(producer, latest, this.shared.clock.now(), this.options);
  }

  async beginOnce(key: string, bodyHash: string): Promise<OnceVerdict> {
    return this.reach().beginOnce(key, bodyHash, this.shared.clock.now(), this.options);
  }

  async configureBoard(id: string, settings: BoardSettings, acceptedAt: number): Promise<ConfigureVerdict> {
    return this.reach().partitionOfBoard(id).configureBoard(id, settings, this.occasion(acceptedAt));
  }

  async configureProduct(product: string, config: ProductConfig, acceptedAt: number): Promise<void> {
    const partition = this.reach().partition(partitionOfProduct(product, this.partitions));
    partition.configureProduct(product, config, this.occasion(acceptedAt));
  }

  async configureMatch(id: string, fixture: Fixture, acceptedAt: number): Promise<FixtureVerdict> {
    return this.reach().partitionOfMatch(id).configureMatch(id, fixture, this.occasion(acceptedAt));
  }

  async removeMatch(id: string, acceptedAt: number): Promise<boolean> {
    return this.reach().partitionOfMatch(id).removeMatch(id, this.occasion(acceptedAt));
  }

  async removeBoard(id: string, acceptedAt: number): Promise<boolean> {
    return this.reach().partitionOfBoard(id).removeBoard(id, this.occasion(acceptedAt));
  }

  async removeMember(id: string, member: string, acceptedAt: number): Promise<boolean> {
    return this.reach().partitionOfBoard(id).removeMember(id, member, this.occasion(acceptedAt));
  }

  async sweep(partition: number, now: number, limit: number): Promise<SweepResult> {
    return this.reach().partition(partition).sweep(limit, this.occasion(now));
  }

  async readPages(queries: readonly PageQuery[]): Promise<readonly BoardPage[]> {
    const data = this.reach();
    return queries.map((query) => data.partitionOfBoard(query.board).readPage(query));
  }

  async readStandings(queries: readonly StandingsQuery[]): Promise<readonly Standings[]> {
    const data = this.reach();
    return queries.map(({ board: id, members }) => {
      const board = data.partitionOfBoard(id).board(id);
      return { total: board?.total ?? 0, standings: members.map((member) => board?.standing(member)) };
    });
  }

  async readNeighbourhood(id: string, member: string, around: number): Promise<Neighbourhood | undefined> {
    return this.reach().partitionOfBoard(id).readNeighbourhood(id, member, around);
  }

  async readConfigs(boards: readonly string[]): Promise<readonly (BoardConfig | undefined)[]> {
    const data = this.reach();
    return boards.map((id) => data.partitionOfBoard(id).board(id)?.config);
  }

  async listWindows(board: string): Promise<readonly string[]> {
    return this.reach().partitionOfBoard(board).boards.windowsOf(board);
  }

  async readPlayers(queries: readonly PlayerQuery[]): Promise<readonly ReadonlyMap<string, number>[]> {
    const data = this.reach();
    return queries.map((query) => {
      const partition = partitionOfPlayers(query.product, this.partitions);
      return data.partition(partition).counters.read(query);
    });
  }

  async readAreas(queries: readonly AreaQuery[]): Promise<readonly (readonly ModeCount[])[]> {
    const data = this.reach();
    return queries.map(({ area, limit }) =>
      data.partition(partitionOfArea(area, this.partitions)).sessions.modes(area, limit),
    );
  }

  async readProducts(products: readonly string[]): Promise<readonly (ProductConfig | undefined)[]> {
    const data = this.reach();
    return products.map((id) => data.partition(partitionOfProduct(id, this.partitions)).product(id));
  }

  async listProducts({ after, limit }: { after?: string; limit: number }): Promise<readonly string[]> {
    return this.reach().productIds.after(after, limit);
  }

  async readMatches(matches: readonly string[]): Promise<readonly (MatchView | undefined)[]> {
    const data = this.reach();
    return matches.map((id) => data.partitionOfMatch(id).matches.view(id, this.rules));
  }

  async readMatchEvents(
    id: string,
    { after, limit }: { after: number; limit: number },
  ): Promise<MatchHistory | undefined> {
    return this.reach().partitionOfMatch(id).matches.history(id, after, limit);
  }

  async listMatches({ after, limit }: { after?: string; limit: number }): Promise<readonly MatchListing[]> {
    const data = this.reach();
    return data.matchIds.after(after, limit).map((id) => data.partitionOfMatch(id).matches.listing(id));
  }

  async listAreas({ after, limit }: { after?: string; limit: number }): Promise<readonly string[]> {
    return this.reach().areaIds.after(after, limit);
  }

  async listBoards({ after, limit }: { after?: string; limit: number }): Promise<readonly BoardSummary[]> {
    const data = this.reach();
    return data.boardIds.after(after, limit).map((id) => {
      const { total, config } = data.partitionOfBoard(id).board(id) as MemoryBoard;
      return { id, total, config };
    });
  }

  async readLog(partition: number, after: number, limit: number): Promise<LogPage> {
    return this.reach().partition(partition).readLog(after, limit);
  }

  async readRecords(id: string, members: readonly string[]): Promise<BoardRecords> {
    const data = this.reach();
    assertCount(members.length, 'members are read at once');
    return data.partitionOfBoard(id).readRecords(id, members);
  }

  /** All at once: beside the board itself, references to its members weigh nothing. */
  async scanMembers(id: string): Promise<ScanPage> {
    return { members: [...(this.reach().partitionOfBoard(id).board(id)?.members() ?? [])], strays: [] };
  }

  async repairBoard(id: string, repairs: readonly Repair[], acceptedAt: number): Promise<readonly string[]> {
    const data = this.reach();
    assertCount(repairs.length, 'members are repaired at once');
    const members = new Set(repairs.map(({ member }) => member));
    assert(members.size === repairs.length, 'each member is repaired once');
    return data.partitionOfBoard(id).repairBoard(id, repairs, this.occasion(acceptedAt));
  }

  /** A ranking is changed together with its members, in one turn, so that nothing in it is ever nobody's. */
  async removeStrays(_: string, strays: readonly Stray[]): Promise<number> {
    this.reach();
    assertCount(strays.length, 'strays are removed at once');
    return 0;
  }

  async saveCheckpoint(id: string, checkpoint: Checkpoint): Promise<boolean> {
    return this.reach().partitionOfBoard(id).boards.checkpoints.save(id, checkpoint);
  }

  async loadCheckpoint(id: string): Promise<Checkpoint | undefined> {
    return this.reach().partitionOfBoard(id).boards.checkpoints.load(id);
  }

  async readCreation(id: string): Promise<number | undefined> {
    return this.reach().partitionOfBoard(id).boards.checkpoints.creation(id);
  }

  async readCheckpointPositions(boards: readonly string[]): Promise<readonly (number | undefined)[]> {
    const data = this.reach();
    assertCount(boards.length, 'checkpoints are looked up at once');
    return boards.map((id) => data.partitionOfBoard(id).boards.checkpoints.load(id)?.position);
  }

  async advanceCheckpoints(moves: readonly CheckpointMove[], position: number): Promise<void> {
    const data = this.reach();
    assertCount(moves.length, 'checkpoints are moved at once');
    for (const { board, from } of moves)
      data.partitionOfBoard(board).boards.checkpoints.advance(board, from, position);
  }

  async writeProbes(partitions: readonly number[], at: number): Promise<void> {
    this.reach().ownership.writeProbes(partitions, at, this.options.maxDirtyNames);
  }

  async readProbes(partitions: readonly number[]): Promise<readonly (number | undefined)[]> {
    return this.reach().ownership.readProbes(partitions);
  }

  async takeDirty(leases: readonly PartitionLease[]): Promise<TakenNames> {
    return this.reach().ownership.take(leases);
  }

  async acquireLeases(highest: readonly PartitionLease[], owner: string, termMs: number) {
    return this.reach().ownership.acquire(highest, owner, termMs, this.shared.clock.now());
  }

  async renewLeases(leases: readonly PartitionLease[], owner: string, termMs: number) {
    return this.reach().ownership.renew(leases, owner, termMs, this.shared.clock.now());
  }

  async releaseLeases(leases: readonly PartitionLease[], owner: string): Promise<void> {
    this.reach().ownership.release(leases, owner, this.shared.clock.now());
  }
}
