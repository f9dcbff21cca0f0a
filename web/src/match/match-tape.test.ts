import { describe, expect, it, test } from 'vitest';
import type { MatchEvent } from '../../../protocol/match-events.ts';
import { cricket } from '../../../scoring/cricket/cricket.ts';
import { importCricsheet } from '../../../scoring/cricket/cricsheet.ts';
import type { CricsheetMatch } from '../../../scoring/cricket/cricsheet-format.ts';
import { foldMatch } from '../../../scoring/match-fold.ts';
import { CricketScorer, fixtureOf } from '../../../test/support/cricket-scorer.ts';
import { hasTestData, LEFT_OUT, readTestData } from '../../../test/support/test-data.ts';
import { MatchTape } from './match-tape.ts';

function scored(): CricketScorer {
  const scorer = new CricketScorer().begin('Asia');
  scorer.balls(6, { runs: 1 });
  scorer.ball({ extras: { wides: 2 } });
  scorer.ball({ wickets: [{ player_out: scorer.state.innings[0]?.striker ?? '', kind: 'bowled' }] });
  return scorer;
}

const undo: MatchEvent = { type: 'match', match: 'm', action: 'undo' };

test('a match is told over by over', () => {
  const tape = new MatchTape('m', fixtureOf());
  tape.take(scored().events);
  expect(tape.innings).toEqual([
    {
      number: 1,
      team: 'Asia',
      superOver: false,
      overs: [
        { over: 1, runs: 6, wickets: 0, total: 6, bowled: 1 },
        { over: 2, runs: 2, wickets: 1, total: 8, bowled: 1 + 1 / 6 },
      ],
    },
  ]);
});

test('ball by ball it comes to the same as in one go', () => {
  const { events } = scored();
  const tape = new MatchTape('m', fixtureOf());
  for (const event of events) tape.take([event]);
  const other = new MatchTape('m', fixtureOf());
  other.take(events);
  expect(tape.innings).toEqual(other.innings);
  expect(tape.count).toBe(events.length);
});

test('what is taken back is gone', () => {
  const tape = new MatchTape('m', fixtureOf());
  tape.take(scored().events);
  tape.take([undo]);
  tape.take([undo]);
  expect(tape.innings[0]?.overs).toEqual([{ over: 1, runs: 6, wickets: 0, total: 6, bowled: 1 }]);
  tape.take([undo]);
  expect(tape.innings[0]?.overs).toEqual([{ over: 1, runs: 5, wickets: 0, total: 5, bowled: 5 / 6 }]);
});

describe.skipIf(!hasTestData)(`a real match${LEFT_OUT}`, () => {
  it.each(['1166970', '1144530', '1267676', '1187667', '1297839'])(
    '%s ends each innings with its total',
    (name) => {
      const file = readTestData<CricsheetMatch>(`cricket/${name}.json`);
      const { fixture, events } = importCricsheet('m', file);
      const tape = new MatchTape('m', fixture);
      tape.take(events);
      const document = foldMatch(cricket, 'm', fixture, events).document();
      const totals = Object.values(document.innings).map(({ team, runs }) => [team, runs]);
      expect(tape.innings.map(({ team, overs }) => [team, overs.at(-1)?.total])).toEqual(totals);
      for (const { overs } of tape.innings) {
        const runs = overs.reduce((sum, each) => sum + each.runs, 0);
        expect(runs).toBe(overs.at(-1)?.total);
      }
    },
  );
});
