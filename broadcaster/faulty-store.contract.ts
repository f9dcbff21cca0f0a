/** For the tests of this folder: a store of a few lines, whose every answer can be late or lost. */

import { expect } from 'vitest';
import type { BoardConfig } from '../protocol/boards.ts';
import { DIRTY_PROBE } from '../store/probe.ts';
import {
  type AreaQuery,
  type BoardPage,
  type MatchView,
  type ModeCount,
  type PageQuery,
  type PartitionLease,
  type PlayerQuery,
  type Standings,
  type StandingsQuery,
  type StoreState,
  StoreUnavailableError,
  type SweepResult,
  type TakenNames,
  type TeamChunks,
} from '../store/score-store.ts';
import type { BroadcasterStore } from './broadcaster-types.ts';
import { PARTITIONS, type StoreData, TOP } from './faulty-data.contract.ts';

export type Method =
  | 'takeDirty'
  | 'readPages'
  | 'readStandings'
  | 'readConfigs'
  | 'readPlayers'
  | 'readAreas'
  | 'readMatches'
  | 'readProbes'
  | 'writeProbes'
  | 'sweep'
  | ('readTournaments' | 'readContestTail' | 'readTeamChunks')
  | 'acquireLeases'
  | 'renewLeases'
  | 'releaseLeases';
/** `refused`: it did not happen. `lost`: it happened, but the answer did not arrive. */
export type Fault = 'refused' | 'lost';

/** One broadcaster's connection to the data. A call happens after half of `latencyMs` and is answered after all of it. */
export class StoreClient implements BroadcasterStore {
  readonly partitions = PARTITIONS;
  readonly data: StoreData;
  readonly calls: Method[] = [];
  readonly queries: (PageQuery | StandingsQuery)[] = [];
  latencyMs = 0;
  latencyOf: (method: Method) => number = () => this.latencyMs;
  faultOf: (method: Method) => Fault | undefined = () => undefined;
  state: StoreState = 'up';
  takesAtOnce = 0;
  mostTakesAtOnce = 0;
  readonly #listeners = new Set<(state: StoreState) => void>();

  constructor(data: StoreData) {
    this.data = data;
  }

