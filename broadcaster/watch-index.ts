import type { Channel } from '../protocol/channels.ts';

/** Which watched channels show a board: its own channel and the ranks on it. Windows are boards of their own. */
export class WatchIndex {
  readonly #channelsByBoard = new Map<string, Set<string>>();

  add(name: string, channel: Channel): void {
    const board = boardOf(channel);
    if (board === undefined) return;
    const names = this.#channelsByBoard.get(board);
    if (names === undefined) this.#channelsByBoard.set(board, new Set([name]));
    else names.add(name);
  }

  remove(name: string, channel: Channel): void {
    const board = boardOf(channel);
    if (board === undefined) return;
    const names = this.#channelsByBoard.get(board);
    if (names?.delete(name) && names.size === 0) this.#channelsByBoard.delete(board);
  }

  ofBoard(board: string): Iterable<string> {
    return this.#channelsByBoard.get(board) ?? [];
  }

  clear(): void {
    this.#channelsByBoard.clear();
  }
}

function boardOf(channel: Channel): string | undefined {
  if (channel.type !== 'board' && channel.type !== 'rank') return undefined;
  return channel.window === undefined ? channel.board : `${channel.board}@${channel.window}`;
}
