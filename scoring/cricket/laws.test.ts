import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ball, CricketScorer, fixtureOf } from '../../test/support/cricket-scorer.ts';

const begun = (...fixture: Parameters<typeof fixtureOf>): CricketScorer =>
  new CricketScorer(fixtureOf(...fixture)).begin('Asia');
const strikeOf = ({ document }: CricketScorer) => [document.current?.striker, document.current?.nonStriker];

describe('the strike', () => {
  it.each<[string, Ball, 'stays' | 'changes']>([
    ['no run', {}, 'stays'],
    ['one run', { runs: 1 }, 'changes'],
    ['two runs', { runs: 2 }, 'stays'],
    ['three runs', { runs: 3 }, 'changes'],
    ['a four', { runs: 4 }, 'stays'],
    ['four runs that were run', { runs: 4, nonBoundary: true }, 'stays'],
    ['one and four overthrows', { runs: 5 }, 'changes'],
    ['a bye', { extras: { byes: 1 } }, 'changes'],
    ['two leg byes', { extras: { legbyes: 2 } }, 'stays'],
    ['three leg byes', { extras: { legbyes: 3 } }, 'changes'],
    ['a wide', { extras: { wides: 1 } }, 'stays'],
    ['a wide on which they ran', { extras: { wides: 2 } }, 'changes'],
    ['a wide to the boundary', { extras: { wides: 5 } }, 'stays'],
    ['a no-ball', { extras: { noballs: 1 } }, 'stays'],
    ['a no-ball that counts two', { extras: { noballs: 2 } }, 'stays'],
    ['a no-ball and a run off the bat', { runs: 1, extras: { noballs: 1 } }, 'changes'],
    ['a no-ball and a bye', { extras: { noballs: 1, byes: 1 } }, 'changes'],
    ['five penalty runs', { extras: { penalty: 5 } }, 'stays'],
    ['a run and five penalty runs', { runs: 1, extras: { penalty: 5 } }, 'changes'],
  ])('after %s %j: %s', (_, ball, expected) => {
    const scorer = begun();
    scorer.ball(ball);
    expect(strikeOf(scorer)).toEqual(expected === 'stays' ? ['a1', 'a2'] : ['a2', 'a1']);
  });

  it('changes with the over, and so stays after a single off its last ball', () => {
    expect(strikeOf(begun().balls(6))).toEqual(['a2', 'a1']);
    const single = begun().balls(5);
    single.ball({ runs: 1 });
    expect(strikeOf(single)).toEqual(['a1', 'a2']);
  });

  it('leaves the end open to which a new batter comes', () => {
    const caught = begun();
    caught.ball({ wickets: [{ player_out: 'a1', kind: 'caught', fielders: [{ name: 'e4' }] }] });
    expect(strikeOf(caught)).toEqual([undefined, 'a2']);
    const last = begun().balls(5);
    last.ball({ wickets: [{ player_out: 'a1', kind: 'bowled' }] });
    expect(strikeOf(last)).toEqual(['a2', undefined]);
    last.ball();
    expect(strikeOf(last)).toEqual(['a2', 'a3']);
  });

  it.each<[string, Ball, string, (string | undefined)[]]>([
    ['a wide', { extras: { wides: 2 } }, 'a1', ['a2', undefined]],
    ['a leg bye', { extras: { legbyes: 1 } }, 'a2', [undefined, 'a1']],
    ['a no-ball with two byes', { extras: { noballs: 1, byes: 2 } }, 'a2', ['a1', undefined]],
    ['a single', { runs: 1 }, 'a1', ['a2', undefined]],
  ])('counts what was run on %s before a run out', (_, ball, player, expected) => {
    const scorer = begun();
    scorer.ball({ ...ball, wickets: [{ player_out: player, kind: 'run out' }] });
    expect(strikeOf(scorer)).toEqual(expected);
    expect(scorer.innings).toMatchObject({ wickets: 1, batting: { [player]: { out: { kind: 'run out' } } } });
    expect(scorer.innings.bowling.e11?.wickets).toBe(0);
  });

  it('is where the next ball says, since only the umpires saw who crossed', () => {
    const scorer = begun();
    scorer.ball({ runs: 1 });
    scorer.ball({ batter: 'a1', nonStriker: 'a2' });
    expect(strikeOf(scorer)).toEqual(['a1', 'a2']);
  });
});

