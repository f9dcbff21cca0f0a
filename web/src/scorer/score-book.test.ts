import { expect, test } from 'vitest';
import type { MatchEvent, PlayEvent } from '../../../protocol/match-events.ts';
import { cricket } from '../../../scoring/cricket/cricket.ts';
import { foldMatch } from '../../../scoring/match-fold.ts';
import { CricketScorer, fixtureOf } from '../../../test/support/cricket-scorer.ts';
import { ScoreBook } from './score-book.ts';

/** A match under way: an innings and two balls. */
function begun(): CricketScorer {
  return new CricketScorer().begin('Asia').balls(2, { runs: 1 });
}

const undo: MatchEvent = { type: 'match', match: 'm', action: 'undo' };

/** The event that a scorer who sees this enters. */
function next(scorer: CricketScorer, runs: number): MatchEvent {
  const event = scorer.deliveryOf({ runs });
  scorer.ball({ runs });
  return event;
}

function runsOf(book: ScoreBook): unknown {
  const document = book.fold.document() as unknown as { innings: Record<string, { runs: number }> };
  return document.innings['1']?.runs;
}

test('what is entered shows at once and is sent in order, each with the number of those before it', () => {
  const scorer = begun();
  const book = new ScoreBook('m', fixtureOf(), scorer.events);
  expect(book.record(next(scorer, 4))).toBeUndefined();
  expect(book.record(next(scorer, 6))).toBeUndefined();
  expect(runsOf(book)).toBe(12);
  expect(book.unsent).toHaveLength(2);
  expect(book.head()).toMatchObject({ expected: 3, delivery: { runs: { batter: 4 } } });
  book.settled();
  expect(book.head()).toMatchObject({ expected: 4, delivery: { runs: { batter: 6 } } });
  book.settled();
  expect(book.head()).toBeUndefined();
  expect(book.confirmed).toBe(5);
});

test('what the rules refuse is not entered', () => {
  const scorer = begun();
  const book = new ScoreBook('m', fixtureOf(), scorer.events);
  const refusal = book.record(scorer.deliveryOf({ bowler: 'e1' }));
  expect(refusal).toEqual({ code: 'conflict', message: 'e11 bowls over 1, not e1' });
  expect(book.unsent).toEqual([]);
});

test('an entry can be taken back before it is sent', () => {
  const scorer = begun();
  const book = new ScoreBook('m', fixtureOf(), scorer.events);
  book.record(next(scorer, 4));
  book.record(undo);
  expect(runsOf(book)).toBe(2);
  book.settled();
  expect(book.head()).toMatchObject({ action: 'undo', expected: 4 });
});

test('what others enter meanwhile shows, where nothing is unsent', () => {
  const scorer = begun();
  const book = new ScoreBook('m', fixtureOf(), scorer.events);
  book.learn([next(scorer, 4)], { mayBeOwn: false });
  expect(runsOf(book)).toBe(6);
  expect(book.foreign).toEqual([]);
});

test('where others were first nothing is sent until the scorer has decided', () => {
  const scorer = begun();
  const book = new ScoreBook('m', fixtureOf(), scorer.events);
  const mine = scorer.deliveryOf({ runs: 3 });
  book.record(mine);
  const theirs = next(scorer, 4);
  book.learn([theirs], { mayBeOwn: false });
  expect(book.foreign).toEqual([theirs]);
  expect(runsOf(book)).toBe(6);
  expect(book.head()).toBeUndefined();
  const stored = book.stored();
  expect(stored).toEqual({ confirmed: 3, unsent: [mine] });

  book.drop();
  expect(book.unsent).toEqual([]);
  expect(runsOf(book)).toBe(6);
});

test('the scorer may insist, and is told where that is not possible any more', () => {
  const scorer = begun();
  const book = new ScoreBook('m', fixtureOf(), scorer.events);
  book.record(scorer.deliveryOf({ runs: 2 }));
  const theirs = next(scorer, 2);
  book.learn([theirs], { mayBeOwn: false });
  expect(book.insist()).toBeUndefined();
  expect(runsOf(book)).toBe(6);
  expect(book.head()).toMatchObject({ expected: 4 });

  const late = new ScoreBook('m', fixtureOf(), scorer.events);
  late.record(scorer.deliveryOf({ runs: 0 }));
  const { striker = '' } = scorer.state.innings[0] ?? {};
  const out = scorer.deliveryOf({ wickets: [{ player_out: striker, kind: 'bowled' }] });
  late.learn([out], { mayBeOwn: false });
  expect(late.insist()).toMatchObject({ message: `${striker} is out and cannot bat` });
  expect(late.unsent).toHaveLength(1);
  expect(late.head()).toBeUndefined();
});

