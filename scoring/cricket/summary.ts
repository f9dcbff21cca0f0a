import type { MatchSummary } from '../../protocol/matches.ts';
import { printResult, statusOf } from './document.ts';
import { superOvers, wicketsOf } from './innings.ts';
import { oversOfInnings } from './overs.ts';
import type { CricketState, Innings } from './state.ts';

/** The match in two lines, as lists of scores have them: `243 & 12/0 (3.1)`. */
export function summarize(state: CricketState): MatchSummary {
  const { outcome, teams } = state;
  const scores = teams.flatMap((team, side) => {
    const text = scoreOf(state, side);
    return text === '' ? [] : [{ team, text }];
  });
  return {
    status: statusOf(state),
    ...(outcome === undefined ? {} : { result: printResult(outcome) }),
    ...(scores.length === 0 ? {} : { scores }),
  };
}

function scoreOf(state: CricketState, side: number): string {
  const own = state.innings.filter((each) => each.side === side);
  const main = own.filter(({ superOver }) => !superOver).map((each) => printScore(state, each));
  const deciders = superOvers(state)
    .filter((each) => each.side === side)
    .map((each) => `super over ${runsAndWickets(state, each)}`);
  return [main.join(' & '), ...deciders].filter((part) => part !== '').join(', ');
}

/** Overs are told where they are limited, and of an innings that is played. */
function printScore(state: CricketState, innings: Innings): string {
  if (innings.end === 'forfeited') return 'forfeited';
  const isTimed = innings.limit !== undefined || (innings.end === undefined && state.outcome === undefined);
  const overs = isTimed ? ` (${oversOfInnings(innings)})` : '';
  return `${runsAndWickets(state, innings)}${overs}`;
}

export function runsAndWickets(state: CricketState, innings: Innings): string {
  const { runs, wickets, end } = innings;
  if (wickets >= wicketsOf(state, innings) && !innings.superOver) return String(runs);
  return `${runs}/${wickets}${end === 'declared' ? 'd' : ''}`;
}
