import { type BoardConfig, type BoardSettings, DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import type { ErrorCode } from '../../protocol/codes.ts';
import type {
  BatchVerdict,
  BoardPage,
  BoardRecords,
  ConfigureVerdict,
  LogPage,
  PageQuery,
  Part,
  PartVerdict,
  ProfileOperation,
  RankedRow,
  Repair,
  ScoreOperation,
  StoreOptions,
} from '../score-store.ts';
import { DirtyTracker } from './dirty-tracker.ts';
import { isSameRecord, MemoryBoard } from './memory-board.ts';
import { MemoryCheckpoints } from './memory-checkpoints.ts';
import { type LogStep, PartitionLog } from './partition-log.ts';
import { ProducerRecords } from './producer-records.ts';
import type { Ranking } from './ranking.ts';
import type { Entry } from './ranking-entry.ts';

/** What a change depends on besides the data. */
export interface Occasion {
  readonly now: number;
  readonly acceptedAt: number;
  readonly options: StoreOptions;
}

type AppliedOperation = ScoreOperation | ProfileOperation;

/** What a batch has done so far. */
interface BatchEffect {
  readonly applied: AppliedOperation[];
  readonly changedNames: Set<string>;
}

/** The boards and profiles of one partition, with its history. */
export class MemoryPartition {
  readonly dirty = new DirtyTracker();
  readonly producers = new ProducerRecords();
  readonly checkpoints = new MemoryCheckpoints();
  readonly #log = new PartitionLog();
  readonly #boards = new Map<string, MemoryBoard>();
  readonly #profiles = new Map<string, string>();
  /** Of all partitions. */
  readonly #boardIds: Ranking;
  #position = 0;

  constructor(boardIds: Ranking) {
    this.#boardIds = boardIds;
  }

  board(id: string): MemoryBoard | undefined {
    return this.#boards.get(id);
  }

  /** One operation after the other: this engine is the model of what a batch means. */
  apply(parts: readonly Part[], occasion: Occasion): BatchVerdict {
    const { acceptedAt, options } = occasion;
    const from = this.#position;
    const effect: BatchEffect = { applied: [], changedNames: new Set() };
    const verdicts = parts.map((part) => this.#applyPart(part, effect, occasion));
    const { applied, changedNames } = effect;
    if (applied.length > 0) {
      this.#log.append(
        { kind: 'batch', from, to: this.#position, at: acceptedAt, operations: applied },
        options.logOperations,
      );
    }
    for (const name of changedNames) this.dirty.mark(name, acceptedAt, options.maxDirtyNames);
    return { position: this.#position, parts: verdicts };
  }

  configureBoard(id: string, settings: BoardSettings, occasion: Occasion): ConfigureVerdict {
    const { maxConversionMembers } = occasion.options;
    const board = this.board(id);
    const previous = board?.config ?? DEFAULT_BOARD_CONFIG;
    const config = { ...previous, ...settings };
    const isConverted = config.order !== previous.order || config.ties !== previous.ties;
    if (board !== undefined && isConverted && board.total > maxConversionMembers) {
      const message = `order and ties cannot be changed above ${maxConversionMembers} members`;
      return { ok: false, code: 'conflict', message };
    }
    if (board === undefined) this.#createBoard(id, config);
    else board.configure(config);
    if (board === undefined || isConverted || config.top !== previous.top) {
      this.#record({ kind: 'configure', at: occasion.acceptedAt, board: id, config }, occasion);
    }
    return { ok: true, config };
  }

  removeBoard(id: string, occasion: Occasion): boolean {
    if (!this.#boards.delete(id)) return false;
    this.#boardIds.remove(boardEntry(id));
    this.checkpoints.removed(id);
    this.#record({ kind: 'remove-board', at: occasion.acceptedAt, board: id }, occasion);
    return true;
  }

  removeMember(id: string, member: string, occasion: Occasion): boolean {
    if (this.board(id)?.removeMember(member) !== true) return false;
    this.#record({ kind: 'remove-member', at: occasion.acceptedAt, board: id, member }, occasion);
    return true;
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
      this.#record({ kind: 'repair', at: occasion.acceptedAt, board: id, members }, occasion);
    }
    return members;
  }

  readPage({ board: id, offset, limit }: PageQuery): BoardPage {
    const board = this.board(id);
    if (board === undefined) return { exists: false, total: 0, rows: [] };
    const rows = this.readRows(board, offset, limit === 'top' ? board.config.top : limit);
    return { exists: true, total: board.total, rows };
  }

  readRows(board: MemoryBoard, offset: number, limit: number): RankedRow[] {
    return board.rows(offset, limit).map((row) => {
      const name = this.#profiles.get(row.member);
      return name === undefined ? row : { ...row, name };
    });
  }

  readRecords(id: string, members: readonly string[]): BoardRecords {
    const board = this.board(id);
    const records = members.map((member) => board?.record(member));
    return { position: this.#position, exists: board !== undefined, total: board?.total ?? 0, records };
  }

  readLog(after: number, limit: number): LogPage {
    return this.#log.read(after, limit, this.#position);
  }

  #createBoard(id: string, config: BoardConfig): MemoryBoard {
    const board = new MemoryBoard(config);
    this.#boards.set(id, board);
    this.#boardIds.add(boardEntry(id));
    this.checkpoints.created(id, this.#position);
    return board;
  }

  #applyPart({ operations, producer }: Part, effect: BatchEffect, { now, options }: Occasion): PartVerdict {
    const record = producer && this.producers.find(producer.id, now);
    if (record !== undefined && producer !== undefined && producer.claim < record.claim) {
      return { status: 'conflict' };
    }
    const last = record?.last ?? 0;
    const remembered = record?.refused ?? new Map<number, ErrorCode>();
    const refused: { index: number; code: ErrorCode }[] = [];
    let duplicates = 0;
    for (const [index, operation] of operations.entries()) {
      const number = producer?.numbers[index];
      const isDuplicate = number !== undefined && number <= last;
      if (isDuplicate) duplicates++;
      const code = isDuplicate ? remembered.get(number) : this.#applyOperation(operation, effect);
      if (code === undefined) continue;
      refused.push({ index, code });
      if (number !== undefined) remembered.set(number, code);
    }
    if (producer !== undefined) {
      const { id, claim, numbers } = producer;
      const settledTo = Math.max(last, numbers.at(-1) ?? 0);
      this.producers.keep(id, { ...record, claim, last: settledTo, refused: remembered }, now, options);
    }
    return { status: 'settled', duplicates, refused };
  }

  /** Gives the code of a refusal. */
  #applyOperation(
    operation: Part['operations'][number],
    { applied, changedNames }: BatchEffect,
  ): ErrorCode | undefined {
    switch (operation.op) {
      case 'reject':
        return operation.code;
      case 'profile':
        if (this.#applyProfile(operation)) changedNames.add(`profile:${operation.member}`);
        break;
      default: {
        const effect = this.#applyScore(operation);
        if (effect === 'refused') return 'malformed';
        if (effect === 'changed') changedNames.add(`board:${operation.board}`);
      }
    }
    this.#position++;
    applied.push(operation);
    return undefined;
  }

  #applyProfile({ member, name }: ProfileOperation): boolean {
    if (this.#profiles.get(member) === name) return false;
    this.#profiles.set(member, name);
    return true;
  }

  #applyScore(operation: ScoreOperation): 'changed' | 'unchanged' | 'refused' {
    if (!Number.isFinite(operation.value)) return 'refused';
    const board = this.board(operation.board) ?? this.#createBoard(operation.board, DEFAULT_BOARD_CONFIG);
    const effect = board.apply(operation, this.#position + 1);
    return effect === 'overflow' ? 'refused' : effect;
  }

  /** A change of one board that is not one of operations: a step of its own. */
  #record(step: Extract<LogStep, { board: string }>, { acceptedAt, options }: Occasion): void {
    const from = this.#position++;
    this.#log.append({ ...step, from, to: from + 1 }, options.logOperations);
    this.dirty.mark(`board:${step.board}`, acceptedAt, options.maxDirtyNames);
  }
}

/** All equal but for the id, so that a ranking of them is in byte order of the ids. */
export function boardEntry(id: string): Entry {
  return { member: id, key: 0, arrival: 0 };
}
