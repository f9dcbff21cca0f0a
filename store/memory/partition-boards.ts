import { type BoardConfig, type BoardSettings, DEFAULT_BOARD_CONFIG } from '../../protocol/boards.ts';
import { compareByteOrder } from '../../protocol/names.ts';
import type { WindowKind } from '../../protocol/windows.ts';
import type { Scoring } from '../../scoring/scoring.ts';
import { latestEndOf } from '../../scoring/windows.ts';
import { isConversion, withSettings } from '../board-settings.ts';
import { baseOf } from '../partitions.ts';
import type { ResultOperation, ScoreOperation, StoreOptions } from '../score-store.ts';
import { currentWindow, windowKey } from '../windows-of.ts';
import { type Effect, markIn, type Undo } from './effect.ts';
import type { IdList } from './id-list.ts';
import { MemoryBoard } from './memory-board.ts';
import { MemoryCheckpoints } from './memory-checkpoints.ts';
import { Ranking } from './ranking.ts';
import { createEntry, type Entry } from './ranking-entry.ts';

/** What the operations of a batch need besides the boards. */
export interface ScoringMoment {
  readonly scoring: Scoring;
  readonly acceptedAt: number;
  readonly options: Pick<StoreOptions, 'windowRetentionMs'>;
}

/** What the operations of a batch have done to boards so far. */
export interface BoardEffects {
  /** By board: those that its operations were applied to too. */
  readonly windows: Map<string, readonly string[]>;
  /** The keys of boards and windows. */
  readonly changedBoards: Set<string>;
}

/** How an operation is applied to a board, or to its window of a kind. */
interface Application {
  readonly position: number;
  readonly moment: ScoringMoment;
  readonly undo: Undo | undefined;
  readonly kind?: WindowKind;
}

/** The boards of one partition, with their windows: these are boards too, under keys such as `x@daily.2026-11-21`. */
export class PartitionBoards {
  readonly checkpoints = new MemoryCheckpoints();
  readonly #boards = new Map<string, MemoryBoard>();
  /** Of each board, by key: when they may go. */
  readonly #windows = new Map<string, Map<string, Entry>>();
  /** Of all boards: who may go first stands in front. */
  readonly #dueWindows = new Ranking();
  /** Of all partitions. */
  readonly #ids: IdList;

  constructor(ids: IdList) {
    this.#ids = ids;
  }

  get(key: string): MemoryBoard | undefined {
    return this.#boards.get(key);
  }

  /** On the board, and where it was not refused there, on its windows of the moment. `position` is that of the partition before. */
  apply(
    operation: ScoreOperation | ResultOperation,
    position: number,
    moment: ScoringMoment,
    { windows, changedBoards }: BoardEffects,
    undo?: Undo,
  ): Effect {
    const { board: base } = operation;
    const known = this.get(base);
    const config = known?.config ?? DEFAULT_BOARD_CONFIG;
    const effect = this.#applyTo(base, known, config, operation, { position, moment, undo });
    if (typeof effect === 'object') return effect;
    markIn(changedBoards, base, effect, undo);
    if (config.windows === undefined || config.windows.length === 0) return effect;
    const applied: string[] = [];
    for (const kind of config.windows) {
      const window = currentWindow(config, kind, moment.acceptedAt);
      const key = windowKey(base, window);
      applied.push(window);
      const done = this.#applyTo(key, this.get(key), config, operation, { position, moment, undo, kind });
      markIn(changedBoards, key, done, undo);
    }
    if (undo !== undefined && !windows.has(base)) undo.push(() => windows.delete(base));
    windows.set(base, applied);
    return effect;
  }

  /** The new settings of a board, or why it can't have them. */
  configure(
    id: string,
    settings: BoardSettings,
    { maxConversionMembers, position }: { maxConversionMembers: number; position: number },
  ): BoardConfig | { readonly conflict: string } {
    const board = this.get(id);
    const config = withSettings(board?.config ?? DEFAULT_BOARD_CONFIG, settings);
    if (board === undefined) {
      this.#add(id, new MemoryBoard(config), position);
      return config;
    }
    const windows = this.windowsOf(id);
    if (isConversion(board.config, config)) {
      if (board.total > maxConversionMembers) {
        return { conflict: `order and ties cannot be changed above ${maxConversionMembers} members` };
      }
      if (windows.some((window) => (this.get(window)?.total ?? 0) > 0)) {
        return { conflict: 'order and ties cannot be changed while a window has members' };
      }
    }
    for (const key of [id, ...windows]) this.get(key)?.configure(config);
    return config;
  }

  /** The keys of a board's windows, in byte order. */
  windowsOf(id: string): readonly string[] {
    return [...(this.#windows.get(id)?.keys() ?? [])].sort(compareByteOrder);
  }

  /** Of a board that has no windows any more, or of a window. */
  remove(key: string): boolean {
    if (!this.#boards.delete(key)) return false;
    this.checkpoints.removed(key);
    const base = baseOf(key);
    const windows = this.#windows.get(base);
    const due = windows?.get(key);
    if (due === undefined) {
      this.#ids.remove(key);
      return true;
    }
    this.#dueWindows.remove(due);
    windows?.delete(key);
    if (windows?.size === 0) this.#windows.delete(base);
    return true;
  }

  /** At most so many windows that may go, the oldest first. */
  dueWindows(now: number, limit: number): readonly string[] {
    const due = this.#dueWindows.slice(0, limit).filter(({ key }) => key <= now);
    return due.map(({ member }) => member);
  }

  /** What is not there comes into being with its first score. */
  #applyTo(
    key: string,
    known: MemoryBoard | undefined,
    config: BoardConfig,
    operation: ScoreOperation | ResultOperation,
    { position, moment, undo, kind }: Application,
  ): Effect {
    const { scoring, acceptedAt, options } = moment;
    if (known !== undefined) return known.apply(operation, position + 1, scoring, undo);
    const board = new MemoryBoard(config);
    const effect = board.apply(operation, position + 1, scoring);
    if (effect === 'changed') {
      this.#add(key, board, position, kind && latestEndOf(kind, acceptedAt) + options.windowRetentionMs);
      undo?.push(() => this.remove(key));
    }
    return effect;
  }

  #add(key: string, board: MemoryBoard, position: number, dueAt?: number): void {
    this.#boards.set(key, board);
    this.checkpoints.created(key, position);
    if (dueAt === undefined) {
      this.#ids.add(key);
      return;
    }
    const due = createEntry(key, dueAt);
    this.#dueWindows.add(due);
    const base = baseOf(key);
    const windows = this.#windows.get(base) ?? new Map<string, Entry>();
    this.#windows.set(base, windows.set(key, due));
  }
}
