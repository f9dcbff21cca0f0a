import { isId, isText } from './names.ts';
import type { ViewKind } from './views.ts';
import { isWindow } from './windows.ts';

/** What a channel name names. A text stands last in a name and may contain anything, colons too. */
export type Channel =
  | { readonly type: 'board'; readonly board: string; readonly window?: string }
  | { readonly type: 'rank'; readonly board: string; readonly window?: string; readonly member: string }
  | { readonly type: 'match'; readonly match: string }
  | { readonly type: 'feed'; readonly match: string }
  | { readonly type: 'area'; readonly area: string }
  | { readonly type: 'player'; readonly product: string; readonly player: string }
  | { readonly type: 'league'; readonly tournament: string; readonly league: string }
  | { readonly type: 'team'; readonly tournament: string; readonly team: string };

/** Longest well-formed name in UTF-16 units: `rank:` + id + `@` + window + `:` + text. */
export const CHANNEL_MAX_LENGTH = 256;

/** `undefined` where the name is malformed (`unknown_channel`). */
export function parseChannel(name: string): Channel | undefined {
  if (name.length > CHANNEL_MAX_LENGTH) return undefined;
  const colon = name.indexOf(':');
  if (colon < 0) return undefined;
  const rest = name.slice(colon + 1);
  switch (name.slice(0, colon)) {
    case 'board': {
      const board = parseBoard(rest);
      return board && { type: 'board', ...board };
    }
    case 'rank': {
      const [head, member] = splitAtColon(rest);
      const board = parseBoard(head);
      return board && isText(member) ? { type: 'rank', ...board, member } : undefined;
    }
    case 'match': {
      const [match, tail] = splitAtColon(rest);
      if (!isId(match)) return undefined;
      if (match.length === rest.length) return { type: 'match', match };
      return tail === 'feed' ? { type: 'feed', match } : undefined;
    }
    case 'area':
      return isId(rest) ? { type: 'area', area: rest } : undefined;
    case 'player': {
      const [product, player] = splitAtColon(rest);
      return isId(product) && isText(player) ? { type: 'player', product, player } : undefined;
    }
    case 'league': {
      const [tournament, league] = splitAtColon(rest);
      return isId(tournament) && isId(league) ? { type: 'league', tournament, league } : undefined;
    }
    case 'team': {
      const [tournament, team] = splitAtColon(rest);
      return isId(tournament) && isText(team) ? { type: 'team', tournament, team } : undefined;
    }
    default:
      return undefined;
  }
}

/** The inverse of `parseChannel`. */
export function formatChannel(channel: Channel): string {
  switch (channel.type) {
    case 'board':
      return `board:${formatBoard(channel)}`;
    case 'rank':
      return `rank:${formatBoard(channel)}:${channel.member}`;
    case 'match':
      return `match:${channel.match}`;
    case 'feed':
      return `match:${channel.match}:feed`;
    case 'area':
      return `area:${channel.area}`;
    case 'player':
      return `player:${channel.product}:${channel.player}`;
    case 'league':
      return `league:${channel.tournament}:${channel.league}`;
    case 'team':
      return `team:${channel.tournament}:${channel.team}`;
  }
}

/** Whether the channel's state is an ordered list of rows or a document. */
export function kindOf(channel: Channel): ViewKind {
  switch (channel.type) {
    case 'board':
    case 'league':
    case 'area':
    case 'feed':
      return 'rows';
    case 'rank':
    case 'match':
    case 'player':
    case 'team':
      return 'document';
  }
}

function parseBoard(text: string): { board: string; window?: string } | undefined {
  const at = text.indexOf('@');
  if (at < 0) return isId(text) ? { board: text } : undefined;
  const board = text.slice(0, at);
  const window = text.slice(at + 1);
  return isId(board) && isWindow(window) ? { board, window } : undefined;
}

function formatBoard({ board, window }: { board: string; window?: string }): string {
  return window === undefined ? board : `${board}@${window}`;
}

function splitAtColon(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
