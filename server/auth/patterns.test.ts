import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTH_LIMITS } from '../limits.ts';
import { arePatterns, compilePattern, compilePatterns, mayMatchChannels } from './patterns.ts';

/** What the pattern means, said by another engine. */
function oracle(pattern: string): RegExp {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('[^]*')}$`);
}

const few = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), maxLength });

describe('a pattern', () => {
  it.each([
    ['board:x', 'board:x', true],
    ['board:x', 'board:xy', false],
    ['board:*', 'board:x', true],
    ['board:*', 'board:', true],
    ['board:*', 'rank:x', false],
    ['*', 'anything:at:all', true],
    ['rank:*:me', 'rank:b:someone:me', true],
    ['rank:*:me', 'rank:me', false],
    ['*a*', 'banana', true],
    ['a*a', 'a', false],
    ['a.c', 'abc', false],
    ['', '', true],
    ['', 'x', false],
  ])('%s against %s: %s', (pattern, name, expected) => {
    expect(compilePattern(pattern)(name)).toBe(expected);
    expect(compilePatterns([pattern])(name)).toBe(expected);
  });

  it('matches what its regular expression would', () => {
    fc.assert(
      fc.property(few('ab:.*', 8), few('ab:.', 10), (pattern, name) => {
        expect(compilePattern(pattern)(name)).toBe(oracle(pattern).test(name));
      }),
      { numRuns: 2000 },
    );
  });

  it('in a list matches what any of the list matches', () => {
    fc.assert(
      fc.property(fc.array(few('ab*', 4), { maxLength: 4 }), few('ab', 5), (patterns, name) => {
        expect(compilePatterns(patterns)(name)).toBe(patterns.some((pattern) => oracle(pattern).test(name)));
      }),
      { numRuns: 1000 },
    );
  });

  it('with many stars ends, where a backtracking engine would not', () => {
    const matches = compilePattern(`${'*a'.repeat(200)}*b`);
    expect(matches('a'.repeat(50_000))).toBe(false);
    expect(matches(`${'a'.repeat(50_000)}b`)).toBe(true);
  });
});

describe('a claim of patterns', () => {
  const longest = '*'.repeat(AUTH_LIMITS.patternLength);
  it.each([
    ['a list of strings', ['a', '*'], true],
    ['an empty list', [], true],
    ['as many as allowed', Array(AUTH_LIMITS.patterns).fill('a'), true],
    ['one more', Array(AUTH_LIMITS.patterns + 1).fill('a'), false],
    ['as long as allowed', [longest], true],
    ['one longer', [`${longest}*`], false],
    ['a string', 'board:*', false],
    ['a list with a number', ['a', 1], false],
    ['an object', { 0: 'a', length: 1 }, false],
    ['null', null, false],
  ])('%s: taken or not', (_what, value, expected) => {
    expect(arePatterns(value)).toBe(expected);
  });
});

describe('a pattern of channels', () => {
  it.each(['*', 'board:*', 'b*', 'rank:*:ann', '*:chess', 'board:chess@daily', 'match:1:feed', 'team:*'])(
    'such as %s may match',
    (pattern) => expect(mayMatchChannels(pattern)).toBe(true),
  );

  it.each([
    'leaderboards',
    'leaderboards*',
    'board',
    'board:',
    'Board:*',
    'board:no spaces',
    ' *',
    'rank:chess',
  ])('such as %j never matches', (pattern) => expect(mayMatchChannels(pattern)).toBe(false));

  it('is not refused where it matches a channel', () => {
    const channels = [
      'board:b',
      'rank:b:m',
      'match:m',
      'match:m:feed',
      'area:a',
      'player:p:x',
      'league:t:l',
      'team:t:x',
    ];
    const cuts = fc.tuple(fc.constantFrom(...channels), fc.nat(12), fc.nat(12));
    fc.assert(
      fc.property(cuts, ([channel, from, length]) => {
        const pattern = `${channel.slice(0, from)}*${channel.slice(from + length)}`;
        expect(mayMatchChannels(pattern)).toBe(true);
      }),
    );
  });
});
