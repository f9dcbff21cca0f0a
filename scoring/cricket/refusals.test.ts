import { describe, expect, it } from 'vitest';
import type { PlayEvent } from '../../protocol/match-events.ts';
import { type Ball, CricketScorer, fixtureOf, side } from '../../test/support/cricket-scorer.ts';
import { cricket } from './cricket.ts';

type Told = [code: 'malformed' | 'conflict' | 'not_found', message: string];

const begun = (): CricketScorer => new CricketScorer(fixtureOf()).begin('Asia');
const bowled = { player_out: 'a1', kind: 'bowled' } as const;

/** After two overs of a1 and a2, and a wicket: a1 is out and a3 is in. */
const underWay = (): CricketScorer => {
  const scorer = begun().balls(12);
  scorer.ball({ wickets: [bowled] });
  scorer.ball();
  return scorer;
};

const insist = (event: PlayEvent): PlayEvent => ({ ...event, override: true });
const act = (action: string, fields: object = {}): PlayEvent =>
  ({ type: 'match', match: 'm', action, ...fields }) as unknown as PlayEvent;

describe('a ball is refused, and the score stays as it is,', () => {
  it.each<[string, Ball, ...Told]>([
    ['to a batter who is out', { batter: 'a1' }, 'conflict', 'a1 is out and cannot bat'],
    ['with a partner who is out', { nonStriker: 'a1' }, 'conflict', 'a1 is out and cannot bat'],
    [
      'to a batter for whom nobody has left',
      { batter: 'a5', nonStriker: 'a2' },
      'conflict',
      'a5 cannot come in while a3 is in',
    ],
    ['at both ends', { batter: 'a2', nonStriker: 'a2' }, 'malformed', 'a2 cannot bat at both ends'],
    ['of another bowler within an over', { bowler: 'e9' }, 'conflict', 'e11 bowls over 3, not e9'],
    ['of a batter of the other side', { batter: 'e1' }, 'not_found', 'e1 is not in the squad of Asia'],
    ['of an unknown batter', { nonStriker: 'x' }, 'not_found', 'x is not in the squad of Asia'],
    ['of an unknown bowler', { bowler: '__proto__' }, 'not_found', '__proto__ is not in the squad of Europe'],
    ['in another innings', { innings: 2 }, 'conflict', 'Innings 1 is played, not innings 2'],
    ['of an over long ago', { over: 0 }, 'conflict', 'Over 1 is over: 3 overs have begun'],
    ['of the next over too early', { over: 3, bowler: 'e10' }, 'conflict', 'Over 3 has had 2 of its 6 balls'],
    ['of an over far ahead', { over: 9 }, 'conflict', 'Over 3 is next, not over 10'],
    [
      'with a wicket of a batter who is out already',
      { wickets: [{ player_out: 'a1', kind: 'run out' }] },
      'conflict',
      'a1 is out already',
    ],
    [
      'with a wicket of a batter who is not in',
      { wickets: [{ player_out: 'a9', kind: 'run out' }] },
      'conflict',
      'a9 is not in, so cannot be out',
    ],
    [
      'with the retirement of a batter who is not in',
      { wickets: [{ player_out: 'a9', kind: 'retired hurt' }] },
      'conflict',
      'a9 is not in, so cannot retire',
    ],
    [
      'with a batter of the other side out',
      { wickets: [{ player_out: 'e1', kind: 'run out' }] },
      'not_found',
      'e1 is not in the squad of Asia',
    ],
    [
      'with somebody timed out for whom there is no place',
      { wickets: [{ player_out: 'a9', kind: 'timed out' }] },
      'conflict',
      'a9 cannot be timed out before a wicket has fallen',
    ],
    [
      'with somebody timed out who is in',
      { wickets: [{ player_out: 'a2', kind: 'timed out' }] },
      'conflict',
      'a2 is in, so cannot be timed out',
    ],
    [
      'with the same batter out twice',
      {
        wickets: [
          { player_out: 'a3', kind: 'run out' },
          { player_out: 'a3', kind: 'run out' },
        ],
      },
      'malformed',
      'A3 is out twice',
    ],
    [
      'with the batter bowled who did not face it',
      { wickets: [{ player_out: 'a2', kind: 'bowled' }] },
      'malformed',
      'A2 did not face the ball, so cannot be out bowled',
    ],
    [
      'bowled off a wide',
      { extras: { wides: 1 }, wickets: [{ player_out: 'a3', kind: 'bowled' }] },
      'malformed',
      'Nobody can be out bowled off a wide',
    ],
    [
      'stumped off a no-ball',
      { extras: { noballs: 1 }, wickets: [{ player_out: 'a3', kind: 'stumped' }] },
      'malformed',
      'Nobody can be out stumped off a no-ball',
    ],
    [
      'lbw with runs',
      { runs: 1, wickets: [{ player_out: 'a3', kind: 'lbw' }] },
      'malformed',
      'No runs can be scored with a wicket lbw',
    ],
    [
      'both wide and a no-ball',
      { extras: { wides: 1, noballs: 1 } },
      'malformed',
      'A ball cannot be both wide and a no-ball',
    ],
    [
      'wide with runs off the bat',
      { runs: 1, extras: { wides: 1 } },
      'malformed',
      'Nobody can score off a wide',
    ],
    ['wide with byes', { extras: { wides: 1, byes: 1 } }, 'malformed', 'What is run on a wide is wides'],
    [
      'with byes and leg byes',
      { extras: { byes: 1, legbyes: 1 } },
      'malformed',
      'Runs cannot be both byes and leg byes',
    ],
    [
      'with runs off the bat and byes',
      { runs: 1, extras: { byes: 1 } },
      'malformed',
      'Runs cannot be both off the bat and byes',
    ],
  ])('%s', (_, ball, code, message) => {
    const scorer = underWay();
    expect(scorer.refusal(scorer.deliveryOf(ball))).toEqual({ code, message });
  });

  it('whose runs do not add up', () => {
    const scorer = begun();
    const event = scorer.deliveryOf({ runs: 1, extras: { wides: 0 } });
    if (event.type !== 'delivery') throw new Error('not a delivery');
    const told = (runs: { batter: number; extras: number; total: number }) =>
      scorer.refusal({ ...event, delivery: { ...event.delivery, runs } })?.message;
    expect(told({ batter: 1, extras: 0, total: 2 })).toBe('1 of the batter and 0 extras are 1 and not 2');
    expect(told({ batter: 1, extras: 1, total: 2 })).toBe('The extras add up to 0 and not to 1');
  });

  it('of a bowler who bowled the last over', () => {
    const scorer = begun().balls(6);
    expect(scorer.refusal(scorer.deliveryOf({ bowler: 'e11' }))).toEqual({
      code: 'conflict',
      message: 'e11 bowled the last over and cannot bowl this one',
    });
  });

  it('of a bowler who bowled a part of the last over', () => {
    const scorer = begun().balls(2);
    scorer.balls(4, { bowler: 'e9', replacements: { role: [{ role: 'bowler' }] } });
    for (const bowler of ['e9', 'e11'])
      expect(scorer.refusal(scorer.deliveryOf({ bowler }))?.code).toBe('conflict');
  });

  it('of a bowler who came off within the over', () => {
    const scorer = begun().balls(2);
    scorer.ball({ bowler: 'e9', replacements: { role: [{ role: 'bowler' }] } });
    expect(scorer.refusal(scorer.deliveryOf({ bowler: 'e11' }))?.message).toBe(
      'e11 cannot bowl again in this over',
    );
  });

  it('of a bowler on for a third time where two overs on end are allowed', () => {
    const scorer = new CricketScorer(fixtureOf({ overs: 20, ballsPerOver: 5, consecutiveOvers: 2 })).begin(
      'Asia',
    );
    scorer.balls(10, { bowler: 'e1' });
    expect(scorer.refusal(scorer.deliveryOf({ bowler: 'e1' }))?.message).toBe(
      'e1 bowled the last 2 overs and cannot bowl this one',
    );
    scorer.balls(5, { bowler: 'e2' });
    scorer.balls(10, { bowler: 'e1' });
    expect(scorer.innings.bowling.e1?.overs).toBe('4');
  });

  it('as a seventh of its over', () => {
    const scorer = begun().balls(6);
    expect(scorer.refusal(scorer.deliveryOf({ over: 0, bowler: 'e11' }))?.message).toBe(
      'Over 1 has had its 6 balls',
    );
  });

  it('before an innings, after it, and after the match', () => {
    const scorer = new CricketScorer(fixtureOf({ overs: 1 }));
    expect(scorer.refusal(scorer.deliveryOf({}))?.message).toBe('No innings has begun');
    scorer.begin('Asia').balls(6);
    expect(scorer.refusal(scorer.deliveryOf({ bowler: 'e10' }))).toEqual({
      code: 'conflict',
      message: 'The innings of Asia is over: its overs are bowled',
    });
    scorer.begin('Europe').ball({ runs: 1 });
    expect(scorer.refusal(scorer.deliveryOf({}))?.message).toBe(
      'The match is over: Europe won by 10 wickets',
    );
  });

  it('to a batter who is absent', () => {
    const scorer = new CricketScorer(fixtureOf()).begin('Asia', { absent: ['a3'] });
    expect(scorer.refusal(scorer.deliveryOf({ batter: 'a3' }))?.message).toBe('a3 is absent and cannot bat');
  });

  it('of a bowler who bats, where squads are not known', () => {
    const scorer = new CricketScorer(fixtureOf({ overs: 20 }, false)).begin('Asia');
    expect(scorer.refusal(scorer.deliveryOf({ bowler: 'a1' }))?.message).toBe(
      'a1 cannot bat and bowl at the same time',
    );
  });
});

