import { describe, expect, test } from 'vitest';
import { seededRandom } from '../test/support/seeded-random.ts';
import { checkTeam } from './check-team.ts';
import { Contest } from './contest.ts';
import type { ContestOptions } from './contest-types.ts';
import { isRefused, type Refused } from './refusal.ts';

type Cards = readonly (readonly [player: string, bonus: number])[];

function add(contest: Contest, team: string, cards: Cards, leagues: readonly string[] = []) {
  const list = cards.map(([player, bonus]) => ({ player, bonus }));
  const checked = checkTeam({ team, cards: list, leagues });
  if (isRefused(checked)) throw new Error(checked.refused.message);
  return contest.isStarted ? contest.put(checked) : contest.register(checked);
}

function good<T extends object>(answer: T | Refused): T {
  if (isRefused(answer)) throw new Error(answer.refused.message);
  return answer;
}

function codeOf(answer: unknown): string | undefined {
  return isRefused(answer) ? answer.refused.code : undefined;
}

function scoreOf(contest: Contest, team: string): number {
  return good(contest.team(team)).score;
}

function pair(options: ContestOptions = {}): Contest {
  const contest = new Contest(options);
  add(
    contest,
    'ann',
    [
      ['kohli', 2],
      ['rohit', 1],
    ],
    ['office'],
  );
  add(contest, 'bob', [
    ['kohli', 1],
    ['bumrah', 1.5],
  ]);
  return contest;
}

describe('registration', () => {
  test('tells what is new, what is the same and what has changed', () => {
    const contest = pair();
    expect(
      add(
        contest,
        'ann',
        [
          ['kohli', 2],
          ['rohit', 1],
        ],
        ['office'],
      ),
    ).toBe('unchanged');
    expect(
      add(contest, 'ann', [
        ['kohli', 2],
        ['rohit', 1],
      ]),
    ).toBe('replaced');
    expect(add(contest, 'ann', [['kohli', 2]])).toBe('replaced');
    expect(add(contest, 'cem', [['kohli', 2]])).toBe('added');
    expect(contest.figures.teams).toBe(3);
  });

  test('a team that changes keeps its place among those of equal score', () => {
    const contest = pair();
    add(contest, 'ann', [['bumrah', 7]]);
    contest.start();
    expect(good(contest.page('all', 0, 10)).rows.map(({ team }) => team)).toEqual(['ann', 'bob']);
  });

  test('is over after the start', () => {
    const contest = pair();
    contest.start();
    const answer = contest.register({ team: 'cem', cards: [{ player: 'kohli', bonus: 1000 }], leagues: [] });
    expect(codeOf(answer)).toBe('conflict');
    expect(contest.figures.teams).toBe(2);
  });

  test('knows only the players of the tournament, where it names them', () => {
    const contest = new Contest({ players: ['kohli'] });
    expect(
      codeOf(
        add(contest, 'ann', [
          ['kohli', 1],
          ['root', 1],
        ]),
      ),
    ).toBe('not_found');
    expect(add(contest, 'ann', [['kohli', 1]])).toBe('added');
    expect(codeOf(contest.setPoints('root', 1))).toBe('not_found');
    expect(contest.setPoints('kohli', 1)).toBeUndefined();
    expect(contest.figures.players).toBe(1);
  });

  test('a refused team leaves no trace', () => {
    const contest = new Contest({ players: ['kohli'] });
    const before = contest.figures;
    add(
      contest,
      'ann',
      [
        ['kohli', 1],
        ['root', 1],
      ],
      ['office'],
    );
    expect(contest.figures).toEqual(before);
  });
});

describe('before the start', () => {
  test('there are no ranks to read', () => {
    const contest = pair();
    const answers = [
      contest.page('all', 0, 1),
      contest.team('ann'),
      contest.tick({ leagues: [], teams: [] }),
    ];
    expect([...answers, contest.recompute()].map(codeOf)).toEqual(Array(4).fill('conflict'));
  });

  test('points count for whoever is registered then', () => {
    const contest = pair();
    contest.setPoints('kohli', 10);
    contest.start();
    expect([scoreOf(contest, 'ann'), scoreOf(contest, 'bob')]).toEqual([20, 10]);
  });
});

