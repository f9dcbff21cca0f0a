import { expect, test } from 'vitest';
import { explainRuns } from '../../../scoring/cricket/check-runs.ts';
import { CricketScorer, fixtureOf, side } from '../../../test/support/cricket-scorer.ts';
import { type Ball, ballOf, corrected, deliveryOf, FAIR_BALL } from './ball.ts';
import { batterOptions, bowlerOptions, fielderOptions, wicketOptions } from './options.ts';
import { endsOf, inningsChoices, nextBall, stepOf } from './pad.ts';

const crease = { striker: 'a1', nonStriker: 'a2', bowler: 'e1' };
const BALLS: readonly (readonly [string, Ball, object])[] = [
  ['a dot', { ...FAIR_BALL, runs: 0 }, { runs: { batter: 0, extras: 0, total: 0 } }],
  ['a four', { ...FAIR_BALL, runs: 4 }, { runs: { batter: 4, extras: 0, total: 4 } }],
  [
    'four that were run',
    { ...FAIR_BALL, runs: 4, allRun: true },
    { runs: { batter: 4, extras: 0, total: 4, non_boundary: true } },
  ],
  [
    'a wide on which two were run',
    { ...FAIR_BALL, wide: true, runs: 2 },
    { runs: { batter: 0, extras: 3, total: 3 }, extras: { wides: 3 } },
  ],
  [
    'a no-ball hit for six',
    { ...FAIR_BALL, noBall: true, runs: 6 },
    { runs: { batter: 6, extras: 1, total: 7 }, extras: { noballs: 1 } },
  ],
  [
    'byes off a no-ball',
    { wide: false, noBall: true, runsOf: 'byes', runs: 2 },
    { runs: { batter: 0, extras: 3, total: 3 }, extras: { noballs: 1, byes: 2 } },
  ],
  [
    'leg byes',
    { wide: false, noBall: false, runsOf: 'legbyes', runs: 1 },
    { runs: { batter: 0, extras: 1, total: 1 }, extras: { legbyes: 1 } },
  ],
];

test.each(BALLS)('%s adds up, and comes back as it was tapped', (_what, ball, expected) => {
  const delivery = deliveryOf(ball, crease);
  expect(delivery).toMatchObject(expected);
  expect(explainRuns(delivery)).toBeUndefined();
  expect(ballOf(delivery)).toEqual(ball);
});

test('a ball that is corrected keeps what the form does not show', () => {
  const old = {
    ...deliveryOf({ ...FAIR_BALL, runs: 1, wicket: { kind: 'run out', player_out: 'a1' } }, crease),
    runs: { batter: 1, extras: 5, total: 6 },
    extras: { penalty: 5 },
    replacements: { role: [{ role: 'bowler', out: 'e9' }] },
    commentary: 'A mistake',
  };
  const { wicket: _, ...ball } = ballOf(old);
  expect(corrected(old, { ...ball, wide: true, runs: 0 }, { ...crease, bowler: 'e2' }, 'Wide')).toEqual({
    batter: 'a1',
    non_striker: 'a2',
    bowler: 'e2',
    runs: { batter: 0, extras: 6, total: 6 },
    extras: { wides: 1, penalty: 5 },
    replacements: { role: [{ role: 'bowler', out: 'e9' }] },
    commentary: 'Wide',
  });
});

test('who takes over within an over is told with the ball', () => {
  const delivery = deliveryOf({ ...FAIR_BALL, runs: 0 }, { ...crease, relieved: 'e2' });
  expect(delivery.replacements).toEqual({ role: [{ role: 'bowler', out: 'e2' }] });
});

test('only possible wickets come first', () => {
  expect(wicketOptions(FAIR_BALL).every(({ problem }) => problem === undefined)).toBe(true);
  const offWide = wicketOptions({ ...FAIR_BALL, wide: true });
  expect(offWide.slice(0, 2).map(({ kind }) => kind)).toEqual(['run out', 'stumped']);
  expect(offWide.find(({ kind }) => kind === 'lbw')?.problem).toBe('nobody can be out lbw off a wide');
});

