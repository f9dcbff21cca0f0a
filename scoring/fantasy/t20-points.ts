import type { PointSystem } from './point-system.ts';

/**
 * A system for T20 matches as it was published and played from 2020 to 2024. Its tables print rates to two decimals and so have gaps, as between 5.99
 * and 6 runs an over; here a band reaches to the next one. A catch by the bowler is a wicket and a catch, which makes the printed 33.
 * Captains and vice-captains are no part of it: they are bonuses (2 and 1.5) of the cards of a team.
 */
export const T20_POINTS: PointSystem = {
  name: 'dream11-t20-2020',
  source: 'https://cric-fan.com/fantasy-points-system and https://sportzxchange.com/points-system.html',
  starter: 4,
  run: 1,
  four: 1,
  six: 2,
  runMilestones: [
    { from: 30, points: 4 },
    { from: 50, points: 8 },
    { from: 100, points: 16 },
  ],
  duck: -2,
  strikeRate: {
    minBalls: 10,
    minRuns: 0,
    bands: [
      { above: 170, points: 6 },
      { above: 150, points: 4 },
      { atLeast: 130, points: 2 },
      { below: 50, points: -6 },
      { below: 60, points: -4 },
      { atMost: 70, points: -2 },
    ],
  },
  wicket: 25,
  bowledOrLbw: 8,
  wicketMilestones: [
    { from: 3, points: 4 },
    { from: 4, points: 8 },
    { from: 5, points: 16 },
  ],
  maiden: 12,
  dotMilestones: [],
  economy: {
    minBalls: 12,
    bands: [
      { below: 5, points: 6 },
      { below: 6, points: 4 },
      { atMost: 7, points: 2 },
      { above: 12, points: -6 },
      { above: 11, points: -4 },
      { atLeast: 10, points: -2 },
    ],
  },
  catch: 8,
  catchMilestones: [{ from: 3, points: 4 }],
  stumping: 12,
  directRunOut: 12,
  sharedRunOut: 6,
  sparesBowlers: true,
};
