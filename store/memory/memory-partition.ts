import type { BoardSettings } from '../../protocol/boards.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import type { Fixture } from '../../protocol/matches.ts';
import type { ProductConfig } from '../../protocol/products.ts';
import { isSameConfig } from '../board-settings.ts';
import { endOfEvent, numbersOf } from '../events.ts';
import type {
  BatchVerdict,
  BoardPage,
  BoardRecords,
  ConfigureVerdict,
  FixtureVerdict,
  LogPage,
  Neighbourhood,
  Operation,
  PageQuery,
  Part,
  PartVerdict,
  Refused,
  Repair,
  SweepResult,
} from '../score-store.ts';
import { applyTo, BatchEffect, type Occasion } from './applying.ts';
import { readNeighbourhood, readPage } from './board-reads.ts';
import { DirtyTracker } from './dirty-tracker.ts';
import type { Refusal, Undo } from './effect.ts';
import type { IdList, SharedIds } from './id-list.ts';
import { isSameRecord, type MemoryBoard } from './memory-board.ts';
import { MemoryCounters } from './memory-counters.ts';
import { MemoryMatches } from './memory-matches.ts';
import { MemorySessions } from './memory-sessions.ts';
import { MemoryTournaments, type TakeStep } from './memory-tournaments.ts';
import { PartitionBoards } from './partition-boards.ts';
import { type LogStep, PartitionLog } from './partition-log.ts';
import { ProducerRecords } from './producer-records.ts';

/** Everything that lives in one partition, with its history. */
export class MemoryPartition {
  readonly dirty = new DirtyTracker();
  readonly producers = new ProducerRecords();
  readonly boards: PartitionBoards;
  readonly counters = new MemoryCounters();
  readonly sessions: MemorySessions;
  readonly matches: MemoryMatches;
  readonly tournaments: MemoryTournaments;
  readonly profiles = new Map<string, string>();
  readonly #products = new Map<string, ProductConfig>();
  readonly #productIds: IdList;
  readonly #log = new PartitionLog();
  #position = 0;

  constructor(ids: SharedIds) {
    this.boards = new PartitionBoards(ids.boards);
    this.#productIds = ids.products;
    this.sessions = new MemorySessions(ids.areas);
    this.matches = new MemoryMatches(ids.matches);
    this.tournaments = new MemoryTournaments(ids.tournaments);
  }

  board(key: string): MemoryBoard | undefined {
    return this.boards.get(key);
  }

