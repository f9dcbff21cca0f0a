import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MatchEventSchema, type PlayEvent } from '../../protocol/match-events.ts';
import { type Fixture, GenericDocumentSchema, MatchSummarySchema } from '../../protocol/matches.ts';
import { checker } from '../../protocol/schema.ts';
import { MatchFold } from '../match-fold.ts';
import type { Refusal } from '../sport.ts';
import { generic } from './generic.ts';

const FIXTURE: Fixture = { sport: 'generic', teams: ['Ajax', 'PSV'] };
const checkers = {
  event: checker(MatchEventSchema),
  document: checker(GenericDocumentSchema),
  summary: checker(MatchSummarySchema),
};

const act = (action: string, fields: object = {}): PlayEvent =>
  ({ type: 'match', match: 'm', action, ...fields }) as unknown as PlayEvent;
const score = (team: string, points = 1, fields: object = {}): PlayEvent =>
  act('score', { team, points, ...fields });

function foldOf(...events: PlayEvent[]) {
  return foldWith(FIXTURE, ...events);
}

function foldWith(fixture: Fixture, ...events: PlayEvent[]) {
  const fold = new MatchFold(generic, 'm', fixture);
  for (const event of events) {
    expect(checkers.event.check(event) || checkers.event.explain(event)).toBe(true);
    const accepted = fold.append(event);
    if ('refused' in accepted) throw new Error(accepted.refused.message);
  }
  const document = fold.document();
  expect(checkers.document.check(document) || checkers.document.explain(document)).toBe(true);
  expect(checkers.summary.check(fold.summary())).toBe(true);
  return fold;
}

function refusal(event: PlayEvent, ...before: PlayEvent[]): Refusal | undefined {
  const fold = foldOf(...before);
  const document = structuredClone(fold.document());
  const accepted = fold.append(event);
  if (!('refused' in accepted)) return undefined;
  expect(fold.document()).toEqual(document);
  return accepted.refused;
}

