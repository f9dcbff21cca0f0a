import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventChecker } from './events.ts';
import { MATCH_ACTION_SCHEMAS } from './match-events.ts';

const score = { type: 'score', board: 'season', member: 'Ann', delta: 5 };
const { delta: _, ...unscored } = score;

const NO_TYPE = 'an event needs a "type" of: score, result, track, session, points, delivery, match, profile';
const result = { type: 'result', product: 'rps', winner: 'Ann', loser: 'Bob' };
const track = { type: 'track', product: 'rps', player: 'Ann', event: 'select_weapon' };
const session = { type: 'session', area: '111', mode: 'duel', user: 'Ann', action: 'LOGIN' };

const delivery = {
  type: 'delivery',
  match: 'final',
  innings: 1,
  over: 0,
  delivery: { batter: 'Ann', bowler: 'Bob', non_striker: 'Cid', runs: { batter: 1, extras: 0, total: 1 } },
};
const points = { type: 'points', tournament: 'cup', player: 'Ann', points: 37.125 };
const PLAY_ACTIONS = Object.keys(MATCH_ACTION_SCHEMAS).join(', ');
const match = (action: string, fields: object = {}) => ({ type: 'match', match: 'final', action, ...fields });

describe('an event', () => {
  it.each<[string, unknown]>([
    ['a delta', score],
    ['a set', { ...unscored, set: -1.5 }],
    ['a best', { ...unscored, best: 0 }],
    ['the largest double', { ...unscored, set: Number.MAX_VALUE }],
    ['the least double', { ...unscored, delta: 5e-324 }],
    ['a member named __proto__', { ...score, member: '__proto__' }],
    ['a member of 128 bytes', { ...score, member: 'é'.repeat(64) }],
    ['a result', result],
    ['a draw', { ...result, draw: true }],
    ['a result that says that it is no draw', { ...result, draw: false }],
    ['something tracked', track],
    ['something tracked with data', { ...track, data: { weapon: [1, 'rock', null] } }],
    ['a login', session],
    ['a logout', { ...session, action: 'LOGOUT' }],
    ['points', points],
    ['points lost', { ...points, points: -2.5 }],
    ['a ball', delivery],
    ['a ball of an innings that is named as the document does', { ...delivery, innings: '1' }],
    ['a start', match('start')],
    ['a correction', match('amend', { n: 3, event: delivery })],
    ['an undo of what is last', match('undo', { expected: 4 })],
    ['a profile', { type: 'profile', member: 'Ann', name: 'Ann 💥' }],
  ])('may be %s', (_name, event) => {
    expect(eventChecker.check(event)).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ['null', null, NO_TYPE],
    ['a list', [score], NO_TYPE],
    ['a text', 'score', NO_TYPE],
    ['an unknown type', { ...score, type: 'scores' }, NO_TYPE],
    ['an inherited type', { ...score, type: 'toString' }, NO_TYPE],
    ['a type that is no text', { ...score, type: ['score'] }, NO_TYPE],
    ['no score', unscored, 'needs "delta" or "set" or "best"'],
    ['no member and no score', { type: 'score', board: 'a' }, 'needs "member"'],
    ['no board', { type: 'score', member: 'Ann', set: 1 }, 'needs "board"'],
    ['two scores', { ...score, set: 1 }, 'must not have "set"'],
    ['a misspelt field', { ...score, bord: 1 }, 'must not have "bord"'],
    [
      '__proto__ as a field',
      JSON.parse(JSON.stringify(score).replace('{', '{"__proto__":1,')),
      'must not have "__proto__"',
    ],
    ['a score as text', { ...score, delta: '5' }, '"delta" must be number'],
    ['null as score', { ...score, delta: null }, '"delta" must be number'],
    ['NaN', { ...score, delta: Number.NaN }, '"delta" must be a finite number'],
    ['an infinity', { ...unscored, best: Number.POSITIVE_INFINITY }, '"best" must be a finite number'],
    ['a bigint', { ...score, delta: 5n }, '"delta" must be number'],
    [
      'a board with a space',
      { ...score, board: 'a b' },
      '"board" is not an id: 1 to 64 of A-Z a-z 0-9 _ . -',
    ],
    ['points as text', { ...points, points: '5' }, '"points" must be number'],
    ['points beyond the greatest', { ...points, points: 1e10 }, '"points" must be <= 9007199254.74'],
    ['points of nobody', { ...points, player: undefined }, '"player" must be string'],
    ['a board that is a number', { ...score, board: 7 }, '"board" must be string'],
    [
      'an empty member',
      { ...score, member: '' },
      '"member" is not a text: any UTF-8 of 1 to 128 bytes without control characters',
    ],
    [
      'a member of 129 bytes',
      { ...score, member: `${'é'.repeat(64)}x` },
      '"member" is not a text: any UTF-8 of 1 to 128 bytes without control characters',
    ],
    [
      'a name with a control character',
      { type: 'profile', member: 'a', name: 'a\u0000' },
      '"name" is not a text: any UTF-8 of 1 to 128 bytes without control characters',
    ],
    ['an unknown action', match('goal'), `"action" must be one of: ${PLAY_ACTIONS}, undo, amend`],
    ['no action', { type: 'match', match: 'final' }, 'needs "action"'],
    ['a toss that nobody won', match('toss', { decision: 'bat' }), 'needs "winner"'],
    ['a break of an innings', match('break', { innings: 1 }), 'must not have "innings"'],
    ['an amendment of nothing', match('amend', { n: 0, event: delivery }), '"n" must be >= 1'],
    [
      'an amendment with a bad ball',
      match('amend', { n: 1, event: { ...delivery, over: -1 } }),
      '"event.over" must be >= 0',
    ],
    [
      'an amendment with a bad action',
      match('amend', { n: 1, event: match('penalty', { team: 'Asia' }) }),
      '"event" needs "runs"',
    ],
    [
      'an undo of an undo',
      match('amend', { n: 1, event: match('undo') }),
      `"event.action" must be one of: ${PLAY_ACTIONS}`,
    ],
    [
      'a ball without runs',
      { ...delivery, delivery: { batter: 'a', bowler: 'b', non_striker: 'c' } },
      '"delivery" needs "runs"',
    ],
    ['a result without a loser', { type: 'result', product: 'rps', winner: 'Ann' }, 'needs "loser"'],
    ['a result that is half a draw', { ...result, draw: 0.5 }, '"draw" must be boolean'],
    [
      'a result of a misnamed product',
      { ...result, product: 'r p s' },
      '"product" is not an id: 1 to 64 of A-Z a-z 0-9 _ . -',
    ],
    [
      'something tracked of nobody',
      { ...track, player: '' },
      '"player" is not a text: any UTF-8 of 1 to 128 bytes without control characters',
    ],
    ['a session without a user', { type: 'session', area: '1', mode: 'm', action: 'LOGIN' }, 'needs "user"'],
    ['another action', { ...session, action: 'login' }, '"action" must be one of: LOGIN, LOGOUT'],
    ['a profile without a name', { type: 'profile', member: 'Ann' }, 'needs "name"'],
  ])('may not be %s, and the refusal says why', (_name, event, message) => {
    expect(eventChecker.check(event)).toBe(false);
    expect(eventChecker.explain(event)).toBe(message);
  });

  it('is refused with a short message, however large it is', () => {
    const large = 'x'.repeat(1_000_000);
    const list = new Array(1_000_000).fill(0);
    const unknown = Object.fromEntries(
      Array.from({ length: 20_000 }, (_value, i) => [`${i}`.padEnd(1000, 'x'), 1]),
    );
    for (const event of [
      { ...score, board: large },
      { ...score, member: large },
      { ...score, delta: large },
      { ...score, delta: list },
      { ...score, board: list },
      { ...score, [large]: 1 },
      { ...score, ...unknown },
      { ...unknown, type: 'score' },
      { type: large },
      list,
      large,
    ]) {
      expect(eventChecker.check(event)).toBe(false);
      expect(eventChecker.explain(event).length).toBeLessThan(300);
    }
  });

  it('is explained wherever it is refused, and never throws', () => {
    const value = fc.oneof(fc.anything(), fc.double(), fc.string());
    const event = fc.record(
      {
        type: fc.constantFrom('score', 'result', 'track', 'session', 'delivery', 'match', 'profile', 'x'),
        winner: value,
        player: value,
        action: value,
        board: value,
        member: value,
        delta: value,
        set: value,
        name: value,
      },
      { requiredKeys: [] },
    );
    const actions = [
      'start',
      'toss',
      'innings',
      'revise',
      'penalty',
      'retire',
      'end',
      'score',
      'amend',
      'undo',
    ];
    const ofMatch = fc.record(
      {
        type: fc.constantFrom('delivery', 'match'),
        match: fc.constant('m'),
        action: fc.constantFrom(...actions),
        ...{ innings: value, over: value, delivery: value, n: value, event: fc.oneof(event, value) },
        ...{ team: value, target: value, result: value, absent: value, runs: value, kind: value },
      },
      { requiredKeys: ['type', 'match'] },
    );
    fc.assert(
      fc.property(fc.oneof(event, ofMatch, fc.anything()), (candidate) => {
        if (eventChecker.check(candidate)) return;
        const message = eventChecker.explain(candidate);
        expect(message).not.toBe('is not of the documented form');
        expect(message.length).toBeLessThan(300);
      }),
      { numRuns: 500 },
    );
  });
});