describe('after the start', () => {
  test('the latest points of a player count, not their sum', () => {
    const contest = pair();
    contest.start();
    contest.setPoints('kohli', 10.5);
    contest.setPoints('kohli', 4.125);
    expect([scoreOf(contest, 'ann'), scoreOf(contest, 'bob')]).toEqual([8.25, 4.125]);
    contest.setPoints('kohli', -1);
    expect([scoreOf(contest, 'ann'), scoreOf(contest, 'bob')]).toEqual([-2, -1]);
  });

  test('a changed team carries its score over, and its new cards count from then on', () => {
    const contest = pair();
    contest.start();
    contest.setPoints('kohli', 10);
    contest.setPoints('bumrah', 100);
    // Nobody has read meanwhile, and the points from before count nevertheless.
    expect(add(contest, 'ann', [['bumrah', 2]])).toBe('replaced');
    expect(good(contest.team('ann'))).toEqual({
      ...{ team: 'ann', rank: 2, score: 20, total: 2, leagues: {} },
      ...{ cards: [{ player: 'bumrah', bonus: 2, points: 100 }], carried: -180 },
    });
    contest.setPoints('kohli', 50);
    contest.setPoints('bumrah', 101);
    expect(scoreOf(contest, 'ann')).toBe(22);
  });

  test('a late team begins at nothing, behind those of equal score', () => {
    const contest = pair();
    contest.start();
    contest.setPoints('kohli', 10);
    contest.setPoints('kohli', 0);
    contest.setPoints('rohit', 5);
    expect(add(contest, 'cem', [['rohit', 3]], ['office', 'new'])).toBe('added');
    const rows = [
      { rank: 1, team: 'ann', score: 5 },
      { rank: 2, team: 'bob', score: 0 },
      { rank: 2, team: 'cem', score: 0 },
    ];
    expect(good(contest.page('all', 0, 10))).toEqual({ league: 'all', total: 3, rows });
    expect(good(contest.team('cem')).leagues).toEqual({ office: 2, new: 1 });
  });

  test('leaving a league and coming back', () => {
    const contest = pair();
    contest.start();
    const total = (): number => good(contest.page('office', 0, 9)).total;
    expect(total()).toBe(1);
    add(contest, 'ann', [['kohli', 2]]);
    expect(total()).toBe(0);
    add(contest, 'ann', [['kohli', 2]], ['office']);
    expect(total()).toBe(1);
    expect(codeOf(contest.page('nowhere', 0, 9))).toBe('not_found');
    expect(codeOf(contest.team('nobody'))).toBe('not_found');
  });

  test('a version tells whether a score can have changed', () => {
    const contest = pair();
    contest.start();
    const version = (): number => good(contest.tick({ leagues: [], teams: [] })).version;
    const first = version();
    expect(version()).toBe(first);
    contest.setPoints('kohli', 0);
    expect(version()).toBe(first);
    contest.setPoints('kohli', 1);
    expect(version()).not.toBe(first);
  });

  test('starting again changes nothing', () => {
    const contest = pair();
    contest.start();
    contest.setPoints('kohli', 1);
    contest.start();
    expect(scoreOf(contest, 'bob')).toBe(1);
  });

  test('a contest without teams waits for late ones', () => {
    const contest = new Contest();
    contest.start();
    expect(good(contest.page('all', 0, 9))).toEqual({ league: 'all', total: 0, rows: [] });
    add(contest, 'ann', [['kohli', 1]]);
    contest.setPoints('kohli', 3);
    expect(good(contest.page('all', 0, 9)).rows).toEqual([{ rank: 1, team: 'ann', score: 3 }]);
  });
});

describe('sums stay exact', () => {
  const LARGEST = 9_007_199_254.74;

  test('up to 2^53 millionths, and points beyond are refused', () => {
    const contest = new Contest();
    add(contest, 'ann', [['kohli', 1]]);
    contest.start();
    expect(contest.setPoints('kohli', LARGEST)).toBeUndefined();
    expect(scoreOf(contest, 'ann')).toBe(LARGEST);
    expect(codeOf(contest.setPoints('kohli', 9_007_199_255))).toBe('malformed');
    expect(codeOf(contest.setPoints('kohli', 1.2345))).toBe('malformed');
    expect(scoreOf(contest, 'ann')).toBe(LARGEST);
  });

  test('points that are too much for the heaviest team are refused', () => {
    const contest = pair();
    contest.start();
    const most = contest.figures.maxPoints;
    expect(most).toBe(Math.floor(Number.MAX_SAFE_INTEGER / 3000) / 1000);
    expect(codeOf(contest.setPoints('rohit', most + 0.001))).toBe('too_large');
    expect(codeOf(contest.setPoints('rohit', -most - 0.001))).toBe('too_large');
    for (const player of ['kohli', 'rohit']) expect(contest.setPoints(player, most)).toBeUndefined();
    expect(scoreOf(contest, 'ann')).toBe((3000 * Math.round(most * 1000)) / 1e6);
  });

  test('a team that is too heavy for the points is refused', () => {
    const contest = pair();
    expect(contest.setPoints('kohli', 1e9)).toBeUndefined();
    expect(codeOf(add(contest, 'cem', [['root', 1000]]))).toBe('too_large');
    contest.start();
    expect(codeOf(add(contest, 'cem', [['root', 1000]]))).toBe('too_large');
    contest.setPoints('kohli', 1);
    expect(add(contest, 'cem', [['root', 1000]])).toBe('added');
  });

  test('what is carried over counts too', () => {
    const contest = new Contest();
    add(contest, 'ann', [['a', 1]]);
    contest.start();
    const most = contest.figures.maxPoints;
    contest.setPoints('a', most);
    expect(codeOf(add(contest, 'ann', [['b', 1]]))).toBe('too_large');
    contest.setPoints('a', most / 2);
    expect(add(contest, 'ann', [['b', 1]])).toBe('replaced');
    expect(codeOf(contest.setPoints('b', most))).toBe('too_large');
    expect(contest.setPoints('b', most / 2 - 1)).toBeUndefined();
    expect(scoreOf(contest, 'ann')).toBeCloseTo(most - 1);
  });
});