  /** One operation after the other: this engine is the model of what a batch means. */
  apply(parts: readonly Part[], occasion: Occasion): BatchVerdict {
    const { acceptedAt, options } = occasion;
    const from = this.#position;
    const effect = new BatchEffect();
    const verdicts = parts.map((part) => this.#applyPart(part, effect, occasion));
    const { applied: operations, windows } = effect;
    if (operations.length > 0) {
      const batch = { kind: 'batch' as const, from, to: this.#position, at: acceptedAt, operations };
      this.#log.append(windows.size === 0 ? batch : { ...batch, windows }, options.logOperations);
    }
    for (const name of effect.dirtyNames()) this.dirty.mark(name, acceptedAt, options.maxDirtyNames);
    return { position: this.#position, parts: verdicts };
  }

  configureBoard(id: string, settings: BoardSettings, occasion: Occasion): ConfigureVerdict {
    const { maxConversionMembers } = occasion.options;
    const previous = this.board(id)?.config;
    const config = this.boards.configure(id, settings, { maxConversionMembers, position: this.#position });
    if ('conflict' in config) return { ok: false, code: 'conflict', message: config.conflict };
    if (previous === undefined || !isSameConfig(previous, config)) {
      this.#record({ kind: 'configure', at: occasion.acceptedAt, board: id, config }, occasion, [
        `board:${id}`,
      ]);
    }
    return { ok: true, config };
  }

  configureProduct(product: string, config: ProductConfig, occasion: Occasion): void {
    if (!this.#products.has(product)) this.#productIds.add(product);
    this.#products.set(product, config);
    this.#record({ kind: 'configure-product', at: occasion.acceptedAt, product, config }, occasion, []);
  }

  product(id: string): ProductConfig | undefined {
    return this.#products.get(id);
  }

  configureMatch(match: string, fixture: Fixture, occasion: Occasion): FixtureVerdict {
    const { changed, ...verdict } = this.matches.configure(match, fixture, occasion.rules);
    if (changed) {
      const step = { kind: 'configure-match', at: occasion.acceptedAt, match, fixture } as const;
      this.#record(step, occasion, [`match:${match}`]);
    }
    return verdict;
  }

  removeMatch(match: string, occasion: Occasion): boolean {
    if (!this.matches.remove(match)) return false;
    this.#record({ kind: 'remove-match', at: occasion.acceptedAt, match }, occasion, [`match:${match}`]);
    return true;
  }

  stepper(occasion: Occasion): TakeStep {
    return (step) => this.#record(step, occasion, [`tournament:${step.tournament}`]);
  }

  removeBoard(id: string, occasion: Occasion): boolean {
    const removed = [...this.boards.windowsOf(id), id].filter((key) => this.#removeBoard(key, occasion));
    return removed.length > 0;
  }

  #removeBoard(board: string, occasion: Occasion): boolean {
    if (!this.boards.remove(board)) return false;
    this.#record({ kind: 'remove-board', at: occasion.acceptedAt, board }, occasion, [`board:${board}`]);
    return true;
  }

  removeMember(id: string, member: string, occasion: Occasion): boolean {
    const left = [...this.boards.windowsOf(id), id].filter((key) => this.board(key)?.removeMember(member));
    for (const board of left) {
      const step = { kind: 'remove-member', at: occasion.acceptedAt, board, member } as const;
      this.#record(step, occasion, [`board:${board}`]);
    }
    return left.length > 0;
  }

  repairBoard(id: string, repairs: readonly Repair[], occasion: Occasion): readonly string[] {
    const board = this.board(id);
    if (board === undefined) return [];
    const members: string[] = [];
    for (const { member, found, right } of repairs) {
      if (!isSameRecord(board.record(member), found)) continue;
      board.restore(member, right);
      members.push(member);
    }
    if (members.length > 0) {
      this.#record({ kind: 'repair', at: occasion.acceptedAt, board: id, members }, occasion, [
        `board:${id}`,
      ]);
    }
    return members;
  }

  sweep(limit: number, occasion: Occasion): SweepResult {
    const { acceptedAt: now, options } = occasion;
    const sessions = this.sessions.expire(now - options.sessionTimeoutMs, limit);
    if (sessions.length > 0) {
      const areas = new Set(sessions.map(({ area }) => `area:${area}`));
      this.#record({ kind: 'expire-sessions', at: now, sessions }, occasion, areas);
    }
    const windows = this.boards.dueWindows(now, limit - sessions.length);
    for (const window of windows) this.#removeBoard(window, occasion);
    const count = sessions.length + windows.length;
    return { sessions: sessions.length, windows: windows.length, more: count === limit };
  }

  readPage(query: PageQuery): BoardPage {
    return readPage(this.board(query.board), query, this.profiles);
  }

  readNeighbourhood(id: string, member: string, around: number): Neighbourhood | undefined {
    return readNeighbourhood(this.board(id), member, around, this.profiles);
  }

  readRecords(id: string, members: readonly string[]): BoardRecords {
    const board = this.board(id);
    const records = members.map((member) => board?.record(member));
    return { position: this.#position, exists: board !== undefined, total: board?.total ?? 0, records };
  }

  readLog(after: number, limit: number): LogPage {
    return this.#log.read(after, limit, this.#position);
  }

  #applyPart(part: Part, effect: BatchEffect, occasion: Occasion): PartVerdict {
    const { operations, producer } = part;
    const together = numbersOf(part);
    const { now, options } = occasion;
    const record = producer && this.producers.find(producer.id, now);
    if (record !== undefined && producer !== undefined && producer.claim < record.claim) {
      return { status: 'conflict' };
    }
    const last = record?.last ?? 0;
    const remembered = record?.refused ?? new Map<number, ErrorCode>();
    const refused: Refused[] = [];
    let duplicates = 0;
    for (let from = 0, to: number; from < operations.length; from = to) {
      to = endOfEvent(together, from);
      const number = producer?.numbers[from] ?? Number.POSITIVE_INFINITY;
      let refusal: Refusal | undefined;
      if (number <= last) {
        duplicates += to - from;
        const code = remembered.get(number);
        refusal = code && { code };
      } else {
        refusal = this.#applyEvent(operations, from, to, effect, occasion);
        if (refusal !== undefined && producer !== undefined) remembered.set(number, refusal.code);
      }
      if (refusal === undefined) continue;
      for (let index = from; index < to; index++) refused.push({ index, ...refusal });
    }
    if (producer !== undefined) {
      const { id, claim, numbers } = producer;
      const settledTo = Math.max(last, numbers.at(-1) ?? 0);
      this.producers.keep(id, { ...record, claim, last: settledTo, refused: remembered }, now, options);
    }
    return { status: 'settled', duplicates, refused };
  }

  /** The operations of one event: all of them, or none. */
  #applyEvent(
    operations: readonly Operation[],
    from: number,
    to: number,
    effect: BatchEffect,
    occasion: Occasion,
  ): Refusal | undefined {
    const position = this.#position;
    const applied = effect.applied.length;
    const undo: Undo | undefined = to - from > 1 ? [] : undefined;
    for (let index = from; index < to; index++) {
      // After the last one nothing can be refused any more.
      const kept = index < to - 1 ? undo : undefined;
      const refusal = this.#applyOperation(operations[index] as Operation, effect, occasion, kept);
      if (refusal === undefined) continue;
      for (let step = undo?.pop(); step !== undefined; step = undo?.pop()) step();
      this.#position = position;
      effect.applied.length = applied;
      return refusal;
    }
    return undefined;
  }

  #applyOperation(
    operation: Operation,
    effect: BatchEffect,
    occasion: Occasion,
    undo: Undo | undefined,
  ): Refusal | undefined {
    if (operation.op === 'reject') return { code: operation.code };
    if (operation.op === 'nothing') return undefined;
    const done = applyTo(this, operation, this.#position, effect, occasion, undo);
    if (typeof done === 'object') return done;
    this.#position++;
    effect.applied.push(operation);
    return undefined;
  }

  /** A change that is not one of operations: a step of its own. */
  #record(step: LogStep, { acceptedAt, options }: Occasion, names: Iterable<string>): void {
    const from = this.#position++;
    this.#log.append({ ...step, from, to: from + 1 }, options.logOperations);
    for (const name of names) this.dirty.mark(name, acceptedAt, options.maxDirtyNames);
  }
}