describe('an over', () => {
  it.each([5, 6, 8])('of %i balls is complete with its last legal one', (ballsPerOver) => {
    const scorer = begun({ overs: 20, ballsPerOver }).balls(ballsPerOver - 1);
    scorer.ball({ extras: { wides: 1 } });
    scorer.ball({ extras: { noballs: 1 } });
    expect(scorer.innings).toMatchObject({ overs: `0.${ballsPerOver - 1}`, balls: ballsPerOver - 1 });
    const { overEnded } = scorer.ball();
    expect(overEnded).toMatchObject({ over: { number: 0 }, maiden: false });
    expect(scorer.innings).toMatchObject({ overs: '1', balls: ballsPerOver });
    expect(scorer.innings.bowling.e11).toMatchObject({
      overs: '1',
      balls: ballsPerOver,
      wides: 1,
      noballs: 1,
    });
  });

  it('that the umpire called after five balls counts as one', () => {
    const scorer = begun().balls(5);
    scorer.act('over', { override: true });
    expect(scorer.innings).toMatchObject({ overs: '1', balls: 5 });
    expect(scorer.innings.bowling.e11).toMatchObject({ overs: '1', balls: 5, maidens: 1 });
    scorer.ball();
    expect(scorer.innings.overs).toBe('1.1');
  });

  it('may be called by the first ball of the next one', () => {
    const scorer = begun().balls(5);
    scorer.ball({ over: 1, bowler: 'e10', override: true });
    expect(scorer.innings).toMatchObject({ overs: '1.1', balls: 6 });
    expect(scorer.innings.bowling.e11).toMatchObject({ overs: '1', maidens: 1 });
  });

  it('of seven balls counts as one, and its seventh ball may cost the maiden', () => {
    const scorer = begun().balls(6);
    expect(scorer.innings.bowling.e11?.maidens).toBe(1);
    expect(strikeOf(scorer)).toEqual(['a2', 'a1']);
    scorer.ball({ over: 0, batter: 'a1', nonStriker: 'a2', runs: 1, bowler: 'e11', override: true });
    expect(scorer.innings).toMatchObject({ overs: '1', balls: 7 });
    expect(scorer.innings.bowling.e11).toMatchObject({ overs: '1', balls: 7, maidens: 0 });
    expect(strikeOf(scorer)).toEqual(['a1', 'a2']);
  });

  it('stays complete with a wide after its last ball', () => {
    const scorer = begun().balls(6);
    scorer.ball({
      over: 0,
      bowler: 'e11',
      batter: 'a1',
      nonStriker: 'a2',
      extras: { wides: 1 },
      override: true,
    });
    expect(scorer.innings).toMatchObject({ overs: '1', balls: 6, runs: 1 });
    expect(scorer.innings.bowling.e11).toMatchObject({ overs: '1', maidens: 0 });
    expect(strikeOf(scorer)).toEqual(['a2', 'a1']);
  });

  it('of two bowlers is nobody’s maiden, and counts in balls for both', () => {
    const scorer = begun().balls(2);
    scorer.balls(1, { bowler: 'e9', replacements: { role: [{ role: 'bowler' }] } });
    scorer.balls(3, { bowler: 'e9' });
    expect(scorer.innings.overs).toBe('1');
    expect(scorer.innings.bowling.e11).toMatchObject({ overs: '0.2', maidens: 0, balls: 2 });
    expect(scorer.innings.bowling.e9).toMatchObject({ overs: '0.4', maidens: 0, balls: 4 });
  });

  it.each<[string, Ball, number]>([
    ['byes', { extras: { byes: 4 } }, 1],
    ['leg byes', { extras: { legbyes: 1 } }, 1],
    ['penalty runs', { extras: { penalty: 5 } }, 1],
    ['a run', { runs: 1 }, 0],
  ])('with %s: maidens %j %i', (_, ball, maidens) => {
    const scorer = begun().balls(5);
    scorer.ball(ball);
    expect(scorer.innings.bowling.e11?.maidens).toBe(maidens);
  });

  it('with a wide or a no-ball is no maiden', () => {
    for (const extras of [{ wides: 1 }, { noballs: 1 }]) {
      const scorer = begun();
      scorer.ball({ extras });
      expect(scorer.balls(6).innings.bowling.e11?.maidens).toBe(0);
    }
  });
});

