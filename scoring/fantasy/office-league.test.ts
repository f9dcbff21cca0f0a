/** The rules of a real office league, and the points that it computed for three matches, against ours from the balls of those matches. */
import { describe, expect, test } from 'vitest';
import { hasTestData, LEFT_OUT, readTestData } from '../../test/support/test-data.ts';
import { type CricsheetFile, recordMatch } from './cricsheet.contract.ts';
import { type PointSystem, pointsOf } from './point-system.ts';

const OFFICE: PointSystem = {
  ...{ name: 'office', source: 'rahul0004/ipl', starter: 0, run: 0.1, four: 0.5, six: 1, duck: 0 },
  runMilestones: [
    { from: 50, points: 3 },
    { from: 100, points: 5 },
  ],
  strikeRate: {
    minBalls: 0,
    minRuns: 31,
    bands: [
      { atLeast: 180, points: 3 },
      { atLeast: 160, points: 2 },
      { atLeast: 140, points: 1 },
    ],
  },
  ...{ wicket: 2, bowledOrLbw: 0, maiden: 5 },
  wicketMilestones: [
    { from: 3, points: 3 },
    { from: 5, points: 5 },
  ],
  dotMilestones: [{ from: 4, points: 1 }],
  economy: {
    minBalls: 0,
    bands: [
      { below: 3, points: 3 },
      { above: 3, below: 4.5, points: 2 },
      { above: 4.5, below: 6, points: 1 },
    ],
  },
  ...{ catch: 1, catchMilestones: [], stumping: 1, directRunOut: 1, sharedRunOut: 1, sparesBowlers: false },
};
const PLAYER_OF_MATCH = 5;

interface League {
  readonly players: Readonly<Record<string, { name: string }>>;
  readonly player_points: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

/** Names that the file of the league writes quite differently. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  '319439': 'MJ McClenaghan',
  'Mujeeb Zadran': 'Mujeeb Ur Rahman',
  'Krunal Pandya': 'KH Pandya',
  'Hardik Pandya': 'HH Pandya',
  'Umesh Yadav': 'UT Yadav',
  'Rinku Singh': 'RK Singh',
};

/** Where the league has another fielder than the balls: what we have more than the league. */
const OTHER_FIELDERS: Readonly<Record<string, number>> = {
  // The catch of SK Raina was the bowler's own, and is credited to his brother.
  '1136561 HH Pandya': 1,
  '1136561 KH Pandya': -1,
  // The balls name nobody who ran out G Gambhir.
  '1136562 Mujeeb Ur Rahman': -1,
  // The league credits nobody with the catch of Mandeep Singh.
  '1136563 Kuldeep Yadav': 1,
};

describe.skipIf(!hasTestData)(`the points of an office league${LEFT_OUT}`, () => {
  const league = hasTestData ? readTestData<League>('fantasy/office_league_sample.json') : undefined;

  test.each(['1136561', '1136562', '1136563'])('in match %s', (match) => {
    const file = readTestData<CricsheetFile>(`cricket/${match}.json`);
    const { players } = recordMatch(file);
    const names = Object.values(file.info.players ?? {}).flat();
    const points = Object.entries(league?.player_points[match] ?? {});
    expect(points.length).toBeGreaterThan(20);
    for (const [id, columns] of points) {
      const theirs = league?.players[id]?.name ?? id;
      const name =
        OTHER_NAMES[theirs] ??
        names.find((each) => each === theirs) ??
        names.find((each) => lastOf(each) === lastOf(theirs)) ??
        '';
      const record = players.get(name);
      if (record === undefined) throw new Error(`nobody is ${theirs}`);
      const best = file.info.player_of_match?.includes(name) ? PLAYER_OF_MATCH : 0;
      const ours = pointsOf(OFFICE, record) + best - (OTHER_FIELDERS[`${match} ${name}`] ?? 0);
      expect([name, ours.toFixed(3)]).toEqual([name, columns.at(-1)?.toFixed(3)]);
    }
  });
});

function lastOf(name: string): string {
  return name.split(' ').at(-1) ?? '';
}
