/** For the tests of this folder: the data of a store of a few lines. */
import type { BoardConfig } from '../protocol/boards.ts';
import { parseChannel } from '../protocol/channels.ts';
import type { State } from '../protocol/views.ts';
import { partitionOfBoard } from '../store/partitions.ts';
import type { DirtyNames, MatchView, ModeCount, RankedRow } from '../store/score-store.ts';
import type { FakeClock } from '../test/support/fake-clock.ts';

export const PARTITIONS = 4;
export const ALL: readonly number[] = Array.from({ length: PARTITIONS }, (_, partition) => partition);
/** Rows of a board's channel. */
export const TOP = 3;

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
  readonly probes = new Map<number, number>();
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
