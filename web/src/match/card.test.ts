import { expect, test } from 'vitest';
import { CricketScorer, fixtureOf } from '../../../test/support/cricket-scorer.ts';
import { lastOver } from './ball-marks.ts';
import { chase, extrasOf, howOut, inningsOf, lastWicket, scoreText, sidesOf } from './card.ts';
import { scoreLines } from './documents.ts';

const numbered = (scorer: CricketScorer) => scorer.events.map((event, index) => ({ n: index + 1, event }));

test('an over is marked as in a scorer’s book', () => {
  const scorer = new CricketScorer().begin('Asia');
  scorer.balls(6, { runs: 1 });
  scorer.ball({ extras: { wides: 1 } });
  scorer.ball({ runs: 4 });
  scorer.ball({ runs: 2, extras: { noballs: 1 } });
  scorer.ball({ extras: { legbyes: 2 } });
  scorer.ball({ extras: { wides: 3 } });
  scorer.ball();
  scorer.ball({ wickets: [{ player_out: scorer.state.innings[0]?.striker ?? '', kind: 'bowled' }] });
  const over = lastOver(numbered(scorer));
  expect(over?.balls.map(({ label }) => label)).toEqual(['wd', '4', 'nb 2', '2lb', '3wd', '•', 'W']);
  expect(over?.balls.map(({ tone }) => tone)).toEqual([
    ...['extra', 'boundary', 'extra', 'extra', 'extra', 'dot', 'wicket'],
  ]);
  expect(over).toMatchObject({ over: 2, runs: 13, bowler: 'e10' });
  expect(over?.balls[1]?.words).toBe('FOUR');
});

test('before the first ball there is no over', () => {
  expect(lastOver(numbered(new CricketScorer().begin('Asia')))).toBeUndefined();
});

test('who is out is told as on a card', () => {
  expect(howOut({})).toBe('not out');
  expect(howOut({ retired: 'retired hurt' })).toBe('retired hurt');
  expect(howOut({ out: { kind: 'caught', bowler: 'b', fielders: ['f'] } })).toBe('c f b b');
  expect(howOut({ out: { kind: 'caught and bowled', bowler: 'b' } })).toBe('c & b b');
  expect(howOut({ out: { kind: 'stumped', bowler: 'b', fielders: ['k'] } })).toBe('st k b b');
  expect(howOut({ out: { kind: 'run out', fielders: ['x', 'y'] } })).toBe('run out (x/y)');
  expect(howOut({ out: { kind: 'lbw', bowler: 'b' } })).toBe('lbw b b');
  expect(howOut({ out: { kind: 'timed out' } })).toBe('timed out');
});

test('extras name their accounts', () => {
  expect(extrasOf({ wides: 3, noballs: 1, byes: 0, legbyes: 2, penalty: 5 })).toEqual({
    total: 11,
    detail: 'lb 2, w 3, nb 1, pen 5',
  });
  expect(extrasOf({ wides: 0, noballs: 0, byes: 0, legbyes: 0, penalty: 0 })).toEqual({
    total: 0,
    detail: '',
  });
});

test('a chase counts the runs and the balls that are left', () => {
  const scorer = new CricketScorer(fixtureOf({ overs: 2 })).begin('Asia');
  scorer.balls(12, { runs: 1 });
  expect(chase({ ...scorer.document, events: 0 }, { overs: 2 })).toBeUndefined();
  scorer.begin('Europe').balls(7, { runs: 1 });
  const document = { ...scorer.document, events: 0 };
  expect(chase(document, { overs: 2 })).toBe('Europe need 6 runs from 5 balls');
  expect(chase(document, undefined)).toBe('Europe need 6 runs');
  scorer.balls(4, { runs: 1 });
  scorer.ball();
  expect(chase({ ...scorer.document, events: 0 }, { overs: 2 })).toBeUndefined();
});

test('innings are told apart, and sides have all of theirs', () => {
  const scorer = new CricketScorer(fixtureOf({ inningsPerSide: 2 })).begin('Asia');
  scorer.balls(6, { runs: 4 });
  const { striker = '' } = scorer.state.innings[0] ?? {};
  scorer.ball({ wickets: [{ player_out: striker, kind: 'bowled' }] });
  expect(lastWicket(scorer.innings)).toEqual({
    player: striker,
    how: 'b e10',
    runs: 0,
    balls: 1,
    fell: '24/1 (1.1)',
  });
  scorer.act('declare');
  scorer.begin('Europe').balls(6);
  scorer.act('declare');
  scorer.begin('Asia').balls(3, { runs: 2 });
  const document = { ...scorer.document, events: 0 };
  expect(inningsOf(document).map(({ label }) => label)).toEqual(['Asia', 'Europe', 'Asia, 2nd innings']);
  expect(sidesOf(document)).toEqual([
    {
      team: 'Asia',
      scores: [
        { text: '24/1d', overs: '1.1', superOver: false, isMain: false },
        { text: '6/0', overs: '0.3', superOver: false, isMain: true },
      ],
      isIn: true,
    },
    { team: 'Europe', scores: [{ text: '0/0d', overs: '1', superOver: false, isMain: true }], isIn: false },
  ]);
  expect(scoreText({ ...scorer.innings, wickets: 10 })).toBe('6');
});

test('a super over stands beside the innings, and before it only while it is played', () => {
  const scorer = new CricketScorer(fixtureOf({ overs: 1 }));
  for (const team of ['Asia', 'Europe'] as const) scorer.begin(team).balls(6, { runs: 1 });
  scorer.begin('Europe', { superOver: true }).balls(6, { runs: 2 });
  const mainOf = () =>
    sidesOf({ ...scorer.document, events: 0 }).map(({ scores }) => scores.find(({ isMain }) => isMain)?.text);
  expect(mainOf()).toEqual(['6/0', '6/0']);
  scorer.begin('Asia', { superOver: true }).ball({ runs: 4 });
  expect(mainOf()).toEqual(['4/0', '12/0']);
  scorer.balls(5);
  expect(mainOf()).toEqual(['6/0', '6/0']);
  const lines = scoreLines({ ...scorer.document, events: 0 });
  expect(lines.map(({ text }) => text)).toEqual(['6/0, super over 4/0', '6/0, super over 12/0']);
});
