import { type BoardConfig, DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import type { BatchVerdict, BoardPage, Operation, PageQuery, RankedRow } from '../score-store.ts';
import { DirtyTracker } from './dirty-tracker.ts';
import { MemoryBoard } from './memory-board.ts';
import type { Ranking } from './ranking.ts';
import type { Entry } from './ranking-entry.ts';

/** The boards and profiles of one partition. */
export class MemoryPartition {
  readonly dirty = new DirtyTracker();
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

  createBoard(id: string, config: BoardConfig): MemoryBoard {
    const board = new MemoryBoard(config);
    this.#boards.set(id, board);
    this.#boardIds.add(boardEntry(id));
    return board;
  }

  removeBoard(id: string): boolean {
    if (!this.#boards.delete(id)) return false;
    this.#boardIds.remove(boardEntry(id));
    return true;
  }

  /** One operation after the other: this engine is the model of what a batch means. */
  apply(operations: readonly Operation[], mark: (name: string) => void): BatchVerdict {
    const refused: BatchVerdict['refused'][number][] = [];
    const changedBoards = new Set<string>();
    for (const [index, operation] of operations.entries()) {
      const message =
        operation.op === 'profile'
          ? this.#applyProfile(operation, mark)
          : this.#applyScore(operation, changedBoards);
      if (message === undefined) this.#position++;
      else refused.push({ index, code: 'malformed', message });
    }
    for (const board of changedBoards) mark(`board:${board}`);
    return { position: this.#position, refused };
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

  #applyProfile(
    { member, name }: Extract<Operation, { op: 'profile' }>,
    mark: (name: string) => void,
  ): undefined {
    if (this.#profiles.get(member) === name) return;
    this.#profiles.set(member, name);
    mark(`profile:${member}`);
  }

  /** Gives the message of a refusal. */
  #applyScore(
    operation: Exclude<Operation, { op: 'profile' }>,
    changedBoards: Set<string>,
  ): string | undefined {
    if (!Number.isFinite(operation.value)) return 'the value is not a finite number';
    const board = this.board(operation.board) ?? this.createBoard(operation.board, DEFAULT_BOARD_CONFIG);
    const effect = board.apply(operation, this.#position + 1);
    if (effect === 'overflow') return 'the score would not be a finite number';
    if (effect === 'changed') changedBoards.add(operation.board);
    return undefined;
  }
}

/** All equal but for the id, so that a ranking of them is in byte order of the ids. */
export function boardEntry(id: string): Entry {
  return { member: id, key: 0, arrival: 0 };
}
