import { expect, test } from 'vitest';
import { inWords, manhattanOf, wormOf } from './chart-data.ts';

const first = {
  ...{ number: 1, team: 'Asia', superOver: false },
  overs: [
    { over: 1, runs: 6, wickets: 0, total: 6, bowled: 1 },
    { over: 2, runs: 2, wickets: 1, total: 8, bowled: 2 },
  ],
};
const second = {
  ...{ number: 2, team: 'Europe', superOver: false },
  overs: [{ over: 1, runs: 4, wickets: 1, total: 4, bowled: 0.5 }],
};

test('worms share their places, from nothing on', () => {
  expect(wormOf([first, second])).toEqual({
    data: [
      [0, 0.5, 1, 2],
      [0, null, 6, 8],
      [0, 4, null, null],
    ],
    wickets: [[3], [1]],
  });
});

test('a Manhattan has a bar for each over, and marks wickets', () => {
  expect(manhattanOf(first)).toEqual([
    [1, 2],
    [6, 2],
    [null, 2],
  ]);
});

test('charts are told in words too', () => {
  expect(inWords(first)).toBe('Asia: 8 runs after 2 overs, most in over 1 (6)');
  expect(inWords({ ...first, overs: [] })).toBe('Asia have not faced a ball');
});
