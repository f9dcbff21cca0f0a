import { expect, test } from 'vitest';
import { leaderboardTabs, productNamed } from './products.ts';

const rps = {
  product: 'rps',
  leaderboards: [
    { board: 'rps', handler: 'wins' },
    { board: 'rps-elo', handler: 'elo' },
    { board: 'rps-fast', handler: 'elo' },
    { board: 'own', handler: 'mine' },
  ],
};

test('leaderboards are told apart', () => {
  expect(leaderboardTabs(rps)).toEqual([
    { name: 'rps', label: 'Wins' },
    { name: 'rps-elo', label: 'Elo (rps-elo)' },
    { name: 'rps-fast', label: 'Elo (rps-fast)' },
    { name: 'own', label: 'mine' },
  ]);
});

test('a game that nobody has configured has the board of its name', () => {
  expect(productNamed('rps', [rps])).toBe(rps);
  expect(productNamed('chess', [rps]).leaderboards).toEqual([{ board: 'chess', handler: 'wins' }]);
});
