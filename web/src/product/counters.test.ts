import { expect, test } from 'vitest';
import { gamesOf, otherCounters } from './counters.ts';

test('games are apart from what else is counted', () => {
  const counters = { wins: 3, losses: 1, rock_selection_count: 2, paper_selection_count: 4 };
  expect(gamesOf(counters)).toEqual({ wins: 3, draws: 0, losses: 1 });
  expect(otherCounters(counters)).toEqual([
    { name: 'paper_selection_count', label: 'Paper selection', count: 4, share: 1 },
    { name: 'rock_selection_count', label: 'Rock selection', count: 2, share: 0.5 },
  ]);
});

test('a name that says nothing stands as it is', () => {
  expect(otherCounters({ _count: 0 })).toEqual([{ name: '_count', label: '_count', count: 0, share: 0 }]);
  expect(gamesOf({})).toBeUndefined();
});
