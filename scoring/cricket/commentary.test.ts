import { describe, expect, it } from 'vitest';
import type { ActionEvent, MatchAction, PlayEvent, WicketKind } from '../../protocol/match-events.ts';
import { cricketFiles } from '../../test/support/cricket-files.ts';
import { type Ball, CricketScorer, fixtureOf } from '../../test/support/cricket-scorer.ts';
import { hasTestData, LEFT_OUT } from '../../test/support/test-data.ts';
import { cricket } from './cricket.ts';
import { importCricsheet } from './cricsheet.ts';
import type { CricketChange } from './state.ts';

const begun = (...fixture: Parameters<typeof fixtureOf>): CricketScorer =>
  new CricketScorer(fixtureOf(...fixture)).begin('Asia');

/** What is said of the event that was applied last. */
const told = ({ state, events }: CricketScorer, change: CricketChange): string =>
  cricket.describe(state, events.at(-1) as PlayEvent, change);

const say = (scorer: CricketScorer, ball: Ball = {}): string => told(scorer, scorer.ball(ball));
const out = (kind: WicketKind, player = 'a1', fielders: { name?: string; substitute?: boolean }[] = []) => ({
  wickets: [{ player_out: player, kind, ...(fielders.length === 0 ? {} : { fielders }) }],
});

function sayAction<A extends MatchAction>(
  scorer: CricketScorer,
  action: A,
  fields?: Omit<ActionEvent<A>, 'type' | 'match' | 'action'>,
): string {
  return told(scorer, scorer.act(action, fields));
}

describe('a ball is told as', () => {
  it.each<[Ball, string]>([
    [{}, 'no run'],
    [{ runs: 1 }, '1 run'],
    [{ runs: 3 }, '3 runs'],
    [{ runs: 4 }, 'FOUR'],
    [{ runs: 4, nonBoundary: true }, '4 runs, all run'],
    [{ runs: 5 }, '5 runs'],
    [{ runs: 6 }, 'SIX'],
    [{ extras: { wides: 1 } }, 'wide'],
    [{ extras: { wides: 5 } }, '5 wides'],
    [{ extras: { noballs: 1 } }, 'no-ball'],
    [{ extras: { noballs: 2 } }, '2 no-balls'],
    [{ runs: 6, extras: { noballs: 1 } }, 'no-ball, SIX'],
    [{ extras: { noballs: 1, legbyes: 2 } }, 'no-ball, 2 leg byes'],
    [{ extras: { byes: 1 } }, '1 bye'],
    [{ extras: { byes: 4 } }, '4 byes'],
    [{ extras: { legbyes: 1 } }, '1 leg bye'],
    [{ runs: 1, extras: { penalty: 5 } }, '1 run, 5 penalty runs'],
  ])('%j: %s', (ball, expected) => {
    expect(say(begun(), ball)).toBe(`0.1 e11 to a1, ${expected}`);
  });

  it('with its over and its number, which a wide does not count up', () => {
    const scorer = begun().balls(7);
    expect(say(scorer, { extras: { wides: 1 } })).toBe('1.2 e10 to a2, wide');
    expect(say(scorer, { runs: 2 })).toBe('1.2 e10 to a2, 2 runs');
  });

  it('the scorer has it, and then comes what came of it', () => {
    const scorer = begun().balls(4, { runs: 6 });
    const ball = (text: string, fields: Ball = {}): string => {
      const event = scorer.deliveryOf(fields);
      if (event.type !== 'delivery') throw new Error('not a delivery');
      return told(scorer, scorer.play({ ...event, delivery: { ...event.delivery, commentary: text } }));
    };
    expect(ball('Driven  through\nthe covers.', { runs: 4 })).toBe('Driven through the covers.');
    expect(ball(' ')).toMatch(/^0\.6 e11 to a1, no run\. End of over 1/);
    expect(ball('Through the gate!', out('bowled', 'a2'))).toBe(
      'Through the gate! a2 is out first ball. Asia 28/1',
    );
  });
});

