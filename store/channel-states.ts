import type { Channel } from '../protocol/channels.ts';
import type { Document, Json, Row, State } from '../protocol/views.ts';
import type { FeedRow } from '../scoring/match-fold.ts';
import type {
  AreaQuery,
  BoardPage,
  MatchView,
  ModeCount,
  PlayerQuery,
  RankedRow,
  ScoreStore,
  Standings,
  StandingsQuery,
  Tournament,
} from './score-store.ts';
import { resolveWindows } from './windows-of.ts';

/** Rows of an area: its most played modes. */
export const MAX_AREA_MODES = 100;

/** `unavailable`: the owner only knows it, as it is computed. */
export type ChannelState = State | 'not_found' | 'unavailable';

/** What a channel's state is read from. */
type StateSource = Pick<
  ScoreStore,
  | ('readConfigs' | 'readPages' | 'readStandings' | 'readPlayers' | 'readAreas' | 'readMatches')
  | 'readTournaments'
>;

/**
 * The states of channels at `now`, in their order, read in one batch of each kind (pages, standings, players, areas, matches), whatever
 * their number; all watched members of a board share one query, and so do a match and its feed. `now` decides what the current windows are. The one place that says how a
 * state comes out of the store: owners read with it, and gateways that reach no owner.
 */
export async function readStates(
  store: StateSource,
  channels: readonly Channel[],
  now: number,
): Promise<readonly ChannelState[]> {
  const keys = await boardKeys(store, channels, now);
  const questions = new Questions();
  for (const [index, channel] of channels.entries()) questions.ask(channel, keys[index]);
  const answers = await questions.read(store);
  return channels.map((channel, index) => stateOf(channel, keys[index], answers));
}

/** Of each channel of a board the key of the board or window; `undefined` for a window that the board does not have, and for other channels. */
async function boardKeys(
  store: StateSource,
  channels: readonly Channel[],
  now: number,
): Promise<readonly (string | undefined)[]> {
  const ofBoards = channels.filter((channel) => channel.type === 'board' || channel.type === 'rank');
  const keys = await resolveWindows(store, ofBoards, now);
  const keyOf = new Map<Channel, string | undefined>(ofBoards.map((channel, i) => [channel, keys[i]]));
  return channels.map((channel) => keyOf.get(channel));
}

/** What has to be read, each thing once. */
class Questions {
  readonly #boards = new Set<string>();
  readonly #members = new Map<string, Set<string>>();
  readonly #players = new Map<string, PlayerQuery>();
  readonly #areas = new Set<string>();
  readonly #matches = new Set<string>();
  readonly #tournaments = new Set<string>();

  ask(channel: Channel, key: string | undefined): void {
    switch (channel.type) {
      case 'board':
        if (key !== undefined) this.#boards.add(key);
        return;
      case 'rank': {
        if (key === undefined) return;
        const members = this.#members.get(key) ?? new Set();
        this.#members.set(key, members.add(channel.member));
        return;
      }
      case 'player': {
        const { product, player } = channel;
        this.#players.set(playerKey(channel), { product, player });
        return;
      }
      case 'area':
        this.#areas.add(channel.area);
        return;
      case 'match':
      case 'feed':
        this.#matches.add(channel.match);
        return;
      case 'league':
      case 'team':
        this.#tournaments.add(channel.tournament);
        return;
    }
  }

