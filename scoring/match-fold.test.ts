import { describe, expect, it } from 'vitest';
import type { MatchEvent } from '../protocol/match-events.ts';
import type { Fixture } from '../protocol/matches.ts';
import { generic } from './generic/generic.ts';
import { foldMatch, MatchFold } from './match-fold.ts';

const fixture: Fixture = { sport: 'generic', teams: ['Ajax', 'PSV'] };
const event = (action: string, fields: object = {}): MatchEvent =>
  ({ type: 'match', match: 'm', action, ...fields }) as MatchEvent;
const goal = (fields: object = {}) => event('score', { team: 'Ajax', points: 1, ...fields });

describe('the events of a match', () => {
  it('are counted in its document, corrections too', () => {
    const fold = new MatchFold(generic, 'm', fixture);
    expect(fold.document()).toMatchObject({ events: 0, scores: { Ajax: 0 } });
    for (const each of [event('start'), goal(), goal()]) fold.append(each);
    expect(fold.document()).toMatchObject({ events: 3, scores: { Ajax: 2 } });
    fold.append(event('undo'));
    expect(fold.document()).toMatchObject({ events: 4, scores: { Ajax: 1 } });
    fold.append(event('amend', { n: 2, event: goal({ points: 5 }) }));
    expect(fold.document()).toMatchObject({ events: 5, scores: { Ajax: 5 } });
  });

  it.each([goal(), event('undo'), event('amend', { n: 2, event: goal() })])(
    'are taken only after as many as they expect',
    (next) => {
      const fold = new MatchFold(generic, 'm', fixture);
      for (const each of [event('start', { expected: 0 }), goal({ expected: 1 })]) {
        expect(fold.append(each)).not.toHaveProperty('refused');
      }
      for (const expected of [0, 1, 3]) {
        expect(fold.append({ ...next, expected })).toEqual({
          refused: { code: 'conflict', message: `The match has had 2 events, not ${expected}` },
        });
      }
      expect(fold.document()).toMatchObject({ events: 2, scores: { Ajax: 1 } });
      expect(fold.append({ ...next, expected: 2 })).toMatchObject({ n: 3 });
    },
  );

  it('are restored whatever they expected, since they have been taken', () => {
    const events = [event('start', { expected: 7 }), goal({ expected: 7 })];
    expect(foldMatch(generic, 'm', fixture, events).document()).toMatchObject({ events: 2 });
  });
});
