import type { Channel } from '../protocol/channels.ts';
import { BoardFilter } from '../store/board-filter.ts';

/** Of what stands for the board itself among the keys of its windows. */
const ITSELF = '';
const NONE: readonly string[] = [];

/**
 * Which watched channels show a board: its own channel, the ranks on it, and those of its windows. A window that a channel names by its kind
 * (`daily`) is whichever is the current one; one that it names by its time (`daily.2026-11-21`) stays that one. And which show players of a product, or a tournament.
 */
export class WatchIndex {
  /** By the name that the board has when it is dirty, then by the window as channels name it. */
  readonly #channelsByBoard = new Map<string, Map<string, Set<string>>>();
  /** Those of which a channel is watched. */
  readonly boards = new BoardFilter();
  readonly #current = new Set<string>();
  /** Of what is shown as a whole: by the product of players, by the tournament of leagues and teams. */
  readonly #channelsBySource = new Map<string, Set<string>>();

  add(name: string, channel: Channel): void {
    const source = sourceOf(channel);
    if (source !== undefined) {
      const names = this.#channelsBySource.get(source);
      if (names === undefined) this.#channelsBySource.set(source, new Set([name]));
      else names.add(name);
    }
    if (channel.type !== 'board' && channel.type !== 'rank') return;
    const { board, window = ITSELF } = channel;
    const dirty = dirtyName(board);
    const windows = this.#windowsOf(dirty);
    const names = windows.get(window);
    if (names === undefined) windows.set(window, new Set([name]));
    else names.add(name);
    if (isCurrent(window)) this.#current.add(name);
  }

  remove(name: string, channel: Channel): void {
    const source = sourceOf(channel);
    if (source !== undefined) {
      const names = this.#channelsBySource.get(source);
      if (names?.delete(name) && names.size === 0) this.#channelsBySource.delete(source);
    }
    if (channel.type !== 'board' && channel.type !== 'rank') return;
    const { board, window = ITSELF } = channel;
    this.#current.delete(name);
    const windows = this.#channelsByBoard.get(dirtyName(board));
    const names = windows?.get(window);
    if (names?.delete(name) && names.size === 0) windows?.delete(window);
    if (windows?.size !== 0) return;
    this.#channelsByBoard.delete(dirtyName(board));
    this.boards.remove(dirtyName(board));
  }

  #windowsOf(dirty: string): Map<string, Set<string>> {
    const known = this.#channelsByBoard.get(dirty);
    if (known !== undefined) return known;
    const windows = new Map<string, Set<string>>();
    this.#channelsByBoard.set(dirty, windows);
    this.boards.add(dirty);
    return windows;
  }

  /**
   * The channels that a change of `board:x` or of its window `board:x@daily.2026-11-21` may show in. A change of `board:x` may be one of its
   * settings, and so one of what its windows are: it leads to all of them. Asked for every dirty name, hardly any of which is watched: such a name is
   * looked up as it stands, and nothing is made for it.
   */
  ofBoard(dirty: string): Iterable<string> {
    const windows = this.#channelsByBoard.get(dirty);
    if (windows !== undefined) return [...windows.values()].flatMap((names) => [...names]);
    const at = dirty.indexOf('@');
    return at < 0 ? NONE : this.#ofWindow(dirty.slice(0, at), dirty.slice(at + 1));
  }

  #ofWindow(dirtyBoard: string, window: string): Iterable<string> {
    const windows = this.#channelsByBoard.get(dirtyBoard);
    if (windows === undefined) return NONE;
    // The kind also where the window is not the current one any more: who reads it finds no change.
    return [...(windows.get(window) ?? NONE), ...(windows.get(kindOf(window)) ?? NONE)];
  }

  /** The channels of players of a product. */
  ofProduct(product: string): Iterable<string> {
    return this.#channelsBySource.get(`product:${product}`) ?? [];
  }

  /** The channels of leagues and teams of a tournament. */
  ofTournament(tournament: string): Iterable<string> {
    return this.#channelsBySource.get(`tournament:${tournament}`) ?? [];
  }

  /** The channels whose window becomes another one as time passes. */
  ofCurrentWindows(): Iterable<string> {
    return this.#current;
  }

  clear(): void {
    for (const dirty of this.#channelsByBoard.keys()) this.boards.remove(dirty);
    this.#channelsByBoard.clear();
    this.#current.clear();
    this.#channelsBySource.clear();
  }
}

function dirtyName(board: string): string {
  return `board:${board}`;
}

function sourceOf(channel: Channel): string | undefined {
  if (channel.type === 'player') return `product:${channel.product}`;
  if (channel.type === 'league' || channel.type === 'team') return `tournament:${channel.tournament}`;
  return undefined;
}

function isCurrent(window: string): boolean {
  return window !== ITSELF && !window.includes('.');
}

/** `daily` of `daily.2026-11-21`. */
function kindOf(window: string): string {
  return window.slice(0, window.indexOf('.'));
}
