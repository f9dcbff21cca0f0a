export interface BoardSummary {
  readonly id: string;
  /** Members. */
  readonly total: number;
}

/** The boards there are, the fullest first. None where the server does not tell, such as without a token. */
export async function fetchBoards(
  fetchPage: (url: string, init: { headers: Record<string, string> }) => Promise<Response>,
  token: string | undefined,
): Promise<readonly BoardSummary[]> {
  try {
    const response = await fetchPage('/v1/boards', {
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
    if (!response.ok) return [];
    const { boards } = (await response.json()) as { readonly boards: readonly BoardSummary[] };
    return boards.toSorted((a, b) => b.total - a.total || (a.id < b.id ? -1 : 1));
  } catch {
    return [];
  }
}

/** Shown where the address names none: the one that the demonstration fills. */
const FALLBACK_BOARD = 'demo';

export function defaultBoard(boards: readonly BoardSummary[]): string {
  return boards[0]?.id ?? FALLBACK_BOARD;
}
