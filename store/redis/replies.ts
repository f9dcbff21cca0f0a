import type { BoardConfig } from '../../protocol/boards.ts';
import type { ProductConfig } from '../../protocol/products.ts';
import { WINDOW_KINDS, type WindowKind } from '../../protocol/windows.ts';
import type { RankedRow } from '../score-store.ts';

/** How the scripts write things down (see lua/include-boards.lua), read and written from this side. */

const ARRIVAL_WIDTH = 16;

export const UTC = 'UTC';

export function formatConfig(config: BoardConfig): string {
  const settings = formatWindows(config);
  return `${config.order} ${config.ties} ${config.top}${settings === '' ? '' : ` ${settings}`}`;
}

/** What of a configuration is about windows: `daily,weekly Europe/Paris`, or nothing. */
function formatWindows({ windows = [], timezone = UTC }: BoardConfig): string {
  if (windows.length === 0 && timezone === UTC) return '';
  return `${listWindows(windows)} ${timezone}`;
}

/** In the order of their kinds. */
export function listWindows(windows: readonly WindowKind[]): string {
  return WINDOW_KINDS.filter((kind) => windows.includes(kind)).join(',') || '-';
}

export function parseConfig(text: string): BoardConfig {
  const [order, ties, top, windows, timezone = UTC] = text.split(' ');
  return {
    order: order === 'asc' ? 'asc' : 'desc',
    ties: ties === 'first' ? 'first' : 'member',
    top: Number(top),
    ...(windows === undefined || windows === '-' ? {} : { windows: parseWindows(windows) }),
    ...(timezone === UTC ? {} : { timezone }),
  };
}

export function parseWindows(list: string): WindowKind[] {
  return WINDOW_KINDS.filter((kind) => list.split(',').includes(kind));
}

export function parseProductConfig(json: string): ProductConfig {
  try {
    return JSON.parse(json) as ProductConfig;
  } catch (cause) {
    throw new Error('defect: the stored settings of a product are no JSON', { cause });
  }
}

/** Subtracting from 0 instead of negating, since -0 is not a score. */
export function parseScore(stored: string, { order }: BoardConfig): number {
  const score = Number(stored);
  return order === 'desc' ? 0 - score : score;
}

/** A run of a board's rows, with the rank of the first of them. */
export interface StoredRows {
  readonly config: BoardConfig;
  readonly firstIndex: number;
  readonly firstRank: number;
  /** Element, stored score, element, ... */
  readonly flat: readonly string[];
  /** One per row, or none at all. */
  readonly names: readonly (string | null)[];
}

export function rankedRows({ config, firstIndex, firstRank, flat, names }: StoredRows): RankedRow[] {
  const rows: RankedRow[] = [];
  let rank = firstRank;
  for (let i = 0; 2 * i < flat.length; i++) {
    const element = flat[2 * i] ?? '';
    const stored = flat[2 * i + 1] ?? '';
    if (i > 0 && stored !== flat[2 * i - 1]) rank = firstIndex + i + 1;
    const member = config.ties === 'first' ? element.slice(ARRIVAL_WIDTH) : element;
    const score = parseScore(stored, config);
    const name = names[i];
    rows.push(name == null ? { rank, member, score } : { rank, member, score, name });
  }
  return rows;
}