test('whatever pairs of players and bonuses an upload has can be loaded', () => {
  const [whole, loaded] = [new Contest(), new Contest()];
  const kinds = 2 ** 20 + 1000;
  for (let next = 0; next < kinds; next += 50) {
    const cards = Array.from({ length: 50 }, (_, card) => ({
      player: `player ${card}`,
      bonus: 1 + next / 50,
    }));
    whole.register({ team: `team ${next}`, cards, leagues: [] });
  }
  for (let index = 0; index < whole.chunks; index++) expect(loaded.load(whole.chunk(index))).toBeUndefined();
  loaded.start();
  expect(loaded.figures.cardKinds).toBeGreaterThanOrEqual(kinds);
});

describe('many teams', () => {
  const TEAMS = 4000;
  const random = seededRandom(11);
  const below = (end: number): number => Math.floor(random() * end);
  const cardsOf = (): Cards => {
    const first = below(20);
    return [1, 3, 7].map((step) => [`player ${(first + step) % 30}`, 1 + below(4) / 2]);
  };
  const leaguesOf = (index: number): string[] => [`small ${index % 400}`.replace(' ', '-'), 'big'];

  test('that change after the start are right before and after the postings are built anew', () => {
    const contest = new Contest();
    for (let index = 0; index < TEAMS; index++) add(contest, `team ${index}`, cardsOf(), leaguesOf(index));
    contest.start();
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 8; i++) contest.setPoints(`player ${below(30)}`, below(1000) / 2);
      for (let i = 0; i < 400; i++) {
        const index = below(TEAMS + 200);
        const leagues = below(3) === 0 ? [] : leaguesOf(index);
        add(contest, `team ${index}`, cardsOf(), leagues);
      }
      for (let i = 0; i < 8; i++) contest.setPoints(`player ${below(30)}`, below(1000) / 2);
      check(contest);
    }
  });

  /** Each page and rank against the scores of all. */
  function check(contest: Contest): void {
    expect(good(contest.recompute()).corrected).toBe(0);
    const { total } = good(contest.page('all', 0, 0));
    const all = [];
    for (let offset = 0; offset < total; offset += 1000)
      all.push(...good(contest.page('all', offset, 1000)).rows);
    expect(all).toHaveLength(total);
    const members = new Map<string, number[]>();
    for (const [index, { rank, team, score }] of all.entries()) {
      const above = all[index - 1];
      if (above !== undefined) expect(above.score).toBeGreaterThanOrEqual(score);
      expect(rank).toBe(above?.score === score ? above.rank : index + 1);
      if (index % 50 > 0) continue;
      const state = good(contest.team(team));
      expect([state.rank, state.score]).toEqual([rank, score]);
      const worth = state.cards.reduce((sum, { bonus, points }) => sum + bonus * points, state.carried ?? 0);
      expect(worth).toBe(score);
      for (const [league, own] of Object.entries(state.leagues)) {
        const better = members.get(league) ?? scoresIn(contest, league);
        members.set(league, better);
        expect(own).toBe(1 + better.filter((other) => other > score).length);
      }
    }
  }

  function scoresIn(contest: Contest, league: string): number[] {
    const scores: number[] = [];
    for (let offset = 0; ; offset += 1000) {
      const { rows, total } = good(contest.page(league, offset, 1000));
      scores.push(...rows.map(({ score }) => score));
      if (offset + 1000 >= total) return scores;
    }
  }
});