describe('a wicket is told as', () => {
  it.each<[string, Ball, string]>([
    ['bowled', out('bowled'), 'OUT! Bowled. a1 is out first ball. Asia 0/1'],
    ['lbw', out('lbw'), 'OUT! Leg before wicket. a1 is out first ball. Asia 0/1'],
    ['caught', out('caught', 'a1', [{ name: 'e4' }]), 'OUT! Caught by e4. a1 is out first ball. Asia 0/1'],
    [
      'caught by a substitute',
      out('caught', 'a1', [{ name: 'e12', substitute: true }]),
      'OUT! Caught by e12 (substitute). a1 is out first ball. Asia 0/1',
    ],
    [
      'caught by whom nobody knows',
      out('caught', 'a1', [{ substitute: true }]),
      'OUT! Caught by a substitute. a1 is out first ball. Asia 0/1',
    ],
    ['caught and bowled', out('caught and bowled'), 'OUT! Caught and bowled. a1 is out first ball. Asia 0/1'],
    [
      'stumped off a wide',
      { extras: { wides: 1 }, ...out('stumped', 'a1', [{ name: 'e6' }]) },
      'wide, OUT! Stumped by e6. a1 is out without facing a ball. Asia 1/1',
    ],
    [
      'run out',
      { runs: 1, ...out('run out', 'a2', [{ name: 'e3' }, { name: 'e7' }, { name: 'e6' }]) },
      '1 run, OUT! Run out by e3, e7 and e6. a2 is out without facing a ball. Asia 1/1',
    ],
    ['run out by nobody', { ...out('run out') }, 'OUT! Run out. a1 is out first ball. Asia 0/1'],
    ['hit wicket', out('hit wicket'), 'OUT! Hit wicket. a1 is out first ball. Asia 0/1'],
    [
      'obstruction',
      out('obstructing the field', 'a2'),
      'OUT! Obstructing the field. a2 is out without facing a ball. Asia 0/1',
    ],
    ['retired hurt', { runs: 4, ...out('retired hurt') }, 'FOUR. a1 retires hurt on 4 off 1 ball'],
    ['retired out', out('retired out'), 'no run. a1 retires out on 0 off 1 ball. Asia 0/1'],
    [
      'timed out after another wicket',
      {
        wickets: [
          { player_out: 'a1', kind: 'bowled' },
          { player_out: 'a3', kind: 'timed out' },
        ],
      },
      'OUT! Bowled. a1 is out first ball. OUT! a3 is timed out. Asia 0/2',
    ],
  ])('%s', (_, ball, expected) => {
    expect(say(begun(), ball)).toBe(`0.1 e11 to a1, ${expected}`);
  });

  it('with what the batter made', () => {
    const scorer = begun().balls(3, { runs: 4 });
    expect(say(scorer, out('bowled'))).toBe(
      '0.4 e11 to a1, OUT! Bowled. a1 is out for 12 off 4 balls. Asia 12/1',
    );
  });

  it('without a ball', () => {
    const scorer = begun().balls(2, { runs: 2 });
    expect(sayAction(scorer, 'retire', { player: 'a2', kind: 'retired not out' })).toBe(
      'a2 retires not out on 0 off 0 balls',
    );
    expect(sayAction(scorer, 'retire', { player: 'a9', kind: 'timed out' })).toBe(
      'OUT! a9 is timed out. Asia 4/1',
    );
    expect(sayAction(scorer, 'retire', { player: 'a1', kind: 'retired out' })).toBe(
      'a1 retires out on 4 off 2 balls. Asia 4/2',
    );
  });
});

describe('milestones are', () => {
  it('fifty, a hundred and every fifty after it, each once', () => {
    const scorer = begun({ overs: 90 });
    const sayings: string[] = [];
    for (let index = 0; index < 52; index += 1) {
      const batter = { batter: 'a1', nonStriker: 'a2' };
      sayings.push(say(scorer, { ...batter, runs: 6 }));
    }
    const found = sayings.flatMap((text) => text.match(/[^. ]+[^.]* for a1 off \d+ balls/g) ?? []);
    expect(found).toEqual([
      'Fifty for a1 off 9 balls',
      'Hundred for a1 off 17 balls',
      '150 for a1 off 25 balls',
      'Double hundred for a1 off 34 balls',
      '250 for a1 off 42 balls',
      'Triple hundred for a1 off 50 balls',
    ]);
  });

  it('partnerships of both batters, with all that they added', () => {
    const scorer = begun();
    scorer.ball({ extras: { wides: 5 } });
    for (let index = 0; index < 11; index += 1) scorer.ball({ runs: 4 });
    expect(say(scorer, { runs: 1 })).toBe(
      '1.6 e10 to a2, 1 run. Fifty partnership between a1 and a2 off 12 balls. ' +
        'End of over 2 (21 runs): Asia 50/0, a1 24 (6), a2 21 (6), e10 1-0-21-0',
    );
  });

  it('five wickets of a bowler', () => {
    const scorer = begun();
    for (const player of ['a1', 'a3', 'a4', 'a5']) scorer.ball(out('bowled', player));
    expect(say(scorer, out('lbw', 'a6'))).toBe(
      '0.5 e11 to a6, OUT! Leg before wicket. a6 is out first ball. Asia 0/5. Five wickets for e11 (5/0)',
    );
    expect(say(scorer, out('run out', 'a7'))).not.toContain('wickets for');
  });
});

