import { isId, isText } from '../../../protocol/names.ts';
import {
  LEAGUE_OF_ALL,
  type TournamentSettings,
  type TournamentStatus,
} from '../../../protocol/tournaments.ts';
import { askJson, type FetchPage, fetchJson } from '../connection/fetch-json.ts';

export interface ListedContest extends Pick<TournamentSettings, 'title' | 'matches'> {
  readonly id: string;
  readonly status: TournamentStatus;
  /** Lines of teams so far. */
  readonly registered: number;
}

interface ContestsPage {
  readonly tournaments?: readonly ListedContest[];
  readonly next?: string;
}

const PAGE_LIMIT = 100;
/** More than anybody reads. */
const MAX_LISTED = 500;

/** The contests that this reader may see. `undefined` where the server does not tell. */
export async function fetchContests(
  fetchPage: FetchPage,
  token: string | undefined,
): Promise<readonly ListedContest[] | undefined> {
  const found: ListedContest[] = [];
  let after: string | undefined;
  do {
    const from = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
    const page = await fetchJson<ContestsPage>(
      fetchPage,
      `/v1/tournaments?limit=${PAGE_LIMIT}${from}`,
      token,
    );
    if (page === undefined) return after === undefined ? undefined : found;
    found.push(...(page.tournaments ?? []));
    after = page.next;
  } while (after !== undefined && found.length < MAX_LISTED);
  return found;
}

export function fetchContest(
  fetchPage: FetchPage,
  contest: string,
  token: string | undefined,
): Promise<ListedContest | undefined> {
  return fetchJson<ListedContest>(fetchPage, `/v1/tournaments/${contest}`, token);
}

/** How many teams there are; `undefined` where nobody can tell now. */
export async function fetchTotal(
  fetchPage: FetchPage,
  contest: string,
  league: string,
  token: string | undefined,
): Promise<number | undefined> {
  const path = `/v1/tournaments/${contest}/leagues/${league}?limit=0`;
  return (await fetchJson<{ total: number }>(fetchPage, path, token))?.total;
}

export interface TeamCard {
  readonly player: string;
  readonly bonus: number;
  readonly points: number;
}

export interface Team {
  readonly team: string;
  readonly rank: number;
  readonly score: number;
  readonly total: number;
  readonly cards: readonly TeamCard[];
  readonly leagues: Readonly<Record<string, number>>;
  readonly carried?: number;
}

interface LeagueRow {
  readonly rank: number;
  readonly team: string;
  readonly score: number;
}

/** A team with its cards, and the nearest team in this league that is better. `undefined` where the server does not tell now. */
export interface TeamStanding {
  readonly team: Team | undefined;
  /** There is no such team; the rest is left out. */
  readonly isMissing: boolean;
  /** In the league that is looked at; none where the team is not in it. */
  readonly rank: number | undefined;
  readonly above: LeagueRow | undefined;
}

const NOT_FOUND = 404;

export async function fetchTeam(
  fetchPage: FetchPage,
  contest: string,
  league: string,
  name: string,
  token: string | undefined,
): Promise<TeamStanding | undefined> {
  const path = `/v1/tournaments/${contest}`;
  const found = await askJson<Team>(fetchPage, `${path}/teams/${encodeURIComponent(name)}`, token);
  const team = found.value;
  if (team === undefined) {
    const isMissing = found.status === NOT_FOUND;
    return isMissing ? { team: undefined, isMissing, rank: undefined, above: undefined } : undefined;
  }
  const rank = rankIn(team, league);
  return {
    ...{ team, isMissing: false, rank },
    above:
      rank === undefined || rank === 1 ? undefined : await fetchAbove(fetchPage, path, league, rank, token),
  };
}

/** Everybody better is before the place of the rank, so the last one of them is right before it. */
async function fetchAbove(
  fetchPage: FetchPage,
  path: string,
  league: string,
  rank: number,
  token: string | undefined,
): Promise<LeagueRow | undefined> {
  const query = `?offset=${rank - 2}&limit=1`;
  const page = await fetchJson<{ rows: readonly LeagueRow[] }>(
    fetchPage,
    `${path}/leagues/${league}${query}`,
    token,
  );
  return page?.rows[0];
}

export function rankIn(team: Team, league: string): number | undefined {
  return league === LEAGUE_OF_ALL ? team.rank : team.leagues[league];
}

export interface Contribution extends TeamCard {
  /** Bonus × points. */
  readonly worth: number;
  /** From 0 to 1: its part of the best one. */
  readonly share: number;
}

/** The cards by what they bring, the best first. */
export function contributions(cards: readonly TeamCard[]): readonly Contribution[] {
  const worths = cards.map((card) => ({ ...card, worth: tidy(card.bonus * card.points) }));
  const best = Math.max(0, ...worths.map(({ worth }) => worth));
  return worths
    .map((card) => ({ ...card, share: best > 0 && card.worth > 0 ? card.worth / best : 0 }))
    .sort((a, b) => b.worth - a.worth || b.bonus - a.bonus);
}

/** 1.1 × 3 is 3.3; scores have at most six decimals. */
export function tidy(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** What the address says of the page. */
export interface ContestLocation {
  readonly contest?: string;
  readonly league: string;
  readonly team?: string;
}

export function parseContestLocation(search: string): ContestLocation {
  const query = new URLSearchParams(search);
  const contest = query.get('id') ?? '';
  const league = query.get('league') ?? '';
  const team = query.get('team') ?? '';
  return {
    ...(isId(contest) && { contest }),
    league: isId(league) ? league : LEAGUE_OF_ALL,
    ...(isText(team) && { team }),
  };
}

export function formatContestLocation({ contest, league, team }: ContestLocation): string {
  if (contest === undefined) return '';
  const query = new URLSearchParams({ id: contest });
  if (league !== LEAGUE_OF_ALL) query.set('league', league);
  if (team !== undefined) query.set('team', team);
  return `?${query}`;
}