  async read(store: StateSource): Promise<Answers> {
    const boards = [...this.#boards];
    const standings = [...this.#members].map(([board, members]) => ({ board, members: [...members] }));
    const players = [...this.#players];
    const areas = [...this.#areas];
    const matches = [...this.#matches];
    const tournaments = [...this.#tournaments];
    const [pagesRead, standingsRead, playersRead, areasRead, matchesRead, tournamentsRead] =
      await Promise.all([
        answerAll(
          boards.map((board) => ({ board, offset: 0, limit: 'top' as const })),
          (asked) => store.readPages(asked),
        ),
        answerAll(standings, (asked) => store.readStandings(asked)),
        answerAll(
          players.map(([, query]) => query),
          (asked) => store.readPlayers(asked),
        ),
        answerAll(
          areas.map((area): AreaQuery => ({ area, limit: MAX_AREA_MODES })),
          (asked) => store.readAreas(asked),
        ),
        answerAll(matches, (asked) => store.readMatches(asked)),
        answerAll(tournaments, (asked) => store.readTournaments(asked)),
      ]);
    return {
      pages: zip(boards, pagesRead),
      standings: zip(
        standings.map(({ board }) => board),
        standingsRead.map((answer, i) => byMember(standings[i], answer)),
      ),
      players: zip(
        players.map(([key]) => key),
        playersRead,
      ),
      areas: zip(areas, areasRead),
      matches: zip(matches, matchesRead),
      tournaments: zip(tournaments, tournamentsRead),
    };
  }
}

/** Standings of the members that were asked for. */
interface MemberStandings {
  readonly total: number;
  readonly ofMembers: ReadonlyMap<string, Standings['standings'][number]>;
}

interface Answers {
  readonly pages: ReadonlyMap<string, BoardPage>;
  readonly standings: ReadonlyMap<string, MemberStandings>;
  readonly players: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly areas: ReadonlyMap<string, readonly ModeCount[]>;
  readonly matches: ReadonlyMap<string, MatchView | undefined>;
  readonly tournaments: ReadonlyMap<string, Tournament | undefined>;
}

/** Whoever asks nothing costs nothing. */
async function answerAll<Q, A>(
  queries: readonly Q[],
  read: (queries: readonly Q[]) => Promise<readonly A[]>,
): Promise<readonly A[]> {
  return queries.length === 0 ? [] : read(queries);
}

function zip<A>(keys: readonly string[], answers: readonly A[]): ReadonlyMap<string, A> {
  return new Map(answers.map((answer, i) => [keys[i] ?? '', answer]));
}

function byMember(query: StandingsQuery | undefined, { total, standings }: Standings): MemberStandings {
  return { total, ofMembers: zip(query?.members ?? [], standings) };
}

/** A product has no colon. */
function playerKey({ product, player }: PlayerQuery): string {
  return `${product}:${player}`;
}

function stateOf(channel: Channel, key: string | undefined, answers: Answers): ChannelState {
  switch (channel.type) {
    case 'board':
      return (answers.pages.get(key ?? '')?.rows ?? []).map(boardRow);
    case 'rank':
      return rankDocument(channel.member, answers.standings.get(key ?? ''));
    case 'player':
      return Object.fromEntries(answers.players.get(playerKey(channel)) ?? []);
    case 'area':
      return (answers.areas.get(channel.area) ?? []).map(({ mode, count }): Row => [mode, count]);
    case 'match':
      return matchDocument(answers.matches.get(channel.match)) ?? 'not_found';
    case 'feed':
      return answers.matches.get(channel.match)?.feed.map(feedRow) ?? 'not_found';
    case 'league':
    case 'team':
      return answers.tournaments.get(channel.tournament) === undefined ? 'not_found' : 'unavailable';
  }
}

function boardRow({ member, score, name }: RankedRow): Row {
  return name === undefined ? [member, score] : [member, score, name];
}

function rankDocument(member: string, standings: MemberStandings | undefined): Document {
  const total = standings?.total ?? 0;
  const standing = standings?.ofMembers.get(member);
  return standing === undefined
    ? { member, total }
    : { member, total, rank: standing.rank, score: standing.score };
}

/** Documents of matches are plain data; what is typed field by field has no index. */
function matchDocument(view: MatchView | undefined): Document | undefined {
  return view?.document as unknown as Document | undefined;
}

function feedRow({ n, text, event }: FeedRow): Row {
  return [n, text, event as unknown as Json];
}