describe('a scorer who knows better', () => {
  it.each<[string, Ball, object]>([
    ['lets a batter bat who was given out', { batter: 'a1', runs: 1 }, { batting: { a1: { runs: 1 } } }],
    ['changes the bowler', { bowler: 'e9' }, { bowling: { e9: { overs: '0.1' } } }],
    [
      'brings in a stranger',
      { batter: 'x', nonStriker: 'a2', runs: 4 },
      { batting: { x: { order: 4, fours: 1 } } },
    ],
    ['has another over begin', { over: 3, bowler: 'e10' }, { overs: '3.1', balls: 15 }],
    ['times somebody out', { wickets: [{ player_out: 'a9', kind: 'timed out' }] }, { wickets: 2 }],
    [
      'gives a wide that is hit',
      { runs: 2, extras: { wides: 1 } },
      { runs: 3, batting: { a3: { runs: 2, balls: 1 } } },
    ],
  ])('%s', (_, ball, expected) => {
    const scorer = underWay();
    const event = scorer.deliveryOf(ball);
    expect(scorer.refusal(event)).toBeDefined();
    scorer.ball({ ...ball, override: true });
    expect(scorer.innings).toMatchObject(expected);
  });

  it('has a bowler on twice running, and a ball after the end', () => {
    const scorer = new CricketScorer(fixtureOf({ overs: 2 })).begin('Asia').balls(6);
    scorer.balls(6, { bowler: 'e11', override: true });
    expect(scorer.innings).toMatchObject({ overs: '2', bowling: { e11: { overs: '2', maidens: 2 } } });
    scorer.ball({ over: 1, bowler: 'e11', runs: 6, override: true });
    expect(scorer.innings).toMatchObject({ overs: '2', balls: 13, runs: 6 });
  });

  it('cannot have what means nothing', () => {
    const scorer = underWay();
    expect(scorer.refusal(insist(scorer.deliveryOf({ innings: 2 })))?.code).toBe('conflict');
    expect(scorer.refusal(insist(scorer.deliveryOf({ over: 1 })))?.code).toBe('conflict');
    expect(scorer.refusal(insist(act('innings', { team: 'Africa' })))?.code).toBe('not_found');
    expect(scorer.refusal(insist(act('score', { team: 'Asia', points: 3 })))?.code).toBe('malformed');
  });
});

