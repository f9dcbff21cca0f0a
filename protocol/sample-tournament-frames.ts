import type { ClientFrame, ServerFrame } from './frames.ts';

/** Those of the sample frames that are about tournaments. */

const at = Date.UTC(2026, 10, 21, 12, 0, 0);
const epoch = '7.9f86d081884c7d65';

export const CLIENT_TOURNAMENT_FRAMES: readonly [string, ClientFrame][] = [
  [
    'publish of points',
    {
      type: 'publish',
      id: 16,
      events: [
        { type: 'points', tournament: 'cup', player: 'Ann', points: 37.5 },
        { type: 'points', tournament: 'cup', player: 'Björn', points: -2 },
      ],
    },
  ],
];

export const SERVER_TOURNAMENT_FRAMES: readonly [string, ServerFrame][] = [
  [
    'subscribed to a league',
    {
      type: 'subscribed',
      id: 17,
      channel: 'league:cup:all',
      kind: 'rows',
      epoch,
      seq: 12,
      state: [
        ['Wolves', 92.5],
        ['Eagles', 82.5],
        ['Bears', 82.5],
      ],
    },
  ],
  [
    'update of a league',
    {
      type: 'update',
      channel: 'league:cup:all',
      seq: 13,
      at,
      patch: [[1, 1, ['Eagles', 84.000001]]],
    },
  ],
  [
    'subscribed to a team',
    {
      type: 'subscribed',
      id: 18,
      channel: 'team:cup:Bears',
      kind: 'document',
      epoch,
      seq: 12,
      state: { member: 'Bears', total: 3, rank: 2, score: 82.5 },
    },
  ],
];