test('commentary of others is in nobody’s way', () => {
  const scorer = begun();
  const book = new ScoreBook('m', fixtureOf(), scorer.events);
  book.record(next(scorer, 4));
  book.learn([{ type: 'match', match: 'm', action: 'note', text: 'Drinks' }], { mayBeOwn: false });
  expect(book.foreign).toEqual([]);
  expect(runsOf(book)).toBe(6);
  expect(book.head()).toMatchObject({ expected: 4 });
});

test('corrections of what is unsent follow it to its new number, and an undo never takes back what others entered', () => {
  const note: MatchEvent = { type: 'match', match: 'm', action: 'note', text: 'Drinks' };
  const scorer = begun();
  const known = [...scorer.events];
  const [ball, six] = [scorer.deliveryOf({ runs: 4 }), scorer.deliveryOf({ runs: 6 }) as PlayEvent];
  const amending = new ScoreBook('m', fixtureOf(), known);
  amending.record(ball);
  amending.record({ type: 'match', match: 'm', action: 'amend', n: 4, event: six });
  amending.learn([note], { mayBeOwn: false });
  expect(amending.unsent[1]).toMatchObject({ action: 'amend', n: 5 });
  expect(runsOf(amending)).toBe(8);

  const undoing = new ScoreBook('m', fixtureOf(), known);
  undoing.record(undo);
  undoing.learn([note], { mayBeOwn: false });
  expect(undoing.foreign).toEqual([note]);
  expect(undoing.insist()?.message).toBe('Your undo would take back what somebody else has entered');
  expect(runsOf(undoing)).toBe(2);
});

test('the same ball entered by two is a conflict, unless it may be the own one that was sent before', () => {
  const scorer = begun();
  const own = scorer.deliveryOf({ runs: 1 });
  for (const mayBeOwn of [false, true]) {
    const book = new ScoreBook('m', fixtureOf(), scorer.events);
    book.record(own);
    book.learn([{ ...own, expected: 3 }], { mayBeOwn });
    expect(book.foreign).toHaveLength(mayBeOwn ? 0 : 1);
    expect(book.unsent).toHaveLength(mayBeOwn ? 0 : 1);
    expect(runsOf(book)).toBe(3);
  }
});

test('a page that is opened again takes up what was unsent, without what had arrived', () => {
  const scorer = begun();
  const first = new ScoreBook('m', fixtureOf(), scorer.events);
  const known = [...scorer.events];
  const [one, two] = [next(scorer, 1), next(scorer, 4)];
  first.record(one);
  first.record(two);
  const stored = JSON.parse(JSON.stringify(first.stored()));

  const nothingArrived = new ScoreBook('m', fixtureOf(), known);
  nothingArrived.takeUp(stored);
  expect(nothingArrived.unsent).toHaveLength(2);
  expect(runsOf(nothingArrived)).toBe(7);

  const oneArrived = new ScoreBook('m', fixtureOf(), [...known, { ...one, expected: 3 }]);
  oneArrived.takeUp(stored);
  expect(oneArrived.unsent).toEqual([two]);
  expect(oneArrived.head()).toMatchObject({ expected: 4 });
  expect(runsOf(oneArrived)).toBe(7);

  const othersWereFirst = new ScoreBook('m', fixtureOf(), [...known, undo]);
  othersWereFirst.takeUp(stored);
  expect(othersWereFirst.foreign).toEqual([undo]);
  expect(othersWereFirst.unsent).toHaveLength(2);
  expect(runsOf(othersWereFirst)).toBe(1);
});

test('what is confirmed and unsent together is what the server will have', () => {
  const scorer = begun();
  const book = new ScoreBook('m', fixtureOf(), scorer.events);
  book.record(next(scorer, 1));
  book.record(next(scorer, 2));
  const document = foldMatch(cricket, 'm', fixtureOf(), scorer.events).document();
  expect(book.fold.document()).toEqual(document);
});