describe('the end of an over is told', () => {
  it.each<[string, Ball[], string]>([
    ['a maiden', [], 'End of over 1 (maiden): Asia 0/0, a1 0 (6), a2 0 (0), e11 1-1-0-0'],
    [
      'a wicket maiden',
      [out('bowled')],
      'End of over 1 (wicket maiden): Asia 0/1, a2 0 (0), a3 0 (5), e11 1-1-0-1',
    ],
    [
      'runs and wickets',
      [{ extras: { wides: 1 } }, { runs: 1 }, out('bowled', 'a2')],
      'End of over 1 (2 runs, 1 wicket): Asia 2/1, a1 1 (1), a3 0 (4), e11 1-0-2-1',
    ],
  ])('as %s', (_, balls, expected) => {
    const scorer = begun();
    for (const ball of balls) scorer.ball(ball);
    while ((scorer.state.innings[0]?.over?.legalBalls ?? 0) < 5) scorer.ball();
    expect(say(scorer)).toMatch(new RegExp(`, no run\\. ${expected.replaceAll(/[()]/g, '\\$&')}$`));
  });

  it('when the umpire calls it early', () => {
    const scorer = begun().balls(5);
    expect(sayAction(scorer, 'over', { override: true })).toBe(
      'End of over 1 (maiden): Asia 0/0, a1 0 (5), a2 0 (0), e11 1-1-0-0',
    );
    expect(sayAction(scorer, 'over', { override: true })).toBe('The umpire calls over');
  });

  it('with what is needed in a chase', () => {
    const scorer = begun({ overs: 2 }).balls(12, { runs: 1 }).begin('Europe').balls(5);
    expect(say(scorer, { runs: 2 })).toMatch(/Europe 2\/0, .*\. Europe need 11 runs off 6 balls$/);
  });
});

