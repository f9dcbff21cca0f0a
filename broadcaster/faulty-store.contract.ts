/** For the tests of this folder: a store of a few lines, whose every answer can be late or lost. */

import { expect } from 'vitest';
import type { BoardConfig } from '../protocol/boards.ts';
import { parseChannel } from '../protocol/channels.ts';
import type { State } from '../protocol/views.ts';
import { partitionOfBoard } from '../store/partitions.ts';
import {
  type AreaQuery,
  type BoardPage,
  type DirtyNames,
  type MatchView,
  type ModeCount,
  type PageQuery,
  type PartitionLease,
  type PlayerQuery,
  type RankedRow,
  type Standings,
  type StandingsQuery,
  type StoreState,
  StoreUnavailableError,
  type SweepResult,
  type TakenNames,
  type TeamChunks,
} from '../store/score-store.ts';
import type { FakeClock } from '../test/support/fake-clock.ts';
import type { BroadcasterStore } from './broadcaster-types.ts';

export const PARTITIONS = 4;
export const ALL: readonly number[] = Array.from({ length: PARTITIONS }, (_, partition) => partition);
const TOP = 3;

/** The data that all clients share. `top` is 3 on every board; among equals the lesser member stands above. */
export class StoreData {
  readonly clock: FakeClock;
  readonly boards = new Map<string, Map<string, number>>();
  readonly names = new Map<string, string>();
  readonly configs = new Map<string, BoardConfig>();
  /** By `<product>:<player>`. */
  readonly players = new Map<string, ReadonlyMap<string, number>>();
  readonly areas = new Map<string, readonly ModeCount[]>();
  readonly matches = new Map<string, MatchView>();
  readonly dirty: { all: number | undefined; names: Map<string, number> }[] = [];
  /** By partition. */
  readonly leases = new Map<number, { readonly owner: string; readonly fence: number; until: number }>();
  /** Leases that are taken together have one number. */
  lastFence = 100;
  /** By partition: the highest number that names were taken under. */
  readonly takenFences = new Map<number, number>();

  constructor(clock: FakeClock) {
    this.clock = clock;
    for (let i = 0; i < PARTITIONS; i++) this.dirty.push({ all: undefined, names: new Map() });
  }

  set(board: string, member: string, score: number): void {
    const members = this.boards.get(board) ?? new Map<string, number>();
    this.boards.set(board, members.set(member, score));
    this.mark(partitionOfBoard(board, PARTITIONS), `board:${board}`);
  }

  remove(board: string): void {
    this.boards.delete(board);
    this.mark(partitionOfBoard(board, PARTITIONS), `board:${board}`);
  }

  setName(member: string, name: string): void {
    this.names.set(member, name);
    for (let i = 0; i < PARTITIONS; i++) this.mark(i, `profile:${member}`);
  }

  mark(partition: number, name: string): void {
    const names = this.dirty[partition]?.names;
    names?.set(name, names.get(name) ?? this.clock.now());
  }

  /** Turns the names of a partition into the one flag that stands for all. */
  overflow(partition: number): void {
    const dirty = this.dirty[partition];
    if (dirty === undefined || dirty.names.size === 0) return;
    dirty.all = Math.min(dirty.all ?? Number.POSITIVE_INFINITY, ...dirty.names.values());
    dirty.names = new Map();
  }

  ranked(board: string): RankedRow[] {
    const rows = [...(this.boards.get(board) ?? [])].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return rows.map(([member, score]) => {
      const name = this.names.get(member);
      const rank = 1 + rows.filter(([, other]) => other > score).length;
      return name === undefined ? { rank, member, score } : { rank, member, score, name };
    });
  }

  /** What the channel should show, said independently of how it is read. */
  truth(name: string): State {
    const channel = parseChannel(name);
    if (channel?.type === 'board') {
      const rows = this.ranked(channel.board).slice(0, TOP);
      return rows.map((row) => [row.member, row.score, ...(row.name === undefined ? [] : [row.name])]);
    }
    if (channel?.type !== 'rank') throw new Error(`no truth about ${name}`);
    const rows = this.ranked(channel.board);
    const row = rows.find(({ member }) => member === channel.member);
    const { member } = channel;
    return row === undefined
      ? { member, total: rows.length }
      : { member, total: rows.length, rank: row.rank, score: row.score };
  }

  /** As if somebody else had acquired them. */
  give(owner: string, fence: number, partitions: readonly number[] = ALL): void {
    this.lastFence = Math.max(this.lastFence, fence);
    for (const partition of partitions) this.leases.set(partition, { owner, fence, until: Infinity });
  }

  /** Who holds what at present, as `owner fence`. */
  holders(): readonly string[] {
    const now = this.clock.now();
    return ALL.map((partition) => {
      const lease = this.leases.get(partition);
      return lease === undefined || lease.until <= now ? 'free' : `${lease.owner} ${lease.fence}`;
    });
  }

  take(partition: number): DirtyNames {
    const { all, names } = this.dirty[partition] ?? { all: undefined, names: new Map() };
    this.dirty[partition] = { all: undefined, names: new Map() };
    return all === undefined ? { partition, names } : { partition, allSince: all, names };
  }
}

export type Method =
  | 'takeDirty'
  | 'readPages'
  | 'readStandings'
  | 'readConfigs'
  | 'readPlayers'
  | 'readAreas'
  | 'readMatches'
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