  setState(state: StoreState): void {
    this.state = state;
    for (const listener of this.#listeners) listener(state);
  }

  async takeDirty(leases: readonly PartitionLease[]): Promise<TakenNames> {
    this.takesAtOnce += 1;
    this.mostTakesAtOnce = Math.max(this.mostTakesAtOnce, this.takesAtOnce);
    const { data } = this;
    return this.#call('takeDirty', () => {
      const isFenced = ({ partition, fence }: PartitionLease) =>
        fence < (data.takenFences.get(partition) ?? 0);
      const fenced = leases.filter(isFenced);
      const taken = leases.filter((lease) => !isFenced(lease));
      for (const { partition, fence } of taken) data.takenFences.set(partition, fence);
      return { taken: taken.map(({ partition }) => data.take(partition)), fenced };
    }).finally(() => {
      this.takesAtOnce -= 1;
    });
  }

  async readPages(queries: readonly PageQuery[]): Promise<readonly BoardPage[]> {
    this.queries.push(...queries);
    return this.#call('readPages', () =>
      queries.map(({ board, offset, limit }) => {
        expect([offset, limit]).toEqual([0, 'top']);
        const rows = this.data.ranked(board);
        return { exists: this.data.boards.has(board), total: rows.length, rows: rows.slice(0, TOP) };
      }),
    );
  }

  async readStandings(queries: readonly StandingsQuery[]): Promise<readonly Standings[]> {
    this.queries.push(...queries);
    return this.#call('readStandings', () =>
      queries.map(({ board, members }) => {
        const rows = new Map(this.data.ranked(board).map((row) => [row.member, row]));
        return { total: rows.size, standings: members.map((member) => rows.get(member)) };
      }),
    );
  }

  async readConfigs(boards: readonly string[]): Promise<readonly (BoardConfig | undefined)[]> {
    return this.#call('readConfigs', () => boards.map((board) => this.data.configs.get(board)));
  }

  async readPlayers(queries: readonly PlayerQuery[]): Promise<readonly ReadonlyMap<string, number>[]> {
    return this.#call('readPlayers', () =>
      queries.map(({ product, player }) => this.data.players.get(`${product}:${player}`) ?? new Map()),
    );
  }

  async readAreas(queries: readonly AreaQuery[]): Promise<readonly (readonly ModeCount[])[]> {
    return this.#call('readAreas', () => queries.map(({ area }) => this.data.areas.get(area) ?? []));
  }

  async readMatches(matches: readonly string[]): Promise<readonly (MatchView | undefined)[]> {
    return this.#call('readMatches', () => matches.map((match) => this.data.matches.get(match)));
  }

  async readProbes(partitions: readonly number[]): Promise<readonly (number | undefined)[]> {
    return this.#call('readProbes', () => partitions.map((partition) => this.data.probes.get(partition)));
  }

  async writeProbes(partitions: readonly number[], at: number): Promise<void> {
    return this.#call('writeProbes', () => {
      for (const partition of partitions) {
        this.data.probes.set(partition, at);
        this.data.mark(partition, DIRTY_PROBE);
      }
    });
  }

  async readTournaments(ids: readonly string[]): Promise<readonly undefined[]> {
    return this.#call('readTournaments', () => ids.map(() => undefined));
  }

  async readContestTail(): Promise<undefined> {
    return this.#call('readContestTail', () => undefined);
  }

  async readTeamChunks(): Promise<TeamChunks> {
    return this.#call('readTeamChunks', () => ({ chunks: [] }));
  }

  async sweep(): Promise<SweepResult> {
    return this.#call('sweep', () => ({ sessions: 0, windows: 0, more: false }));
  }

  async acquireLeases(
    highest: readonly PartitionLease[],
    owner: string,
    termMs: number,
  ): Promise<readonly PartitionLease[]> {
    return this.#call('acquireLeases', () => {
      const { leases, clock } = this.data;
      const now = clock.now();
      const free = highest.filter(({ partition }) => {
        const lease = leases.get(partition);
        return lease === undefined || lease.until <= now || lease.owner === owner;
      });
      if (free.length === 0) return [];
      const fence = Math.max(this.data.lastFence, ...free.map((each) => each.fence)) + 1;
      this.data.lastFence = fence;
      for (const { partition } of free) leases.set(partition, { owner, fence, until: now + termMs });
      return free.map(({ partition }) => ({ partition, fence }));
    });
  }

  async renewLeases(
    asked: readonly PartitionLease[],
    owner: string,
    termMs: number,
  ): Promise<readonly PartitionLease[]> {
    return this.#call('renewLeases', () => {
      const { leases, clock } = this.data;
      const now = clock.now();
      const held = asked.filter(({ partition, fence }) => {
        const lease = leases.get(partition);
        return lease?.owner === owner && lease.fence === fence && lease.until > now;
      });
      for (const { partition, fence } of held) leases.set(partition, { owner, fence, until: now + termMs });
      return held;
    });
  }

  async releaseLeases(asked: readonly PartitionLease[], owner: string): Promise<void> {
    return this.#call('releaseLeases', () => {
      for (const { partition, fence } of asked) {
        const lease = this.data.leases.get(partition);
        if (lease?.owner === owner && lease.fence === fence) this.data.leases.delete(partition);
      }
    });
  }

  onState(listener: (state: StoreState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  count(method: Method): number {
    return this.calls.filter((each) => each === method).length;
  }

  async #call<Result>(method: Method, action: () => Result): Promise<Result> {
    this.calls.push(method);
    const latencyMs = this.latencyOf(method);
    const fault = this.state === 'down' ? 'refused' : this.faultOf(method);
    await this.#pause(latencyMs / 2);
    const result = fault === 'refused' ? undefined : action();
    await this.#pause(latencyMs / 2);
    if (fault !== undefined) throw new StoreUnavailableError(`${method}: ${fault}`);
    return result as Result;
  }

  #pause(delayMs: number): Promise<void> | undefined {
    if (delayMs === 0) return undefined;
    return new Promise((resolve) => void this.data.clock.after(delayMs, resolve));
  }
}
