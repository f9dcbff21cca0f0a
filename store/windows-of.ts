/** Which windows a board has at a moment, and how they are called: the one place that knows. */
import type { BoardConfig } from '../protocol/boards.ts';
import { isCurrentWindow, type WindowKind } from '../protocol/windows.ts';
import { windowAt } from '../scoring/windows.ts';
import type { ScoreStore } from './score-store.ts';

/** What a channel or a request names: a board, one of its fixed windows (`daily.2026-11-21`), or a current one (`daily`). */
export interface WindowedBoard {
  readonly board: string;
  readonly window?: string | undefined;
}

/** The key of a fixed window. */
export function windowKey(board: string, window: string): string {
  return `${board}@${window}`;
}

/** The name of a board's window of a kind, whether it has windows of that kind or not. */
export function currentWindow({ timezone = 'UTC' }: BoardConfig, kind: WindowKind, at: number): string {
  return windowAt(kind, at, timezone);
}

/**
 * The keys under which the store knows what is named, in order: `undefined` for the current window of a board that has none of that
 * kind. The settings are read only where somebody asks for a current window, all at once.
 */
export async function resolveWindows(
  store: Pick<ScoreStore, 'readConfigs'>,
  named: readonly WindowedBoard[],
  now: number,
): Promise<readonly (string | undefined)[]> {
  const asked = new Set(named.flatMap(({ board, window }) => (isAlias(window) ? [board] : [])));
  const configs = await readConfigs(store, [...asked]);
  return named.map(({ board, window }) => {
    if (window === undefined) return board;
    if (!isCurrentWindow(window)) return windowKey(board, window);
    const config = configs.get(board);
    return config?.windows?.includes(window)
      ? windowKey(board, currentWindow(config, window, now))
      : undefined;
  });
}

function isAlias(window: string | undefined): boolean {
  return window !== undefined && isCurrentWindow(window);
}

async function readConfigs(
  store: Pick<ScoreStore, 'readConfigs'>,
  boards: readonly string[],
): Promise<ReadonlyMap<string, BoardConfig | undefined>> {
  if (boards.length === 0) return new Map();
  const configs = await store.readConfigs(boards);
  return new Map(configs.map((config, i) => [boards[i] ?? '', config]));
}
