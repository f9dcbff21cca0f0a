import type { ClientFrame, ServerFrame } from './frames.ts';

/** Those of the sample frames that are about matches. */

const at = Date.UTC(2026, 10, 21, 12, 0, 0);
const epoch = '7.9f86d081884c7d65';

export const CLIENT_MATCH_FRAMES: readonly [string, ClientFrame][] = [
  [
    'publish of what happens in a match',
    {
      type: 'publish',
      id: 12,
      events: [
        {
          type: 'delivery',
          match: 'final',
          innings: 1,
          over: 12,
          delivery: {
            batter: 'Ann',
            bowler: 'Carla',
            non_striker: 'Björn',
            runs: { batter: 0, extras: 1, total: 1 },
            extras: { legbyes: 1 },
            wickets: [{ player_out: 'Björn', kind: 'run out', fielders: [{ name: 'Dora' }] }],
            commentary: 'Björn is short of his ground 💥',
          },
          override: true,
        },
        { type: 'match', match: 'final', action: 'note', text: 'Drinks' },
        { type: 'match', match: 'final', action: 'undo' },
      ],
    },
  ],
];

export const SERVER_MATCH_FRAMES: readonly [string, ServerFrame][] = [
  [
    'subscribed to a match of cricket',
    {
      type: 'subscribed',
      id: 15,
      channel: 'match:final',
      kind: 'document',
      epoch,
      seq: 12,
      state: {
        id: 'final',
        sport: 'cricket',
        title: 'Asia v Europe',
        status: 'live',
        teams: ['Asia', 'Europe'],
        innings: {
          '1': {
            team: 'Asia',
            runs: 4,
            wickets: 0,
            balls: 1,
            overs: '0.1',
            maxOvers: '20',
            extras: { wides: 0, noballs: 0, byes: 0, legbyes: 0, penalty: 0 },
            batting: {
              Ann: { order: 1, runs: 4, balls: 1, fours: 1, sixes: 0 },
              Björn: { order: 2, runs: 0, balls: 0, fours: 0, sixes: 0 },
            },
            bowling: {
              Carla: {
                order: 1,
                balls: 1,
                overs: '0.1',
                maidens: 0,
                runs: 4,
                wickets: 0,
                wides: 0,
                noballs: 0,
              },
            },
            fall: {},
            partnership: { runs: 4, balls: 1, batters: ['Ann', 'Björn'] },
          },
        },
        current: { innings: '1', striker: 'Ann', nonStriker: 'Björn', bowler: 'Carla', runRate: 24 },
        events: 4,
      },
    },
  ],
  [
    'subscribed to a match',
    {
      type: 'subscribed',
      id: 13,
      channel: 'match:final',
      kind: 'document',
      epoch,
      seq: 12,
      state: {
        id: 'final',
        sport: 'generic',
        title: 'Ajax v PSV',
        status: 'live',
        teams: ['Ajax', 'PSV'],
        scores: { Ajax: 1, PSV: 0 },
        events: 2,
      },
    },
  ],
  [
    'subscribed to the feed of a match',
    {
      type: 'subscribed',
      id: 14,
      channel: 'match:final:feed',
      kind: 'rows',
      epoch,
      seq: 12,
      state: [
        [1, 'The match has begun', { type: 'match', match: 'final', action: 'start' }],
        [
          2,
          'Ajax score',
          { type: 'match', match: 'final', action: 'score', team: 'Ajax', points: 1, player: 'Ann' },
        ],
      ],
    },
  ],
  [
    'update of a match',
    {
      type: 'update',
      channel: 'match:final',
      seq: 13,
      at,
      patch: {
        innings: {
          '1': {
            runs: 5,
            balls: 2,
            overs: '0.2',
            batting: { Ann: { runs: 5, balls: 2 } },
            bowling: { Carla: { runs: 5, balls: 2, overs: '0.2' } },
            partnership: { runs: 5, balls: 2 },
          },
        },
        current: { striker: 'Björn', nonStriker: 'Ann', runRate: 15 },
        events: 5,
      },
    },
  ],
];