describe('extras', () => {
  it('are charged to the bowler or to nobody, and never to the batter', () => {
    const scorer = begun();
    scorer.ball({ extras: { wides: 3 } });
    scorer.ball({ batter: 'a1', nonStriker: 'a2', runs: 4, extras: { noballs: 1 } });
    scorer.ball({ extras: { byes: 2 } });
    scorer.ball({ extras: { legbyes: 4 } });
    scorer.ball({ extras: { penalty: 5 } });
    expect(scorer.innings).toMatchObject({
      runs: 19,
      balls: 3,
      extras: { wides: 3, noballs: 1, byes: 2, legbyes: 4, penalty: 5 },
      partnership: { runs: 19, balls: 4 },
    });
    expect(scorer.innings.batting.a1).toMatchObject({ runs: 4, balls: 4, fours: 1, sixes: 0 });
    expect(scorer.innings.bowling.e11).toMatchObject({ runs: 8, balls: 3, wides: 1, noballs: 1 });
  });
});

describe('any sequence of balls', () => {
  const anyBall = fc.oneof<fc.Arbitrary<Ball>[]>(
    fc.record({ runs: fc.integer({ min: 0, max: 6 }), nonBoundary: fc.boolean() }),
    fc.integer({ min: 1, max: 5 }).map((wides) => ({ extras: { wides } })),
    fc.integer({ min: 0, max: 6 }).map((runs) => ({ runs, extras: { noballs: 1 } })),
    fc.integer({ min: 1, max: 4 }).map((byes) => ({ extras: { byes } })),
    fc.integer({ min: 1, max: 4 }).map((legbyes) => ({ extras: { legbyes } })),
    fc.integer({ min: 1, max: 3 }).map((byes) => ({ extras: { byes, noballs: 1 } })),
    fc.constant({ extras: { penalty: 5 } }),
  );

  it('adds up, in overs of any length', () => {
    fc.assert(
      fc.property(fc.array(anyBall, { maxLength: 80 }), fc.constantFrom(5, 6, 8), (balls, ballsPerOver) => {
        const scorer = begun({ overs: 100, ballsPerOver });
        let legal = 0;
        let ran = 0;
        for (const ball of balls) {
          scorer.ball(ball);
          const { wides = 0, noballs = 0, byes = 0, legbyes = 0 } = ball.extras ?? {};
          if (wides === 0 && noballs === 0) legal += 1;
          ran += (ball.runs ?? 0) + byes + legbyes + Math.max(0, wides - 1);
          if (wides + noballs === 0 && legal % ballsPerOver === 0) ran += 1;
        }
        if (balls.length === 0) return;
        const { innings } = scorer;
        const ends = ['a1', 'a2'];
        expect(strikeOf(scorer)).toEqual(ran % 2 === 0 ? ends : ends.toReversed());
        const loose = legal % ballsPerOver;
        expect(innings.overs).toBe(`${Math.floor(legal / ballsPerOver)}${loose > 0 ? `.${loose}` : ''}`);
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
        const made = sum(Object.values(innings.batting).map(({ runs }) => runs));
        const bowling = Object.values(innings.bowling);
        expect(made + sum(Object.values(innings.extras))).toBe(innings.runs);
        expect(sum(bowling.map(({ runs }) => runs))).toBe(
          made + innings.extras.wides + innings.extras.noballs,
        );
        expect(sum(bowling.map((bowler) => bowler.balls))).toBe(legal);
        expect(innings.partnership.runs).toBe(innings.runs);
      }),
      { numRuns: 100 },
    );
  });
});
