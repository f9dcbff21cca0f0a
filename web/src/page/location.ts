import { parseChannel } from '../../../protocol/channels.ts';
import { isText } from '../../../protocol/names.ts';

/** What the address says of the page, so that a link shows the same to others. */
export interface PageLocation {
  /** A board, with a window where one is meant: `arena` or `arena@daily`. */
  readonly board?: string;
  /** The member whose rank is followed. */
  readonly member?: string;
  readonly bigScreen: boolean;
}

export function parseLocation(search: string): PageLocation {
  const query = new URLSearchParams(search);
  const board = query.get('board') ?? '';
  const member = query.get('me') ?? '';
  return {
    ...(isBoardName(board) && { board }),
    ...(isText(member) && { member }),
    bigScreen: query.has('big'),
  };
}

export function formatLocation({ board, member, bigScreen }: PageLocation): string {
  const query = new URLSearchParams();
  if (board !== undefined) query.set('board', board);
  if (member !== undefined) query.set('me', member);
  if (bigScreen) query.set('big', '1');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export function isBoardName(name: string): boolean {
  return parseChannel(`board:${name}`)?.type === 'board';
}
