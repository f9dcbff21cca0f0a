import { expect, it } from 'vitest';
import { generateDataChecker } from './demo-data.ts';
import { eventChecker } from './events.ts';
import { clientFrameChecker } from './frames.ts';
import { fixtureChecker } from './matches.ts';
import { ID_MAX_LENGTH, isId } from './names.ts';
import { MAX_LEADERBOARDS_PER_PRODUCT, productSettingsChecker } from './products.ts';
import { MAX_MATCHES_PER_TOURNAMENT, MAX_NAMED_PLAYERS, tournamentSettingsChecker } from './tournaments.ts';

const some = <T>(count: number, make: (place: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const delivery = (more: object, runs = 0) => ({
  ...{ type: 'delivery', match: 'm', innings: 1, over: 0 },
  delivery: {
    ...{ batter: 'Ann', bowler: 'Dora', non_striker: 'Bob', runs: { batter: runs, extras: 0, total: runs } },
    ...more,
  },
});

it.each<[name: string, most: number, check: (value: unknown) => boolean, make: (count: number) => unknown]>([
  ['ID_MAX_LENGTH', ID_MAX_LENGTH, (value) => isId(String(value)), (count) => 'x'.repeat(count)],
  [
    'TOKEN_MAX_LENGTH',
    8192,
    (value) => clientFrameChecker.check(value),
    (count) => ({ type: 'auth', id: 1, token: 'x'.repeat(count) }),
  ],
  [
    'MAX_LEADERBOARDS_PER_PRODUCT',
    MAX_LEADERBOARDS_PER_PRODUCT,
    (value) => productSettingsChecker.check(value),
    (count) => ({ leaderboards: some(count, (i) => ({ board: `b${i}`, handler: 'wins' })) }),
  ],
  [
    'MAX_NAMED_PLAYERS',
    MAX_NAMED_PLAYERS,
    (value) => tournamentSettingsChecker.check(value),
    (count) => ({ players: some(count, (i) => `p${i}`) }),
  ],
  [
    'MAX_MATCHES_PER_TOURNAMENT',
    MAX_MATCHES_PER_TOURNAMENT,
    (value) => tournamentSettingsChecker.check(value),
    (count) => ({ matches: some(count, (i) => ({ match: `m${i}`, system: 'dream11-t20-2020' })) }),
  ],
  [
    'MAX_SQUAD',
    60,
    (value) => fixtureChecker.check(value),
    (count) => ({ sport: 'cricket', teams: ['A', 'B'], squads: [some(count, (i) => `p${i}`), []] }),
  ],
  ['RUNS_MAX', 999, (value) => eventChecker.check(value), (count) => delivery({}, count)],
  [
    'COMMENTARY_MAX_LENGTH',
    2000,
    (value) => eventChecker.check(value),
    (count) => delivery({ commentary: 'x'.repeat(count) }),
  ],
  [
    'DEMO_COUNT_MAX',
    1_000_000,
    (value) => generateDataChecker.check(value),
    (count) => ({ kind: 'board', count }),
  ],
  [
    'DEMO_PLAYERS_MAX',
    10_000,
    (value) => generateDataChecker.check(value),
    (players) => ({ kind: 'board', count: 1, players }),
  ],
  [
    'DEMO_MODES_MAX',
    100,
    (value) => generateDataChecker.check(value),
    (modes) => ({ kind: 'area', count: 1, modes }),
  ],
])('%s: %i are taken, and not one more', (_name, most, check, make) => {
  expect(check(make(most))).toBe(true);
  expect(check(make(most + 1))).toBe(false);
});
