import { WINDOW_KINDS, type WindowKind } from '../../../protocol/windows.ts';
import { type FetchPage, fetchJson } from '../connection/fetch-json.ts';

export interface BoardSummary {
  readonly id: string;
  /** Members. */
  readonly total: number;
  /** Periods that are scored beside the board itself. */
  readonly windows?: readonly WindowKind[];
}

/** The boards there are, the fullest first. None where the server does not tell. */
export async function fetchBoards(
  fetchPage: FetchPage,
  token: string | undefined,
): Promise<readonly BoardSummary[]> {
  const answer = await fetchJson<{ boards?: readonly BoardSummary[] }>(fetchPage, '/v1/boards', token);
  return (answer?.boards ?? []).toSorted((a, b) => b.total - a.total || (a.id < b.id ? -1 : 1));
}

/** Shown where the address names none: the one that the demonstration fills. */
const FALLBACK_BOARD = 'demo';

export function defaultBoard(boards: readonly BoardSummary[]): string {
  return boards[0]?.id ?? FALLBACK_BOARD;
}

export interface Period {
  /** As a channel has it: `arena` or `arena@daily`. */
  readonly name: string;
  readonly label: string;
}

const PERIOD_LABELS: Readonly<Record<WindowKind, string>> = {
  daily: 'Today',
  weekly: 'This week',
  monthly: 'This month',
};

/** The periods of a board that can be chosen, all times first; none where there is nothing to choose. */
export function periodsOf(id: string, boards: readonly BoardSummary[]): readonly Period[] {
  const windows = boards.find((board) => board.id === id)?.windows ?? [];
  if (windows.length === 0) return [];
  const kinds = WINDOW_KINDS.filter((kind) => windows.includes(kind));
  return [
    { name: id, label: 'All time' },
    ...kinds.map((kind) => ({ name: `${id}@${kind}`, label: PERIOD_LABELS[kind] })),
  ];
}
