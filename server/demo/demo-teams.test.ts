import { expect, it } from 'vitest';
import { checkTeam } from '../../contest/check-team.ts';
import { isRefused } from '../../contest/refusal.ts';
import { createMemoryStore } from '../../store/memory/memory-store.ts';
import { createFakeClock } from '../../test/support/fake-clock.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { beginDemoContest } from './demo-contest.ts';
import { demoPlayers } from './demo-points.ts';
import { demoTeams } from './demo-teams.ts';

it('teams of a demonstration are good, no two have one name, and stars are in most of them', () => {
  const players = demoPlayers();
  const teams = [...demoTeams(players, 2000, seededRandom(3))];
  expect(teams.map(checkTeam).filter(isRefused)).toEqual([]);
  expect(new Set(teams.map(({ team }) => team)).size).toBe(2000);
  const holders = (player = '') =>
    teams.filter(({ cards }) => cards.some((card) => card.player === player)).length;
  expect(holders(players[0])).toBeGreaterThan(1500);
  expect(holders(players.at(-1))).toBeLessThan(1000);
  const friends = teams.filter(({ leagues }) => leagues.includes('friends-7'));
  expect(friends).toHaveLength(10);
});

it('a contest of a demonstration is set up once, and found again', async () => {
  const clock = createFakeClock();
  const store = createMemoryStore({ partitions: 4 }, { clock });
  const players = [...demoPlayers()];
  const begin = () =>
    beginDemoContest({ store, clock }, 'fantasy', { players }, demoTeams(players, 500, seededRandom(3)));
  expect(await begin()).toBe(500);
  expect(await begin()).toBe(0);
  expect(await store.readTournaments(['fantasy'])).toMatchObject([{ status: 'started', registered: 500 }]);
});

it('a contest of somebody else is left alone', async () => {
  const clock = createFakeClock();
  const store = createMemoryStore({ partitions: 4 }, { clock });
  const team = (player: string) => [{ team: 'a', leagues: [], cards: [{ player, bonus: 1 }] }];
  await beginDemoContest({ store, clock }, 'cup', { players: ['p'] }, team('p'));
  expect(await beginDemoContest({ store, clock }, 'cup', { players: ['q'] }, team('q'))).toBe(0);
  expect(await store.readTournaments(['cup'])).toMatchObject([
    { settings: { players: ['p'] }, registered: 1 },
  ]);
});
