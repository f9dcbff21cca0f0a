import { describe, expect, it } from 'vitest';
import { MatchSummarySchema } from '../../protocol/matches.ts';
import { checker } from '../../protocol/schema.ts';
import { CricketScorer, fixtureOf } from '../../test/support/cricket-scorer.ts';
import { hasTestData, LEFT_OUT, readTestData } from '../../test/support/test-data.ts';
import { foldMatch } from '../match-fold.ts';
import { cricket } from './cricket.ts';
import { importCricsheet } from './cricsheet.ts';
import type { CricsheetMatch } from './cricsheet-format.ts';

const summaryChecker = checker(MatchSummarySchema);
const summaryOf = ({ state }: CricketScorer) => cricket.summary(state);
const out = (player: string) => ({ wickets: [{ player_out: player, kind: 'bowled' as const }] });

describe('the summary of a match', () => {
  it('has no scores before it has begun', () => {
    expect(summaryOf(new CricketScorer())).toEqual({ status: 'scheduled' });
  });

  it('tells limited overs always', () => {
    const scorer = new CricketScorer(fixtureOf({ overs: 2 })).begin('Asia').balls(6, { runs: 2 });
    scorer.ball(out('a2'));
    expect(summaryOf(scorer)).toEqual({ status: 'live', scores: [{ team: 'Asia', text: '12/1 (1.1)' }] });
    scorer.balls(5).begin('Europe').ball({ runs: 6 });
    expect(summaryOf(scorer).scores).toEqual([
      { team: 'Asia', text: '12/1 (2)' },
      { team: 'Europe', text: '6/0 (0.1)' },
    ]);
  });

  it('tells unlimited overs only of the innings that is played', () => {
    const scorer = new CricketScorer(fixtureOf({ playersPerSide: 2 })).begin('Asia');
    scorer.ball({ runs: 4 });
    expect(summaryOf(scorer).scores).toEqual([{ team: 'Asia', text: '4/0 (0.1)' }]);
    scorer.ball(out('a1'));
    scorer.begin('Europe').ball({ runs: 3 });
    scorer.act('declare');
    scorer.begin('Asia').ball({ runs: 2 });
    expect(summaryOf(scorer).scores).toEqual([
      { team: 'Asia', text: '4 & 2/0 (0.1)' },
      { team: 'Europe', text: '3/0d' },
    ]);
    scorer.act('declare');
    scorer.begin('Europe').act('declare', { forfeited: true });
    scorer.act('end', { result: { winner: 'Asia', method: 'awarded' } });
    expect(summaryOf(scorer)).toMatchObject({
      status: 'complete',
      result: { winner: 'Asia' },
      scores: [
        { team: 'Asia', text: '4 & 2/0d' },
        { team: 'Europe', text: '3/0d & forfeited' },
      ],
    });
  });

  it('tells a super over apart', () => {
    const scorer = new CricketScorer(fixtureOf({ overs: 1 })).begin('Asia').balls(6);
    scorer.begin('Europe').balls(6);
    scorer.begin('Europe', { superOver: true }).balls(6, { runs: 2 });
    expect(summaryOf(scorer).scores).toEqual([
      { team: 'Asia', text: '0/0 (1)' },
      { team: 'Europe', text: '0/0 (1), super over 12/0' },
    ]);
  });
});

describe.skipIf(!hasTestData)(`a real match${LEFT_OUT}`, () => {
  it.each<[string, string[]]>([
    ['1187667', ['180/7 (20)', '166/7 (20)']],
    ['1144530', ['241 (50), super over 15/0', '241/8 (50), super over 15/1']],
    ['1267676', ['468 & 284/1d', '276 & 256']],
  ])('%s is summed up', (id, expected) => {
    const { fixture, events } = importCricsheet(id, readTestData<CricsheetMatch>(`cricket/${id}.json`));
    const summary = foldMatch(cricket, id, fixture, events).summary();
    expect(summaryChecker.check(summary) || summaryChecker.explain(summary)).toBe(true);
    expect(summary.scores?.map(({ text }) => text)).toEqual(expected);
  });
});
