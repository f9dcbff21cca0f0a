import { describe, expect, it } from 'vitest';
import {
  contributions,
  fetchContests,
  fetchTeam,
  formatContestLocation,
  parseContestLocation,
  type Team,
} from './contests.ts';

const team: Team = {
  ...{ team: 'a/b', rank: 7, score: 12, total: 90, leagues: { office: 1, north: 3 } },
  cards: [{ player: 'p', bonus: 1, points: 12 }],
};

/** Serves these paths, and remembers what was asked. */
function server(pages: Record<string, unknown>) {
  const asked: string[] = [];
  const fetchPage = async (url: string): Promise<Response> => {
    asked.push(url);
    const page = pages[url];
    return new Response(JSON.stringify(page ?? {}), { status: page === undefined ? 404 : 200 });
  };
  return { asked, fetchPage };
}

describe('a team', () => {
  it('is told with the nearest better one of the league that is looked at', async () => {
    const above = { rank: 5, team: 'c', score: 12.5 };
    const pages = {
      '/v1/tournaments/cup/teams/a%2Fb': team,
      '/v1/tournaments/cup/leagues/all?offset=5&limit=1': { rows: [above] },
      '/v1/tournaments/cup/leagues/north?offset=1&limit=1': { rows: [above] },
    };
    const { asked, fetchPage } = server(pages);
    const standing = (league: string) => fetchTeam(fetchPage, 'cup', league, 'a/b', undefined);
    expect(await standing('all')).toEqual({ team, isMissing: false, rank: 7, above });
    expect(await standing('north')).toEqual({ team, isMissing: false, rank: 3, above });
    asked.length = 0;
    expect(await standing('office')).toMatchObject({ rank: 1, above: undefined });
    expect(await standing('elsewhere')).toMatchObject({ rank: undefined, above: undefined });
    expect(asked).toHaveLength(2);
  });

  it('may not be there, or not be told for the moment', async () => {
    const { fetchPage } = server({});
    expect(await fetchTeam(fetchPage, 'cup', 'all', 'x', undefined)).toMatchObject({ isMissing: true });
    const loading = async () => new Response('', { status: 503 });
    expect(await fetchTeam(loading, 'cup', 'all', 'x', undefined)).toBeUndefined();
  });

  it('shows its cards by what they bring', () => {
    const cards = [
      { player: 'none', bonus: 2, points: 0 },
      { player: 'lost', bonus: 1, points: -4 },
      { player: 'best', bonus: 1.1, points: 3 },
      { player: 'half', bonus: 1, points: 1.65 },
    ];
    expect(contributions(cards).map(({ player, worth, share }) => [player, worth, share])).toEqual([
      ['best', 3.3, 1],
      ['half', 1.65, 0.5],
      ['none', 0, 0],
      ['lost', -4, 0],
    ]);
    expect(contributions([])).toEqual([]);
  });
});

it('all pages of the list are read', async () => {
  const contest = (id: string) => ({ id, status: 'open', registered: 0 });
  const { fetchPage } = server({
    '/v1/tournaments?limit=100': { tournaments: [contest('a')], next: 'a' },
    '/v1/tournaments?limit=100&after=a': { tournaments: [contest('b')] },
  });
  expect((await fetchContests(fetchPage, undefined))?.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(await fetchContests(server({}).fetchPage, undefined)).toBeUndefined();
});

it.each(['', '?id=cup', '?id=cup&league=office', '?id=cup&team=a%2Fb', '?id=cup&league=office&team=%C3%A9'])(
  'the address "%s" says what is shown',
  (search) => {
    expect(formatContestLocation(parseContestLocation(search))).toBe(search);
  },
);

it('an address that is none shows the list, and a league that is none everybody', () => {
  expect(parseContestLocation('?id=a b')).toEqual({ league: 'all' });
  expect(parseContestLocation('?id=cup&league=a b&team=')).toEqual({ contest: 'cup', league: 'all' });
});