describe('a match is told', () => {
  it('from the start to the result', () => {
    const scorer = new CricketScorer(fixtureOf({ overs: 1 }));
    expect(sayAction(scorer, 'start')).toBe('The match begins');
    expect(sayAction(scorer, 'toss', { winner: 'Asia', decision: 'bat' })).toBe(
      'Asia won the toss and chose to bat',
    );
    expect(sayAction(scorer, 'innings', { team: 'Asia' })).toBe('Asia begin their innings');
    expect(sayAction(scorer, 'break', { reason: 'Rain' })).toBe('Play is interrupted: Rain');
    expect(sayAction(scorer, 'resume')).toBe('Play resumes');
    scorer.balls(5, { runs: 2 });
    expect(say(scorer)).toBe(
      '0.6 e11 to a1, no run. Asia finish on 10/0 (1 over). Europe need 11 runs to win from 1 over',
    );
    expect(sayAction(scorer, 'innings', { team: 'Europe' })).toBe(
      'Europe begin their innings, needing 11 runs to win from 1 over',
    );
    expect(sayAction(scorer, 'revise', { runs: 13 })).toBe('The target is revised to 13 runs');
    expect(sayAction(scorer, 'revise', { overs: 0.5 })).toBe(
      'The innings is reduced to 0.5 overs, with 13 runs to win as before',
    );
    expect(sayAction(scorer, 'revise', { runs: 7, overs: 1 })).toBe(
      'The target is revised to 7 runs from 1 over',
    );
    expect(sayAction(scorer, 'penalty', { team: 'Europe', runs: 5 })).toBe('5 penalty runs to Europe');
    expect(sayAction(scorer, 'note', { text: 'The light is good' })).toBe('The light is good');
    expect(say(scorer, { runs: 2 })).toBe('0.1 a11 to e1, 2 runs. Europe won by 10 wickets');
    expect(sayAction(scorer, 'end')).toBe('Europe won by 10 wickets');
  });

  it('with penalty runs that win it', () => {
    const scorer = begun({ overs: 1 }).balls(6).begin('Europe');
    expect(sayAction(scorer, 'penalty', { team: 'Europe', runs: 5 })).toBe(
      '5 penalty runs to Europe. Europe won by 10 wickets',
    );
  });

  it('of four innings, with a follow-on, leads and declarations', () => {
    const scorer = begun({ playersPerSide: 2 });
    scorer.ball({ runs: 6 });
    expect(sayAction(scorer, 'declare')).toBe('Asia declare on 6/0 (0.1 overs)');
    expect(sayAction(scorer, 'penalty', { team: 'Asia', runs: 5 })).toBe('5 penalty runs to Asia');
    expect(sayAction(scorer, 'innings', { team: 'Europe' })).toBe('Europe begin their first innings');
    expect(say(scorer, out('bowled', 'e1'))).toBe(
      '0.1 a11 to e1, OUT! Bowled. e1 is out first ball. Europe are all out for 0 (0.1 overs). Asia lead by 11 runs',
    );
    expect(sayAction(scorer, 'innings', { team: 'Europe' })).toBe('Europe follow on, 11 runs behind');
    scorer.ball({ runs: 6 });
    scorer.ball({ runs: 6 });
    expect(sayAction(scorer, 'declare')).toBe('Europe declare on 12/0 (0.2 overs). Asia need 2 runs to win');
    expect(sayAction(scorer, 'innings', { team: 'Asia' })).toBe(
      'Asia begin their second innings, needing 2 runs to win',
    );
    expect(sayAction(scorer, 'end')).toBe('Match drawn');
  });

  it('with a forfeited innings', () => {
    const scorer = begun({ inningsPerSide: 2 });
    expect(sayAction(scorer, 'declare', { forfeited: true })).toBe('Asia forfeit their innings');
  });

  it('with a super over', () => {
    const scorer = begun({ overs: 1 }).balls(6).begin('Europe').balls(5);
    expect(say(scorer)).toBe('0.6 a11 to e1, no run. Europe finish on 0/0 (1 over). Match tied');
    expect(sayAction(scorer, 'innings', { team: 'Europe', superOver: true })).toBe('Super over: Europe bat');
    scorer.ball({ runs: 3 });
    scorer.ball(out('bowled', 'e2'));
    expect(say(scorer, out('bowled', 'e3'))).toBe(
      '0.3 a11 to e3, OUT! Bowled. e3 is out first ball. Europe finish on 3/2. Asia need 4 runs to win the super over',
    );
    expect(sayAction(scorer, 'innings', { team: 'Asia', superOver: true })).toBe(
      'Super over: Asia bat, needing 4 runs to win from 1 over',
    );
    expect(say(scorer, { runs: 4 })).toBe('0.1 e11 to a1, FOUR. Match tied (Asia won the super over)');
  });

  it('with those who come for others', () => {
    const scorer = begun();
    const match = [{ in: 'a12', out: 'a2', team: 'Asia', reason: 'concussion_substitute' }];
    expect(say(scorer, { nonStriker: 'a12', replacements: { match } })).toBe(
      'a12 replaces a2 (concussion substitute). 0.1 e11 to a1, no run',
    );
    const role = [{ role: 'bowler', out: 'e11', reason: 'injury' }];
    expect(say(scorer, { bowler: 'e9', replacements: { role } })).toBe(
      'e9 takes over from e11 (injury). 0.2 e9 to a1, no run',
    );
  });
});

describe.skipIf(!hasTestData)(`every event of the real matches${LEFT_OUT}`, () => {
  it.each(cricketFiles())('of %s is told in full', (id, file) => {
    const { fixture, events } = importCricsheet(id, file);
    const state = cricket.begin(id, fixture);
    for (const event of events) {
      const applied = cricket.apply(state, event);
      if ('refused' in applied) throw new Error(applied.refused.message);
      const text = cricket.describe(state, event, applied.change);
      expect(text).not.toMatch(/undefined|NaN| {2}|\[object|\.\.|^\s*$|^[a-z]|\(\)/);
    }
  });
});
