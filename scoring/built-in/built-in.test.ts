import { describe, expect, it } from 'vitest';
import { countResult, countTrack } from '../counting.ts';
import { BUILT_IN_SCORING } from '../registry.ts';
import { addResult, explainHandler } from '../scoring.ts';

const GAME = { winner: 'ada', loser: 'bob', draw: false };
const DRAW = { ...GAME, draw: true };

const add = (handler: string, game: typeof GAME, options: object = {}) =>
  addResult(BUILT_IN_SCORING, { ...game, handler, options: { ...options } });
const track = (stats: string, event: string, data?: unknown) =>
  countTrack(BUILT_IN_SCORING, stats, { player: 'ada', event, data });

describe('wins', () => {
  it('gives the winner one more, and nobody anything for a draw', () => {
    expect(add('wins', GAME)).toEqual({ winner: 1 });
    expect(add('wins', DRAW)).toEqual({});
  });

  it('takes no options', () => {
    expect(explainHandler(BUILT_IN_SCORING, 'wins', {})).toBeUndefined();
    expect(explainHandler(BUILT_IN_SCORING, 'wins', { win: 2 })).toBe('wins: takes no options');
  });
});

describe('points', () => {
  it('gives three for a win, one for a draw, and names the loser too', () => {
    expect(add('points', GAME)).toEqual({ winner: 3, loser: 0 });
    expect(add('points', DRAW)).toEqual({ winner: 1, loser: 1 });
  });

  it('gives what it is told to', () => {
    const options = { win: 2, draw: 0.5, loss: -0 };
    expect(add('points', GAME, options)).toEqual({ winner: 2, loser: 0 });
    expect(add('points', DRAW, options)).toEqual({ winner: 0.5, loser: 0.5 });
  });

  it.each([
    [{ wins: 3 }, 'points: there is no option "wins", the options are: win, draw, loss'],
    [{ win: Number.POSITIVE_INFINITY }, 'points: win must be a finite number'],
    [{ loss: true }, 'points: loss must be a finite number'],
  ])('cannot be told %j', (options, problem) => {
    expect(explainHandler(BUILT_IN_SCORING, 'points', options)).toBe(problem);
  });
});

describe.each(['default', 'exrps'])('the stats of %s', (stats) => {
  it('count games by how they ended', () => {
    expect(countResult(BUILT_IN_SCORING, stats, GAME)).toEqual({
      winner: [['wins', 1]],
      loser: [['losses', 1]],
    });
    expect(countResult(BUILT_IN_SCORING, stats, DRAW)).toEqual({
      winner: [['draws', 1]],
      loser: [['draws', 1]],
    });
  });
});

describe('the default stats', () => {
  it('count events by their names, whatever the data', () => {
    expect(track('default', 'jump')).toEqual([['jump_count', 1]]);
    expect(track('default', 'select_weapon', { any: ['thing'] })).toEqual([['select_weapon_count', 1]]);
    expect(track('default', '__proto__')).toEqual([['__proto___count', 1]]);
  });

  it('refuse an event whose counter would have too long a name', () => {
    expect(track('default', 'ö'.repeat(61))).toEqual([[`${'ö'.repeat(61)}_count`, 1]]);
    expect(track('default', `${'ö'.repeat(61)}o`)).toEqual({
      refused: 'the name of an event has at most 122 bytes',
    });
  });
});

describe('the stats of rock, paper, scissors', () => {
  it.each([
    ['null', 'botch_selection_count'],
    ['0', 'rock_selection_count'],
    ['1', 'paper_selection_count'],
    ['2', 'scissors_selection_count'],
  ])('count the selection %j in %s', (data, counter) => {
    expect(track('exrps', 'select_weapon', data)).toEqual([[counter, 1]]);
  });

  it.each(['3', '', 'rock', '00', 0, 1, null, undefined, true, ['0'], { 0: '0' }])(
    'refuse the selection %j',
    (data) => {
      expect(track('exrps', 'select_weapon', data)).toEqual({
        refused: 'the data of "select_weapon" must be "null", "0", "1" or "2", as texts',
      });
    },
  );

  it('refuse any other event', () => {
    expect(track('exrps', 'jump', '0')).toEqual({
      refused: 'the only event of this game is "select_weapon"',
    });
  });
});
