import { describe, expect, test } from 'vitest';
import { hasTestData, LEFT_OUT, readTestData } from '../../test/support/test-data.ts';
import { readPoints } from './amount.ts';
import { type CricsheetFile, recordMatch } from './cricsheet.contract.ts';
import { type Ball, beginRecords, type PlayerRecord, recordBall } from './player-records.ts';
import { pointsOf } from './point-system.ts';
import { T20_POINTS } from './t20-points.ts';

const nothing: PlayerRecord = { ...(beginRecords(['x']).players.get('x') as PlayerRecord), isStarter: false };
const worth = (record: Partial<PlayerRecord>, isBowler = false): number =>
  pointsOf(T20_POINTS, { ...nothing, ...record }, isBowler);

describe('points of the T20 system', () => {
  test('who is in the eleven gets 4, and who is not nothing', () => {
    expect([worth({ isStarter: true }), worth({})]).toEqual([4, 0]);
  });

  test.each([
    [29, 29],
    [30, 34],
    [49, 53],
    [50, 58],
    [99, 107],
    [100, 116],
  ])('%d runs are worth %d: only the highest milestone counts', (runs, points) => {
    expect(worth({ runs, ballsFaced: 9 })).toBe(points);
  });

  test('boundaries count besides their runs', () => {
    expect(worth({ runs: 14, fours: 2, sixes: 1 })).toBe(18);
  });

  test('a duck costs 2, but not a bowler, and not who is not out', () => {
    expect([worth({ isOut: true }), worth({ isOut: true }, true), worth({})]).toEqual([-2, 0, 0]);
    expect(worth({ isOut: true, runs: 1, ballsFaced: 1 })).toBe(1);
  });

  test.each([
    // Balls, runs, what the strike rate adds: bands have no gaps, and meet where the table says.
    [9, 27, 0],
    [10, 18, 6],
    [10, 17, 4],
    [20, 31, 4],
    [10, 15, 2],
    [10, 13, 2],
    [100, 129, 0],
    [100, 71, 0],
    [10, 7, -2],
    [10, 6, -2],
    [200, 119, -4],
    [10, 5, -4],
    [100, 49, -6],
  ])('%d balls for %d runs: %d for the strike rate', (ballsFaced, runs, points) => {
    const milestone = runs >= 100 ? 16 : runs >= 50 ? 8 : runs >= 30 ? 4 : 0;
    expect(worth({ ballsFaced, runs }) - runs - milestone).toBe(points);
    expect(worth({ ballsFaced, runs }, true) - runs - milestone).toBe(0);
  });

  test.each([
    [11, 0, 0],
    [12, 9, 6],
    [12, 10, 4],
    [600, 599, 4],
    [12, 12, 2],
    [12, 14, 2],
    [60, 71, 0],
    [600, 999, 0],
    [12, 20, -2],
    [12, 22, -2],
    [600, 1101, -4],
    [12, 24, -4],
    [24, 49, -6],
  ])('%d balls for %d conceded: %d for the economy', (ballsBowled, conceded, points) => {
    expect(worth({ ballsBowled, conceded })).toBe(points);
  });

  test.each([
    [1, 25],
    [2, 50],
    [3, 79],
    [4, 108],
    [5, 141],
    [6, 166],
  ])('%d wickets are worth %d', (wickets, points) => {
    expect(worth({ wickets })).toBe(points);
  });

  test('bowled and lbw add 8, a maiden 12', () => {
    expect(worth({ wickets: 2, bowledOrLbw: 1, maidens: 1 })).toBe(70);
  });

  test('catches, stumpings and run outs', () => {
    expect(worth({ catches: 2, stumpings: 1, directRunOuts: 1, sharedRunOuts: 1 })).toBe(46);
    expect([worth({ catches: 3 }), worth({ catches: 4 })]).toEqual([28, 36]);
  });
});

