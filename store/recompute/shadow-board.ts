import { type BoardConfig, DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import { MemoryBoard } from '../memory/memory-board.ts';
import type { LogEntry, MemberRecord } from '../score-store.ts';
import { Turns } from './turns.ts';

/** Everything that replaying needs to know of a board: `config` is absent where there is no board. */
export interface BoardState {
  readonly config?: BoardConfig;
  readonly members: Iterable<readonly [member: string, record: MemberRecord]>;
}

/** What one board has to be, by its log: the memory engine's own board, fed with entries instead of batches. */
export class ShadowBoard {
  readonly #id: string;
  #board: MemoryBoard | undefined;

  constructor(id: string, { config, members }: BoardState = { members: [] }) {
    this.#id = id;
    if (config === undefined) return;
    this.#board = new MemoryBoard(config);
    for (const [member, record] of members) this.#board.restore(member, record);
  }

  /** The same as the constructor, in turns. */
  static async restored(id: string, { config, members }: BoardState): Promise<ShadowBoard> {
    if (config === undefined) return new ShadowBoard(id);
    const board = new MemoryBoard(config);
    const turns = new Turns();
    for (const [member, record] of members) {
      board.restore(member, record);
      await turns.after(1);
    }
    const shadow = new ShadowBoard(id);
    shadow.#board = board;
    return shadow;
  }

  /** Absent where there is no board. */
  get config(): BoardConfig | undefined {
    return this.#board?.config;
  }

  get total(): number {
    return this.#board?.total ?? 0;
  }

  members(): Iterable<string> {
    return this.#board?.members() ?? [];
  }

  record(member: string): MemberRecord | undefined {
    return this.#board?.record(member);
  }

  state(): BoardState {
    const board = this.#board;
    if (board === undefined) return { members: [] };
    return { config: board.config, members: recordsOf(board) };
  }

  /** What the entry did to this board, if anything. Operations up to the position `after` have been replayed before. */
  replay(entry: LogEntry, after: number): void {
    switch (entry.kind) {
      case 'batch':
        this.#replayBatch(entry, after);
        return;
      case 'configure':
        if (entry.board !== this.#id) return;
        if (this.#board === undefined) this.#board = new MemoryBoard(entry.config);
        else this.#board.configure(entry.config);
        return;
      case 'remove-board':
        if (entry.board === this.#id) this.#board = undefined;
        return;
      case 'remove-member':
        if (entry.board === this.#id) this.#board?.removeMember(entry.member);
        return;
      case 'repair':
        // It gave the members of the store what this board has had all along.
        return;
      default:
        entry satisfies never;
    }
  }

  #replayBatch({ from, operations }: Extract<LogEntry, { kind: 'batch' }>, after: number): void {
    for (const [index, operation] of operations.entries()) {
      const position = from + index + 1;
      if (operation.op === 'profile' || operation.board !== this.#id || position <= after) continue;
      this.#board ??= new MemoryBoard(DEFAULT_BOARD_CONFIG);
      this.#board.apply(operation, position);
    }
  }
}

function* recordsOf(board: MemoryBoard): Generator<readonly [string, MemberRecord]> {
  for (const member of board.members()) {
    const record = board.record(member);
    if (record !== undefined) yield [member, record];
  }
}
