import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEED_ROWS } from '../protocol/feed-rows.ts';
import type { MatchEvent } from '../protocol/match-events.ts';
import type { Fixture } from '../protocol/matches.ts';
import { generic } from './generic/generic.ts';
import { foldMatch, MatchFold } from './match-fold.ts';
import { MAX_SNAPSHOTS, SNAPSHOT_EVENTS } from './match-snapshots.ts';

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

/** What it costs to fold, as calls of the rules. */
function counted() {
  const calls = { applied: 0, described: 0 };
  const sport: typeof generic = {
    ...generic,
    apply: (state, event) => {
      calls.applied += 1;
      return generic.apply(state, event);
    },
    describe: (state, event, change) => {
      calls.described += 1;
      return generic.describe(state, event, change);
    },
  };
  return { calls, sport };
}

describe('a correction', () => {
  const play = (length: number) => [event('start'), ...Array.from({ length: length - 1 }, () => goal())];
  const bound = FEED_ROWS + SNAPSHOT_EVENTS;

  it.each(['restored', 'followed live'])(
    'of what was lately costs as much as in a short match (%s)',
    (how) => {
      const { calls, sport } = counted();
      const fold = new MatchFold(sport, 'm', fixture);
      if (how === 'restored') fold.restore(play(5000));
      else for (const each of play(5000)) fold.append(each);
      for (const n of [5000, 4990, 4900, 4850]) {
        calls.applied = 0;
        expect(fold.append(event('amend', { n, event: goal({ points: 3 }) }))).toHaveProperty('n');
        expect(calls.applied).toBeLessThanOrEqual(bound + (5000 - n));
      }
      expect(fold.document()).toMatchObject({ scores: { Ajax: 4999 + 4 * 2 } });
      expect(fold.feed()).toHaveLength(FEED_ROWS);
    },
  );

  it('after many others costs no more, be it an undo, or one that is refused', () => {
    const { calls, sport } = counted();
    const fold = foldMatch(sport, 'm', fixture, play(5000));
    calls.applied = 0;
    for (let undos = 0; undos < 512; undos += 1) fold.append(event('undo'));
    const fromStart = Math.ceil(512 / ((MAX_SNAPSHOTS - 1) * SNAPSHOT_EVENTS));
    expect(calls.applied).toBeLessThan(512 * bound + fromStart * 5000);
    calls.applied = 0;
    for (let refused = 0; refused < 100; refused += 1) {
      const wrong = event('score', { team: 'Nobody', points: 1 });
      expect(fold.append(event('amend', { n: 4480, event: wrong }))).toHaveProperty('refused');
    }
    expect(calls.applied).toBeLessThan(100 * bound + 5000);
    expect(fold.document()).toMatchObject({ scores: { Ajax: 4999 - 512 } });
  });

  it('comes to what the whole list is folded to, and so does what follows', () => {
    const anyEvents = fc.array(
      fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 1, max: 60 }).map((length) => ({ length })) },
        { weight: 10, arbitrary: fc.integer({ min: 1, max: 150 }).map((undos) => ({ undos })) },
        { weight: 10, arbitrary: fc.record({ back: fc.nat(400), points: fc.integer({ min: 1, max: 9 }) }) },
      ),
      { minLength: 20, maxLength: 60 },
    );
    fc.assert(
      fc.property(anyEvents, (steps) => {
        const taken: MatchEvent[] = [event('start')];
        const fold = foldMatch(generic, 'm', fixture, taken);
        const take = (next: MatchEvent) => {
          if (!('refused' in fold.append(next))) taken.push(next);
        };
        for (const step of steps) {
          if ('length' in step) for (let left = step.length; left > 0; left -= 1) take(goal());
          else if ('undos' in step) for (let left = step.undos; left > 0; left -= 1) take(event('undo'));
          else take(event('amend', { n: taken.length - step.back, event: goal({ points: step.points }) }));
          const whole = foldMatch(generic, 'm', fixture, taken);
          expect(fold.document()).toEqual(whole.document());
          expect(fold.feed()).toEqual(whole.feed());
          expect(fold.play()).toEqual(whole.play());
        }
      }),
      { numRuns: 25 },
    );
  });

  it('needs no state that can be copied', () => {
    const sport: typeof generic = {
      ...generic,
      begin: (...args) => Object.assign(generic.begin(...args), { print: () => '' }),
    };
    const fold = foldMatch(sport, 'm', fixture, play(300));
    for (let count = 0; count < 150; count += 1) fold.append(event('undo'));
    expect(fold.document()).toMatchObject({ scores: { Ajax: 149 } });
  });
});
