import { describe, expect, it } from 'vitest';
import type { PlayEvent } from '../protocol/match-events.ts';
import type { Fixture } from '../protocol/matches.ts';
import { type AnySport, BUILT_IN_SPORTS, beginMatch, checkFixture, createSports, sportOf } from './sports.ts';

const fixtureOf = (sport: string): Fixture => ({ sport, teams: ['Asia', 'Europe'] });

/** Who kicks once more wins: a sport as short as one can be. */
const kicks: AnySport = {
  name: 'kicks',
  checkFixture: () => undefined,
  begin: (match) => ({ match, kicks: 0 }),
  apply: (state) => {
    const kicked = state as { kicks: number };
    kicked.kicks += 1;
    return { change: kicked.kicks };
  },
  document: (state) => ({
    ...(state as { match: string; kicks: number }),
    id: 'm',
    sport: 'kicks',
    title: '',
    status: 'live',
    teams: ['Asia', 'Europe'],
  }),
  summary: () => ({ status: 'live' }),
  describe: (_state, _event, change) => `kick ${change}`,
};

describe('sports', () => {
  it('are those that come with scorewire, and own ones after them', () => {
    expect(BUILT_IN_SPORTS.names).toEqual(['cricket', 'generic']);
    const sports = createSports({ kicks });
    expect(sports.names).toEqual(['cricket', 'generic', 'kicks']);
    expect(sportOf(fixtureOf('kicks'), sports)).toBe(kicks);
    expect(sportOf(fixtureOf('generic'), sports)?.name).toBe('generic');
  });

  it.each(['constructor', '__proto__', 'chess'])('have none named %s', (name) => {
    expect(sportOf(fixtureOf(name))).toBeUndefined();
    expect(checkFixture(fixtureOf(name))).toEqual({
      code: 'malformed',
      message: `There is no sport "${name}", there are: cricket, generic`,
    });
    expect(() => beginMatch('m', fixtureOf(name))).toThrow(`this node has no sport "${name}"`);
  });

  it('keep their names', () => {
    expect(() => createSports({ cricket: kicks })).toThrow('"cricket" is a sport that comes with scorewire');
  });

  it('fold their own matches', () => {
    const fold = beginMatch('m', fixtureOf('kicks'), createSports({ kicks }));
    const kick: PlayEvent = { type: 'match', match: 'm', action: 'note', text: 'kick' };
    fold.append(kick);
    expect(fold.append(kick)).toEqual({ n: 2, change: 2, text: 'kick 2' });
    expect(fold.document()).toMatchObject({ sport: 'kicks', kicks: 2 });
    fold.append({ type: 'match', match: 'm', action: 'undo' });
    expect(fold.document()).toMatchObject({ kicks: 1 });
    expect(fold.summary()).toEqual({ status: 'live' });
  });

  it('check what a schema cannot', () => {
    expect(checkFixture(fixtureOf('cricket'))).toBeUndefined();
    expect(checkFixture({ ...fixtureOf('generic'), teams: ['Asia', 'Asia'] })?.code).toBe('malformed');
  });
});
