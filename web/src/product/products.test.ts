import { expect, test } from 'vitest';
import { fetchSettings, leaderboardTabs } from './products.ts';

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

const DEFAULT = { product: 'chess', leaderboards: [{ board: 'chess', handler: 'wins' }] };

test.each<[string, () => Promise<Response>, unknown]>([
  ['as the server has them', async () => Response.json(rps), rps],
  [
    'refused to who needs a token',
    async () => new Response('', { status: 401 }),
    { refused: 'unauthorized' },
  ],
  [
    'refused to whom the token does not permit',
    async () => new Response('', { status: 403 }),
    { refused: 'forbidden' },
  ],
  ['the defaults while the server does not tell', async () => new Response('', { status: 503 }), DEFAULT],
  ['the defaults while nobody answers', async () => Promise.reject(new TypeError('offline')), DEFAULT],
])('the settings of a game are %s', async (_, answer, settings) => {
  expect(await fetchSettings(answer, 'chess', undefined)).toEqual(settings);
});
