import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANNEL_MAX_LENGTH, type Channel, formatChannel, kindOf, parseChannel } from './channels.ts';
import { isId, isText } from './names.ts';

const id = fc
  .oneof(
    fc.string({ maxLength: 70 }),
    fc.string({ unit: fc.constantFrom(...'aZ09_.-'), minLength: 1, maxLength: 64 }),
  )
  .filter(isId);
const text = fc
  .oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(':', '@', 'a:b@daily:c', 'feed'))
  .filter(isText);
const window = fc.constantFrom(
  'daily',
  'weekly',
  'monthly',
  'daily.2026-11-20',
  'weekly.2026-W47',
  'monthly.2026-11',
);
const board = fc.record({ board: id, window }, { requiredKeys: ['board'] });

const channel: fc.Arbitrary<Channel> = fc.oneof(
  board.map((b): Channel => ({ type: 'board', ...b })),
  fc.tuple(board, text).map(([b, member]): Channel => ({ type: 'rank', ...b, member })),
  id.map((match): Channel => ({ type: 'match', match })),
  id.map((match): Channel => ({ type: 'feed', match })),
  id.map((area): Channel => ({ type: 'area', area })),
  fc.tuple(id, text).map(([product, player]): Channel => ({ type: 'player', product, player })),
  fc.tuple(id, id).map(([tournament, league]): Channel => ({ type: 'league', tournament, league })),
  fc.tuple(id, text).map(([tournament, team]): Channel => ({ type: 'team', tournament, team })),
);

describe('a channel name', () => {
  it('is read back as what was written', () => {
    fc.assert(
      fc.property(channel, (one) => {
        expect(parseChannel(formatChannel(one))).toEqual(one);
      }),
      { numRuns: 300 },
    );
  });

  it('is written back as what was read, whatever parses', () => {
    const parts = fc.array(
      fc.constantFrom('board', 'rank', 'match', 'team', ':', '@', 'a', 'daily', 'feed', 'é', ' '),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          parts.map((list) => list.join('')),
          fc.string(),
        ),
        (name) => {
          const parsed = parseChannel(name);
          if (parsed !== undefined) expect(formatChannel(parsed)).toBe(name);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each<[string, Channel, 'rows' | 'document']>([
    ['board:season', { type: 'board', board: 'season' }, 'rows'],
    ['board:season@daily', { type: 'board', board: 'season', window: 'daily' }, 'rows'],
    ['board:s@weekly.2026-W47', { type: 'board', board: 's', window: 'weekly.2026-W47' }, 'rows'],
    ['rank:season:Ann', { type: 'rank', board: 'season', member: 'Ann' }, 'document'],
    ['rank:season:a:b', { type: 'rank', board: 'season', member: 'a:b' }, 'document'],
    ['rank:season::', { type: 'rank', board: 'season', member: ':' }, 'document'],
    ['rank:s@daily:a@b', { type: 'rank', board: 's', window: 'daily', member: 'a@b' }, 'document'],
    ['rank:s:__proto__', { type: 'rank', board: 's', member: '__proto__' }, 'document'],
    ['match:m1', { type: 'match', match: 'm1' }, 'document'],
    ['match:feed', { type: 'match', match: 'feed' }, 'document'],
    ['match:m1:feed', { type: 'feed', match: 'm1' }, 'rows'],
    ['area:111', { type: 'area', area: '111' }, 'rows'],
    ['player:rps:Ann:1', { type: 'player', product: 'rps', player: 'Ann:1' }, 'document'],
    ['league:t:all', { type: 'league', tournament: 't', league: 'all' }, 'rows'],
    ['team:t:My Team', { type: 'team', tournament: 't', team: 'My Team' }, 'document'],
  ])('%s names one thing, of one kind', (name, parsed, kind) => {
    expect(parseChannel(name)).toEqual(parsed);
    expect(kindOf(parsed)).toBe(kind);
  });

  it.each([
    '',
    'board',
    'board:',
    'board: ',
    'board:a b',
    'board:a:b',
    'board:a@',
    'board:@daily',
    'board:a@hourly',
    'board:a@daily@daily',
    'board:a@daily.2026-02-30',
    `board:${'x'.repeat(65)}`,
    'Board:a',
    ' board:a',
    'rank:',
    'rank:a',
    'rank:a:',
    'rank::m',
    'rank:a@:m',
    'rank:a@nope:m',
    'rank:a:m\n',
    'rank:a:\ud800',
    `rank:a:${'x'.repeat(129)}`,
    'match:',
    'match:a:',
    'match:a:Feed',
    'match:a:feed:',
    'match::feed',
    'area:',
    'area:a:b',
    'player:a',
    'player:a:',
    'player::a',
    'league:a',
    'league:a:',
    'league:a:b:c',
    'league:a:b c',
    'team:a',
    'team:a:',
    'toString:a',
    '__proto__:a',
    ':a',
    '*',
  ])('%j is malformed', (name) => {
    expect(parseChannel(name)).toBeUndefined();
  });

  it('has room for the longest of every part, and is malformed beyond', () => {
    const longest = `rank:${'b'.repeat(64)}@daily.2026-11-20:${'m'.repeat(128)}`;
    expect(longest.length).toBeLessThanOrEqual(CHANNEL_MAX_LENGTH);
    expect(parseChannel(longest)).toMatchObject({ member: 'm'.repeat(128) });
    expect(parseChannel(`board:${'b'.repeat(10_000_000)}`)).toBeUndefined();
  });
});
