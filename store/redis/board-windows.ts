import { latestEndOf, windowAt } from '../../scoring/windows.ts';
import type { PackedBatch } from './batches.ts';
import { packDoubles, packTexts, packUint16s } from './packing.ts';
import { parseWindows, UTC } from './replies.ts';

/** The windows of a board at a moment, as apply.lua is told of them. */
export interface CurrentWindows {
  readonly board: string;
  /** In the order of the batch's boards, from 1. */
  readonly place: number;
  /** What of the board's configuration they follow from. */
  readonly settings: string;
  readonly windows: readonly { readonly name: string; readonly untilTime: number }[];
}

/** Far more than boards with windows are written at a time. */
const MAX_REMEMBERED = 10_000;

/**
 * What the engine takes the windows of boards to be. It may be wrong: every batch carries what it was packed for, and the script
 * refuses it where the board has other settings, and tells them.
 */
export class BoardWindows {
  /** Boards without windows are not in it. */
  readonly #settings = new Map<string, string>();
  readonly #retentionMs: number;

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs;
  }

  learn(board: string, settings: string): void {
    this.#settings.delete(board);
    if (settings === '') return;
    const [oldest] = this.#settings.keys();
    if (oldest !== undefined && this.#settings.size >= MAX_REMEMBERED) this.#settings.delete(oldest);
    this.#settings.set(board, settings);
  }

  /** Whether the board is known to have settings about windows. */
  has(board: string): boolean {
    return this.#settings.has(board);
  }

  /** Of those boards of the batch that are known to have settings about windows. */
  at(batch: PackedBatch, acceptedAt: number): readonly CurrentWindows[] {
    if (this.#settings.size === 0) return [];
    return batch.boards.counts().flatMap(([board], index): CurrentWindows[] => {
      const settings = this.#settings.get(board);
      if (settings === undefined) return [];
      const [kinds = '', timezone = UTC] = settings.split(' ');
      const windows = parseWindows(kinds).map((kind) => ({
        name: windowAt(kind, acceptedAt, timezone),
        untilTime: latestEndOf(kind, acceptedAt) + this.#retentionMs,
      }));
      return [{ board, place: index + 1, settings, windows }];
    });
  }
}

/** As include-windows.lua has it. */
export function packWindows(boards: readonly CurrentWindows[]): Buffer {
  return Buffer.concat(
    boards.flatMap(({ place, settings, windows }) => [
      ...[packUint16s([place]), packTexts([settings]), packUint16s([windows.length])],
      ...windows.flatMap(({ name, untilTime }) => [packTexts([name]), packDoubles([untilTime])]),
    ]),
  );
}
