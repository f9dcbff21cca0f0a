import { type BoardConfig, DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import { BUILT_IN_SCORING } from '../../scoring/registry.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import { MemoryBoard } from '../memory/memory-board.ts';
import { baseOf } from '../partitions.ts';
import type { LogEntry, MemberRecord, ResultOperation, ScoreOperation } from '../score-store.ts';
import { Turns } from './turns.ts';

/** Everything that replaying needs to know of a board: `config` is absent where there is no board. */
export interface BoardState {
  readonly config?: BoardConfig;
  readonly members: Iterable<readonly [member: string, record: MemberRecord]>;
}

export interface ShadowOptions {
  /** Rates results again. Default: the handlers that come with scorewire; without a handler that the log names, it can't be replayed. */
  readonly scoring?: Scoring | undefined;
  /** With what it comes into being, where it is not there yet: of a window the settings of its board. Default: those of new boards. */
  readonly newConfig?: BoardConfig | undefined;
}

/** The log can't be replayed here, and says why. */
export class ReplayError extends Error {}

/** What one board (or window) has to be, by its log: the memory engine's own board, fed with entries instead of batches. */
export class ShadowBoard {
  readonly #id: string;
  /** Of whose operations it is made: of a window that of its board. */
  readonly #base: string;
  readonly #window: string | undefined;
  readonly #scoring: Scoring;
  /** What it gets when it comes into being. */
  #newConfig: BoardConfig;
  #board: MemoryBoard | undefined;

  constructor(
    id: string,
    { config, members }: BoardState = { members: [] },
    { scoring = BUILT_IN_SCORING, newConfig = DEFAULT_BOARD_CONFIG }: ShadowOptions = {},
  ) {
    this.#id = id;
    this.#base = baseOf(id);
    this.#window = this.#base === id ? undefined : id.slice(this.#base.length + 1);
    this.#scoring = scoring;
    this.#newConfig = config ?? newConfig;
    if (config === undefined) return;
    this.#board = new MemoryBoard(config);
    for (const [member, record] of members) this.#board.restore(member, record);
  }

  /** The same as the constructor, in turns. */
  static async restored(
    id: string,
    { config, members }: BoardState,
    options: ShadowOptions = {},
  ): Promise<ShadowBoard> {
    if (config === undefined) return new ShadowBoard(id, { members: [] }, options);
    const board = new MemoryBoard(config);
    const turns = new Turns();
    for (const [member, record] of members) {
      board.restore(member, record);
      await turns.after(1);
    }
    const shadow = new ShadowBoard(id, { members: [] }, { ...options, newConfig: config });
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
        if (entry.board === this.#base) this.#configure(entry.config);
        return;
      case 'remove-board':
        if (entry.board === this.#base) this.#newConfig = DEFAULT_BOARD_CONFIG;
        if (entry.board === this.#id) this.#board = undefined;
        return;
      case 'remove-member':
        if (entry.board === this.#id) this.#board?.removeMember(entry.member);
        return;
      case 'repair':
        // It gave the members of the store what this board has had all along.
        return;
      case 'configure-product':
      case 'configure-match':
      case 'remove-match':
      case 'configure-tournament':
      case 'add-teams':
      case 'start-tournament':
      case 'remove-tournament':
      case 'put-team':
      case 'expire-sessions':
        return;
      default:
        entry satisfies never;
    }
  }

  /** A window is made by its first score only. */
  #configure(config: BoardConfig): void {
    this.#newConfig = config;
    if (this.#board !== undefined) this.#board.configure(config);
    else if (this.#window === undefined) this.#board = new MemoryBoard(config);
  }

  #replayBatch({ from, operations, windows }: Extract<LogEntry, { kind: 'batch' }>, after: number): void {
    if (this.#window !== undefined && !windows?.get(this.#base)?.includes(this.#window)) return;
    for (const [index, operation] of operations.entries()) {
      const position = from + index + 1;
      if (!('board' in operation) || operation.board !== this.#base || position <= after) continue;
      this.#replayOperation(operation, position);
    }
  }

  #replayOperation(operation: ScoreOperation | ResultOperation, position: number): void {
    if (operation.op === 'result') this.#assertRateable(operation, position);
    const board = this.#board ?? new MemoryBoard(this.#newConfig);
    // A result may be refused here: in a window, or where the scores that it was rated from were not the right ones.
    if (board.apply(operation, position, this.#scoring) === 'changed') this.#board = board;
  }

  #assertRateable({ handler }: ResultOperation, position: number): void {
    if (this.#scoring.leaderboard(handler)?.kind === 'rating') return;
    const message = `a result at position ${position} was rated by the handler "${handler}", which this node does not have`;
    throw new ReplayError(message);
  }
}

function* recordsOf(board: MemoryBoard): Generator<readonly [string, MemberRecord]> {
  for (const member of board.members()) {
    const record = board.record(member);
    if (record !== undefined) yield [member, record];
  }
}