test('a scorer is asked for what is missing, one after the other', () => {
  const scorer = new CricketScorer();
  expect(stepOf(scorer.state, {})).toBe('innings');
  expect(inningsChoices(scorer.state)).toEqual([
    { team: 'Asia', superOver: false },
    { team: 'Europe', superOver: false },
  ]);
  scorer.act('toss', { winner: 'Asia', decision: 'field' });
  expect(inningsChoices(scorer.state)[0]?.team).toBe('Europe');
  scorer.begin('Asia');
  expect(stepOf(scorer.state, {})).toBe('striker');
  expect(stepOf(scorer.state, { striker: 'a1' })).toBe('nonStriker');
  expect(stepOf(scorer.state, { striker: 'a1', nonStriker: 'a2' })).toBe('bowler');
  expect(stepOf(scorer.state, { striker: 'a1', nonStriker: 'a2', bowler: 'e1' })).toBe('ball');
  expect(nextBall(scorer.state)).toBe('0.1');
  scorer.ball({ runs: 1 });
  expect(stepOf(scorer.state, {})).toBe('ball');
  expect(nextBall(scorer.state)).toBe('0.2');
  expect(endsOf(scorer.state, {})).toEqual({
    striker: 'a2',
    nonStriker: 'a1',
    bowler: 'e11',
    relieved: undefined,
  });
  expect(endsOf(scorer.state, { swapped: true, bowler: 'e3' })).toEqual({
    striker: 'a1',
    nonStriker: 'a2',
    bowler: 'e3',
    relieved: 'e11',
  });
  scorer.balls(5);
  expect(stepOf(scorer.state, {})).toBe('bowler');
  expect(nextBall(scorer.state)).toBe('1.1');
});

test('who may bowl comes first, and who may not says why', () => {
  const scorer = new CricketScorer().begin('Asia').balls(6, { runs: 4 });
  const options = bowlerOptions(scorer.state, { striker: 'a1', nonStriker: 'a2' });
  expect(options.map(({ name }) => name)).toEqual([...side('e', 10), 'e11']);
  expect(options.at(-1)).toEqual({
    name: 'e11',
    detail: '1–0–24–0',
    problem: 'e11 bowled the last over and cannot bowl this one',
  });
  scorer.ball();
  const relief = bowlerOptions(scorer.state, { striker: 'a2', nonStriker: 'a1' }, 'e10');
  expect(relief.some(({ name }) => name === 'e10')).toBe(false);
  expect(relief[0]?.problem).toBeUndefined();
});

test('who is out cannot come in again, and who retired can', () => {
  const scorer = new CricketScorer().begin('Asia').balls(1);
  scorer.ball({ wickets: [{ player_out: 'a1', kind: 'bowled' }] });
  scorer.ball();
  scorer.act('retire', { player: 'a3', kind: 'retired hurt' });
  const options = batterOptions(scorer.state, 'a2');
  expect(options.map(({ name }) => name)).toEqual([
    ...['a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9', 'a10', 'a11', 'a1'],
  ]);
  expect(options[0]).toEqual({ name: 'a3', detail: 'retired hurt, 0 (1)' });
  expect(options.at(-1)).toMatchObject({ problem: 'a1 is out and cannot bat' });
});

test('who has caught before is offered first', () => {
  const scorer = new CricketScorer().begin('Asia').balls(1);
  scorer.ball({ wickets: [{ player_out: 'a1', kind: 'caught', fielders: [{ name: 'e7' }] }] });
  const names = fielderOptions(scorer.state);
  expect(names[0]).toBe('e7');
  expect(names.at(-1)).toBe('e11');
});

test('a tie leads to a super over', () => {
  const scorer = new CricketScorer(fixtureOf({ overs: 1 }));
  scorer.begin('Asia').balls(6, { runs: 1 });
  expect(inningsChoices(scorer.state)).toEqual([{ team: 'Europe', superOver: false }]);
  scorer.begin('Europe').balls(6, { runs: 1 });
  expect(stepOf(scorer.state, {})).toBe('end');
  expect(inningsChoices(scorer.state)).toEqual([
    { team: 'Europe', superOver: true },
    { team: 'Asia', superOver: true },
  ]);
});
