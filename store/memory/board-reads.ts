import type { BoardPage, Neighbourhood, PageQuery, RankedRow } from '../score-store.ts';
import type { MemoryBoard } from './memory-board.ts';

/** Rows of a board with the names of its members, by member. */
export function readPage(
  board: MemoryBoard | undefined,
  { offset, limit }: PageQuery,
  names: ReadonlyMap<string, string>,
): BoardPage {
  if (board === undefined) return { exists: false, total: 0, rows: [] };
  const rows = readRows(board, offset, limit === 'top' ? board.config.top : limit, names);
  return { exists: true, total: board.total, rows };
}

export function readNeighbourhood(
  board: MemoryBoard | undefined,
  member: string,
  around: number,
  names: ReadonlyMap<string, string>,
): Neighbourhood | undefined {
  const index = board?.indexOf(member);
  if (board === undefined || index === undefined) return undefined;
  const { total } = board;
  const size = Math.min(2 * around + 1, total);
  const first = Math.max(0, Math.min(index - around, total - size));
  const rows = readRows(board, first, size, names);
  return { total, member: rows[index - first] as RankedRow, around: rows };
}

function readRows(
  board: MemoryBoard,
  offset: number,
  limit: number,
  names: ReadonlyMap<string, string>,
): RankedRow[] {
  return board.rows(offset, limit).map((row) => {
    const name = names.get(row.member);
    return name === undefined ? row : { ...row, name };
  });
}