describe('what is no ball is refused', () => {
  const complete = (): CricketScorer => {
    const scorer = new CricketScorer(fixtureOf({ overs: 1 })).begin('Asia').balls(6);
    scorer.begin('Europe').ball({ runs: 1 });
    return scorer;
  };
  const between = (): CricketScorer => new CricketScorer(fixtureOf({ overs: 1 })).begin('Asia').balls(6);

  it.each<[string, () => CricketScorer, PlayEvent, ...Told]>([
    ['a second start', underWay, act('start'), 'conflict', 'The match has started already'],
    [
      'a toss of a stranger',
      () => new CricketScorer(),
      act('toss', { winner: 'Africa', decision: 'bat' }),
      'not_found',
      'Africa do not play in this match',
    ],
    [
      'a toss after the first innings began',
      underWay,
      act('toss', { winner: 'Asia', decision: 'bat' }),
      'conflict',
      'The toss is before the first innings',
    ],
    [
      'an innings of strangers',
      between,
      act('innings', { team: 'Africa' }),
      'not_found',
      'Africa do not play in this match',
    ],
    [
      'a second innings of one',
      between,
      act('innings', { team: 'Asia' }),
      'conflict',
      'Asia have had their innings',
    ],
    [
      'an innings within another',
      underWay,
      act('innings', { team: 'Europe' }),
      'conflict',
      'The innings of Asia is not over',
    ],
    [
      'an innings after the end',
      complete,
      act('innings', { team: 'Asia' }),
      'conflict',
      'The match is over: Europe won by 10 wickets',
    ],
    [
      'a super over without a tie',
      complete,
      act('innings', { team: 'Asia', superOver: true }),
      'conflict',
      'The match is over: Europe won by 10 wickets',
    ],
    [
      'a super over before the end',
      between,
      act('innings', { team: 'Europe', superOver: true }),
      'conflict',
      'There is a super over only after a tie',
    ],
    ['a declaration between innings', between, act('declare'), 'conflict', 'The innings is over'],
    [
      'a declaration of no innings',
      () => new CricketScorer(),
      act('declare'),
      'conflict',
      'No innings is played',
    ],
    [
      'a forfeit after a ball',
      underWay,
      act('declare', { forfeited: true }),
      'conflict',
      'Only an innings without a ball can be forfeited',
    ],
    ['over with balls left', underWay, act('over'), 'conflict', 'Over 3 has had 2 of its 6 balls'],
    [
      'over that is complete',
      () => begun().balls(6),
      act('over'),
      'conflict',
      'The over is complete already',
    ],
    [
      'a retirement of who is not in',
      underWay,
      act('retire', { player: 'a7', kind: 'retired hurt' }),
      'conflict',
      'a7 is not in, so cannot retire',
    ],
    [
      'a retirement of a stranger',
      underWay,
      act('retire', { player: 'e1', kind: 'retired hurt' }),
      'not_found',
      'e1 is not in the squad of Asia',
    ],
    [
      'a retirement of who is out',
      underWay,
      act('retire', { player: 'a1', kind: 'retired out' }),
      'conflict',
      'a1 is out already',
    ],
    [
      'timed out without a place',
      underWay,
      act('retire', { player: 'a7', kind: 'timed out' }),
      'conflict',
      'Nobody has to come in, so a7 cannot be timed out',
    ],
    [
      'a target of the first innings',
      underWay,
      act('revise', { runs: 9 }),
      'conflict',
      'The first innings has no target',
    ],
    ['a revision of nothing', underWay, act('revise'), 'malformed', 'A revision needs "runs" or "overs"'],
    ['a revision between innings', between, act('revise', { overs: 9 }), 'conflict', 'No innings is played'],
    [
      'a penalty for strangers',
      underWay,
      act('penalty', { team: 'x', runs: 5 }),
      'not_found',
      'x do not play in this match',
    ],
    ['play resumed that goes on', underWay, act('resume'), 'conflict', 'Play is not interrupted'],
    [
      'a result against the scores',
      complete,
      act('end', { result: { winner: 'Asia', by: { runs: 3 } } }),
      'conflict',
      'By the scores it is: Europe won by 10 wickets',
    ],
    [
      'a margin against the scores',
      complete,
      act('end', { result: { winner: 'Europe', by: { wickets: 3 } } }),
      'conflict',
      'By the scores it is: Europe won by 10 wickets',
    ],
    [
      'a margin of nobody',
      underWay,
      act('end', { result: { by: { runs: 3 } } }),
      'malformed',
      'Nobody wins by a margin without a winner',
    ],
    [
      'a clock',
      underWay,
      act('clock', { running: true, seconds: 1 }),
      'malformed',
      'There is no "clock" in cricket',
    ],
  ])('%s', (_, make, event, code, message) => {
    expect(make().refusal(event)).toEqual({ code, message });
  });

  it('a second end', () => {
    const scorer = complete();
    scorer.act('end');
    expect(scorer.refusal(act('end'))?.message).toBe('The match is over: Europe won by 10 wickets');
  });
});

describe('a fixture is refused', () => {
  it.each<[string, object, string]>([
    ['of one team', { teams: ['Asia', 'Asia'] }, 'Asia cannot play against themselves'],
    ['of a squad of one', { squads: [['a1'], side('e')] }, 'Asia need at least two players'],
  ])('%s', (_, fields, message) => {
    expect(cricket.checkFixture({ ...fixtureOf(), ...fields })).toEqual({ code: 'malformed', message });
  });
});
