import type { ActionEvent, StatedResult } from '../../protocol/match-events.ts';
import { batterOf, dismiss } from './crease.ts';
import { awardPenalty, beginInnings, endInnings, lastInnings } from './innings.ts';
import { completeOver, isMaiden, readOvers } from './overs.ts';
import { stated } from './result.ts';
import type { CricketChange, CricketState, Innings, Outcome } from './state.ts';

/** Does what is no ball, after it has been checked, or where the scorer insists on it. */
export function performAction(state: CricketState, event: ActionEvent): CricketChange {
  const last = lastInnings(state);
  switch (event.action) {
    case 'start':
      state.started = true;
      return {};
    case 'toss':
      state.toss = { winner: event.winner, decision: event.decision };
      return {};
    case 'innings':
      state.started = true;
      state.paused = false;
      return { innings: beginInnings(state, event) };
    case 'penalty': {
      const innings = awardPenalty(state, state.teams[0] === event.team ? 0 : 1, event.runs);
      return innings === undefined ? {} : { innings };
    }
    case 'break':
    case 'resume':
      state.paused = event.action === 'break';
      return {};
    case 'end':
      state.paused = false;
      state.outcome = endOf(state, event.result ?? {});
      if (last !== undefined && last.end === undefined) endInnings(last, 'closed');
      return {};
    default:
      return last === undefined ? {} : changeInnings(last, event);
  }
}

function changeInnings(innings: Innings, event: ActionEvent): CricketChange {
  innings.printed = undefined;
  switch (event.action) {
    case 'over': {
      const { over } = innings;
      if (over === undefined || over.complete) return { innings };
      completeOver(innings, over);
      const bowler = innings.bowlers.get(over.bowlers.at(-1) ?? '');
      return { innings, overEnded: { over, bowler, maiden: isMaiden(over) } };
    }
    case 'declare':
      endInnings(innings, event.forfeited ? 'forfeited' : 'declared');
      return { innings, inningsEnded: event.forfeited ? 'forfeited' : 'declared' };
    case 'retire': {
      const { player, kind } = event;
      const fall = dismiss(innings, { player_out: player, kind }, undefined);
      return fall === undefined
        ? { innings }
        : { innings, wickets: [{ kind, batter: batterOf(innings, player), fall }] };
    }
    case 'revise':
      if (event.runs !== undefined) innings.revisedTarget = event.runs;
      if (event.overs !== undefined) innings.limit = readOvers(event.overs);
      return { innings };
    default:
      return { innings };
  }
}

/** What is not told follows from the scores; a match that is ended before anybody has won is drawn, or has no result. */
function endOf(state: CricketState, told: StatedResult): Outcome {
  const { outcome } = state;
  const nothingTold = Object.keys(told).length === 0;
  if (outcome?.derived) {
    if (nothingTold) return { ...outcome, derived: false };
    const isSame = told.winner !== undefined && told.winner === outcome.winner && told.method === undefined;
    return stated(isSame && outcome.by !== undefined ? { by: outcome.by, ...told } : told);
  }
  if (!nothingTold) return stated(told);
  if (state.innings.length === 0) return stated({ kind: 'abandoned' });
  return stated({ kind: state.format.inningsPerSide === 2 ? 'draw' : 'no result' });
}
