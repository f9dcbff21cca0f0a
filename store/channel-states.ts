import type { Channel } from '../protocol/channels.ts';
import { kindOf } from '../protocol/channels.ts';
import { emptyState } from '../protocol/patches.ts';
import type { Document, Row, Rows, State } from '../protocol/views.ts';
import type { BoardPage, RankedRow, ScoreStore, Standings, StandingsQuery } from './score-store.ts';

/** What a channel's state is read from. */
type StateSource = Pick<ScoreStore, 'readPages' | 'readStandings'>;

/**
 * The states of channels, in their order, read in one batch of pages and one of standings, whatever their number;
 * all watched members of a board share one query. The one place that says how a state comes out of the store:
 * owners read with it, and gateways that reach no owner.
 */
export async function readStates(
  store: StateSource,
  channels: readonly Channel[],
): Promise<readonly (State | 'not_found')[]> {
  const boards = new Map<string, number>();
  const members = new Map<string, Map<string, number>>();
  for (const channel of channels) {
    if (channel.type === 'board' && channel.window === undefined) {
      if (!boards.has(channel.board)) boards.set(channel.board, boards.size);
    } else if (channel.type === 'rank' && channel.window === undefined) {
      const ofBoard = members.get(channel.board) ?? new Map<string, number>();
      members.set(channel.board, ofBoard);
      if (!ofBoard.has(channel.member)) ofBoard.set(channel.member, ofBoard.size);
    }
  }
  const [pages, standings] = await Promise.all([
    readPages(store, [...boards.keys()]),
    readStandings(
      store,
      [...members].map(([board, ofBoard]) => ({ board, members: [...ofBoard.keys()] })),
    ),
  ]);
  return channels.map((channel) => {
    switch (channel.type) {
      case 'board': {
        const page = channel.window === undefined ? pages.get(channel.board) : undefined;
        return page === undefined ? [] : boardRows(page);
      }
      case 'rank': {
        const index = members.get(channel.board)?.get(channel.member);
        return rankDocument(
          channel.member,
          channel.window === undefined ? standings.get(channel.board) : undefined,
          index,
        );
      }
      case 'area':
      case 'player':
        return emptyState(kindOf(channel));
      case 'match':
      case 'feed':
      case 'league':
      case 'team':
        return 'not_found';
    }
  });
}

async function readPages(
  store: StateSource,
  boards: readonly string[],
): Promise<ReadonlyMap<string, BoardPage>> {
  if (boards.length === 0) return new Map();
  const pages = await store.readPages(boards.map((board) => ({ board, offset: 0, limit: 'top' })));
  return new Map(pages.map((page, i) => [boards[i] ?? '', page]));
}

async function readStandings(
  store: StateSource,
  queries: readonly StandingsQuery[],
): Promise<ReadonlyMap<string, Standings>> {
  if (queries.length === 0) return new Map();
  const answers = await store.readStandings(queries);
  return new Map(answers.map((answer, i) => [queries[i]?.board ?? '', answer]));
}

function boardRows(page: BoardPage): Rows {
  return page.rows.map(boardRow);
}

function boardRow({ member, score, name }: RankedRow): Row {
  return name === undefined ? [member, score] : [member, score, name];
}

function rankDocument(member: string, standings: Standings | undefined, index: number | undefined): Document {
  const standing = index === undefined ? undefined : standings?.standings[index];
  const total = standings?.total ?? 0;
  return standing === undefined
    ? { member, total }
    : { member, total, rank: standing.rank, score: standing.score };
}
