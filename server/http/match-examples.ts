/** One match for the examples of all routes, which are sent to a running server by a test, in the order of the document. */

export const EXAMPLE_MATCH = 'final';

export const EXAMPLE_FIXTURE = {
  sport: 'cricket',
  teams: ['Asia', 'Europe'],
  title: 'Asia v Europe, final',
  format: { overs: 20 },
};

export const EXAMPLE_DELIVERY = {
  batter: 'Ann',
  bowler: 'Carla',
  non_striker: 'Björn',
  runs: { batter: 4, extras: 0, total: 4 },
};

export const EXAMPLE_WIDE = {
  batter: 'Ann',
  bowler: 'Carla',
  non_striker: 'Björn',
  runs: { batter: 0, extras: 1, total: 1 },
  extras: { wides: 1 },
};

export const EXAMPLE_WICKET = {
  batter: 'Ann',
  bowler: 'Carla',
  non_striker: 'Björn',
  runs: { batter: 0, extras: 0, total: 0 },
  wickets: [{ player_out: 'Ann', kind: 'caught', fielders: [{ name: 'Dora' }] }],
};

/** After the first ball. */
export const EXAMPLE_DOCUMENT = {
  id: EXAMPLE_MATCH,
  sport: 'cricket',
  title: 'Asia v Europe, final',
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
        Carla: { order: 1, balls: 1, overs: '0.1', maidens: 0, runs: 4, wickets: 0, wides: 0, noballs: 0 },
      },
      fall: {},
      partnership: { runs: 4, balls: 1, batters: ['Ann', 'Björn'] },
    },
  },
  current: { innings: '1', striker: 'Ann', nonStriker: 'Björn', bowler: 'Carla', runRate: 24 },
  events: 4,
};