describe('records', () => {
  const ball = (runs: number, more: Partial<Ball> = {}): Ball => ({
    ...{ batter: 'bat', bowler: 'bowl', non_striker: 'other', runs: { batter: runs, total: runs } },
    ...more,
  });
  const extra = (extras: NonNullable<Ball['extras']>): Partial<Ball> => ({
    runs: { batter: 0, total: Object.values(extras).reduce((sum, runs) => sum + runs, 0) },
    extras,
  });
  function recorded(...balls: (readonly [over: number, ball: Ball])[]) {
    const records = beginRecords(['bat', 'bowl', 'field']);
    const touched = balls.map(([over, each]) => [...recordBall(records, 1, over, each)]);
    return { of: (player: string) => records.players.get(player), touched };
  }
  const over = (number: number, ...balls: Ball[]) => balls.map((each) => [number, each] as const);
  const out = (kind: string, ...fielders: { name?: string; substitute?: boolean }[]) =>
    ball(0, { wickets: [{ player_out: 'bat', kind, fielders }] });
  const dot = ball(0);

  test('wides are not faced, no balls are, and byes are not conceded', () => {
    const { of } = recorded(
      ...over(0, ball(4), ball(6), ball(4, { runs: { batter: 4, total: 4, non_boundary: true } })),
      ...over(0, ball(0, extra({ wides: 2 })), ball(0, extra({ noballs: 1 })), ball(0, extra({ byes: 4 }))),
    );
    expect(of('bat')).toMatchObject({ runs: 14, ballsFaced: 5, fours: 1, sixes: 1, isOut: false });
    expect(of('bowl')).toMatchObject({ conceded: 17, ballsBowled: 4, dots: 0, isStarter: true });
    expect(of('other')).toBeUndefined();
  });

  test('a maiden is six legal balls of one bowler without a run against him', () => {
    const six = Array.from({ length: 6 }, () => dot);
    const maidens = (...balls: Ball[]): number | undefined =>
      recorded(...over(3, ...balls)).of('bowl')?.maidens;
    expect(maidens(...six)).toBe(1);
    expect(maidens(...six.slice(1))).toBe(0);
    expect(maidens(...six.slice(1), ball(0, extra({ legbyes: 1 })))).toBe(1);
    expect(maidens(...six, ball(0, extra({ wides: 1 })))).toBe(0);
    expect(maidens(...six.slice(1), ball(0, { bowler: 'another' }))).toBe(0);
    // The umpire miscounted, and nobody scored off the seventh either.
    expect(maidens(...six, dot)).toBe(1);
  });

  test('an over that was called early is a maiden once the next one begins, and its bowler has changed', () => {
    const five = over(0, dot, dot, dot, dot, dot);
    const { of, touched } = recorded(...five, ...over(1, ball(1, { bowler: 'another' })));
    expect(of('bowl')?.maidens).toBe(1);
    expect(touched.at(-1)?.toSorted()).toEqual(['another', 'bat', 'bowl']);
    // The last over of an innings that just ends is none.
    const records = beginRecords([]);
    for (const [number, each] of five) recordBall(records, 1, number, each);
    recordBall(records, 2, 0, ball(1, { bowler: 'another' }));
    expect(records.players.get('bowl')?.maidens).toBe(0);
  });

  test.each([
    ['bowled', 'bowl', { wickets: 1, bowledOrLbw: 1 }],
    ['lbw', 'bowl', { wickets: 1, bowledOrLbw: 1 }],
    ['caught', 'bowl', { wickets: 1, bowledOrLbw: 0, catches: 0 }],
    ['caught', 'field', { catches: 1 }],
    ['caught and bowled', 'bowl', { wickets: 1, catches: 1 }],
    ['stumped', 'field', { stumpings: 1, catches: 0 }],
    ['hit wicket', 'bowl', { wickets: 1, bowledOrLbw: 0 }],
    ['run out', 'bowl', { wickets: 0 }],
    ['run out', 'field', { directRunOuts: 1, sharedRunOuts: 0 }],
    ['retired out', 'bowl', { wickets: 0 }],
  ])('%s, of %s: %o', (kind, player, expected) => {
    const { of } = recorded([0, out(kind, { name: 'field' })]);
    expect(of(player)).toMatchObject(expected);
    expect(of('bat')?.isOut).toBe(true);
  });

  test('a run out is shared by the last two, and substitutes get nothing', () => {
    const { of } = recorded([
      0,
      out('run out', { name: 'a' }, { name: 'b' }, { name: 'c', substitute: true }),
    ]);
    expect([of('a'), of('c')]).toEqual([undefined, undefined]);
    expect(of('b')).toMatchObject({ directRunOuts: 0, sharedRunOuts: 1 });
    expect(recorded([0, out('caught', { name: 'c', substitute: true })]).of('c')).toBeUndefined();
  });

  test('who retires hurt is not out', () => {
    expect(recorded([0, out('retired hurt')]).of('bat')?.isOut).toBe(false);
  });
});

describe.skipIf(!hasTestData)(`real matches${LEFT_OUT}`, () => {
  const MATCHES = ['1136561', '1187667', '1216493', '1247031', '336015'];

  test.each(MATCHES)('%s: a ball changes the points of nobody but of those whom it tells of', (match) => {
    const file = readTestData<CricsheetFile>(`cricket/${match}.json`);
    const records = beginRecords(Object.values(file.info.players ?? {}).flat(), file.info.balls_per_over);
    const before = new Map<string, number>();
    let balls = 0;
    for (const [index, { overs = [], super_over: isSuperOver }] of file.innings.entries()) {
      for (const { over, deliveries } of isSuperOver ? [] : overs) {
        for (const ball of deliveries) {
          const touched = recordBall(records, index + 1, over, ball);
          for (const [player, record] of records.players) {
            const points = pointsOf(T20_POINTS, record);
            // What comes out can be posted as it is.
            expect(readPoints(points)).toBeDefined();
            if (!touched.has(player))
              expect([player, points]).toEqual([player, before.get(player) ?? points]);
            before.set(player, points);
          }
          balls++;
        }
      }
    }
    expect(balls).toBeGreaterThan(150);
  });

  test('points reckoned by hand from the published card of New Zealand v England at Nelson', () => {
    const { players } = recordMatch(readTestData<CricsheetFile>('cricket/1187667.json'));
    const expected = {
      // 55 with 5 fours and 3 sixes, the half-century, a strike rate of 157.1.
      'C de Grandhomme': 4 + 55 + 5 + 3 * 2 + 8 + 4,
      'DJ Malan': 4 + 55 + 8 + 2 + 8 + 4,
      // 2 for 25 in 4 overs, one of them bowled.
      'LH Ferguson': 4 + 2 * 25 + 8 + 2,
      // 15 off 9 balls with 2 fours; 1 for 41 in 4 overs.
      'MJ Santner': 4 + 15 + 2 + 25 - 2,
      // 6 runs and two catches; his run out is on the card, but the balls name nobody for it.
      'C Munro': 4 + 6 + 2 * 8,
      // Bowled for nothing; 19 in 2 overs.
      'L Gregory': 4 - 2,
      // Did not bat; 2 for 25 in 4 overs, one of them bowled.
      'BM Tickner': 4 + 2 * 25 + 8 + 2,
    };
    const ours = Object.keys(expected).map((player) => [
      player,
      pointsOf(T20_POINTS, players.get(player) as PlayerRecord),
    ]);
    expect(Object.fromEntries(ours)).toEqual(expected);
  });
});