describe('a match of points', () => {
  it('is what it was told, from before its start to after its end', () => {
    expect(foldOf().document()).toEqual({
      id: 'm',
      sport: 'generic',
      title: 'Ajax v PSV',
      status: 'scheduled',
      teams: ['Ajax', 'PSV'],
      scores: { Ajax: 0, PSV: 0 },
      events: 0,
    });
    const events = [
      act('start'),
      act('period', { name: '1st half' }),
      act('clock', { running: true, seconds: 0 }),
      score('PSV', 1, { player: 'Tillman' }),
      score('Ajax', 2),
      score('PSV', 1, { player: 'Tillman' }),
      score('PSV', 1, { player: 'Lozano' }),
    ];
    const fold = foldOf(...events);
    expect(fold.document()).toMatchObject({
      status: 'live',
      scores: { Ajax: 2, PSV: 3 },
      period: '1st half',
      clock: { seconds: 0, running: true },
      players: { PSV: { Tillman: 2, Lozano: 1 } },
    });
    expect(fold.summary()).toEqual({
      status: 'live',
      scores: [
        { team: 'Ajax', text: '2' },
        { team: 'PSV', text: '3' },
      ],
    });
    fold.append(act('end'));
    const result = { winner: 'PSV', text: 'PSV won 3–2' };
    expect(fold.document()).toMatchObject({ status: 'complete', result, clock: { running: false } });
    expect(fold.summary()).toMatchObject({ status: 'complete', result });
  });

  it('has a break, which ends as play resumes or another period begins', () => {
    const events = [act('start'), act('break', { reason: 'Half-time' })];
    expect(foldOf(...events).document().status).toBe('break');
    expect(foldOf(...events, act('resume')).document().status).toBe('live');
    expect(foldOf(...events, act('period', { name: '2nd half' })).document().status).toBe('live');
  });

  it.each<[object, object, string]>([
    [{}, { text: 'Match drawn' }, 'complete'],
    [{ kind: 'tie' }, { text: 'Match tied' }, 'complete'],
    [{ kind: 'abandoned' }, { text: 'Match abandoned' }, 'abandoned'],
    [{ kind: 'no result', method: 'rain' }, { text: 'No result (rain)' }, 'complete'],
    [
      { winner: 'Ajax', method: 'penalties' },
      { winner: 'Ajax', text: 'Ajax won 1–1 (penalties)' },
      'complete',
    ],
    [{ winner: 'PSV', text: 'PSV go through' }, { winner: 'PSV', text: 'PSV go through' }, 'complete'],
  ])('that is level and ends with %j has the result %j', (result, expected, status) => {
    const { ...document } = foldOf(
      act('start'),
      score('Ajax'),
      score('PSV'),
      act('end', { result }),
    ).document();
    expect(document).toMatchObject({ result: expected, status });
    expect(Object.keys(document.result ?? {})).toEqual(Object.keys(expected));
  });

  it('is told in sentences', () => {
    const fold = foldOf(
      act('start'),
      act('period', { name: '1st quarter' }),
      act('clock', { running: true, seconds: 750.4 }),
      score('Ajax', 3, { player: 'Berghuis' }),
      score('PSV', 1),
      score('PSV', 2, { text: 'What a shot!' }),
      score('Ajax', -1),
      act('clock', { running: false, seconds: 3725 }),
      act('break', { reason: 'Rain' }),
      act('resume'),
      act('note', { text: 'The sun is back' }),
      act('break'),
      act('end'),
    );
    expect(fold.feed().map(({ text }) => text)).toEqual([
      'The match begins',
      '1st quarter',
      'The clock runs from 12:30',
      '3 points for Ajax by Berghuis (Ajax 3, PSV 0)',
      '1 point for PSV (Ajax 3, PSV 1)',
      'What a shot! (Ajax 3, PSV 3)',
      '1 point taken from Ajax (Ajax 2, PSV 3)',
      'The clock stands at 1:02:05',
      'Play is interrupted: Rain',
      'Play resumes',
      'The sun is back',
      'Play is interrupted',
      'PSV won 3–2 (Ajax 2, PSV 3)',
    ]);
  });

  it('sums up to the points of its scores, whatever is taken back', () => {
    const anyScore = fc.record({
      team: fc.constantFrom('Ajax', 'PSV'),
      points: fc.integer({ min: -3, max: 7 }),
      player: fc.option(fc.constantFrom('__proto__', 'Ann', 'Bea'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(anyScore), fc.nat(20), (scores, undone) => {
        const events = scores.map(({ team, points, player }) =>
          score(team, points, player === undefined ? {} : { player }),
        );
        const fold = foldOf(act('start'), ...events);
        const back = Math.min(undone, scores.length);
        for (let index = 0; index < back; index += 1) {
          fold.append({ type: 'match', match: 'm', action: 'undo' });
        }
        const standing = scores.slice(0, scores.length - back);
        const sumOf = (team: string) =>
          standing.reduce((sum, each) => sum + (each.team === team ? each.points : 0), 0);
        expect(fold.document().scores).toEqual({ Ajax: sumOf('Ajax'), PSV: sumOf('PSV') });
        const { events: count, ...document } = fold.document();
        const { events: _, ...apart } = foldOf(act('start'), ...events.slice(0, standing.length)).document();
        expect(document).toEqual(apart);
        expect(count).toBe(1 + scores.length + back);
      }),
    );
  });
});

describe('refused is', () => {
  it.each<[string, PlayEvent, PlayEvent[], Refusal['code'], string]>([
    ['a second start', act('start'), [act('start')], 'conflict', 'The match has started already'],
    ['a score before the start', score('Ajax'), [], 'conflict', 'The match has not started'],
    ['a break before the start', act('break'), [], 'conflict', 'The match has not started'],
    [
      'a break within a break',
      act('break'),
      [act('start'), act('break')],
      'conflict',
      'Play is interrupted already',
    ],
    ['play resumed that goes on', act('resume'), [act('start')], 'conflict', 'Play is not interrupted'],
    [
      'a score after the end',
      score('Ajax'),
      [act('start'), act('end')],
      'conflict',
      'The match is over: Match drawn',
    ],
    ['a second end', act('end'), [act('start'), act('end')], 'conflict', 'The match is over: Match drawn'],
    [
      'a score of strangers',
      score('Feyenoord'),
      [act('start')],
      'not_found',
      'Feyenoord do not play in this match',
    ],
    [
      'a win of strangers',
      act('end', { result: { winner: 'Feyenoord' } }),
      [act('start')],
      'not_found',
      'Feyenoord do not play in this match',
    ],
    [
      'a margin in runs',
      act('end', { result: { winner: 'Ajax', by: { runs: 3 } } }),
      [act('start')],
      'malformed',
      'Here the points tell the margin: leave out "result.by"',
    ],
    [
      'a declaration',
      act('declare'),
      [act('start')],
      'malformed',
      'There is no "declare" in this sport; there are: start, score, period, clock, note, break, resume, end',
    ],
  ])('%s', (_, event, before, code, message) => {
    expect(refusal(event, ...before)).toEqual({ code, message });
  });

  it('a ball', () => {
    const ball = { type: 'delivery', match: 'm', innings: 1, over: 0, delivery: {} } as unknown as PlayEvent;
    expect(refusal(ball)?.message).toMatch('There is no "delivery" in this sport');
  });

  it('a player of nobody’s squad, unless the scorer knows better', () => {
    const squads: Fixture['squads'] = [['Ann'], []];
    const fold = foldWith({ ...FIXTURE, squads }, act('start'), score('PSV', 1, { player: 'Bea' }));
    expect(fold.append(score('Ajax', 1, { player: 'Bea' }))).toEqual({
      refused: { code: 'not_found', message: 'Bea is not in the squad of Ajax' },
    });
    expect(fold.append(score('Ajax', 1, { player: 'Bea', override: true }))).not.toHaveProperty('refused');
    expect(fold.document().scores).toEqual({ Ajax: 1, PSV: 1 });
  });

  it('a fixture of one team, or with a format', () => {
    expect(generic.checkFixture({ ...FIXTURE, teams: ['Ajax', 'Ajax'] })?.message).toBe(
      'Ajax cannot play against themselves',
    );
    expect(generic.checkFixture({ ...FIXTURE, format: { overs: 20 } })?.message).toBe(
      'Only cricket has a "format"',
    );
  });
});
