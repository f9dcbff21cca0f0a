import type { ActionEvent } from '../../protocol/match-events.ts';
import { beginning, endings, endOfOver } from './commentary-moments.ts';
import { retirementInWords } from './commentary-wicket.ts';
import { targetOf } from './innings.ts';
import type { CricketChange, CricketState } from './state.ts';
import { count } from './words.ts';

/** What is no ball, in sentences. */
export function describeAction(state: CricketState, event: ActionEvent, change: CricketChange): string[] {
  return event.action === 'end'
    ? [state.outcome?.text ?? 'The match is over']
    : [...happened(state, event, change), ...endings(state, change)];
}

function happened(state: CricketState, event: ActionEvent, change: CricketChange): string[] {
  switch (event.action) {
    case 'start':
      return ['The match begins'];
    case 'toss':
      return [`${event.winner} won the toss and chose to ${event.decision}`];
    case 'innings':
      return change.innings === undefined ? [] : beginning(state, change.innings);
    case 'over': {
      const summary = endOfOver(state, change);
      return summary.length > 0 ? summary : ['The umpire calls over'];
    }
    case 'penalty':
      return [`${count(event.runs, 'penalty run')} to ${event.team}`];
    case 'retire':
      return retirementInWords(state, { player_out: event.player, kind: event.kind }, change);
    case 'revise':
      return [revised(state, event, change)];
    case 'break':
      return [event.reason === undefined ? 'Play is interrupted' : `Play is interrupted: ${event.reason}`];
    case 'resume':
      return ['Play resumes'];
    case 'note':
      return [event.text];
    default:
      // The end of the innings says it.
      return [];
  }
}

function revised(state: CricketState, event: ActionEvent<'revise'>, { innings }: CricketChange): string {
  const target = innings === undefined ? undefined : targetOf(state, innings);
  const from =
    event.overs === undefined ? '' : ` from ${event.overs} ${event.overs === 1 ? 'over' : 'overs'}`;
  if (event.runs !== undefined) return `The target is revised to ${count(event.runs, 'run')}${from}`;
  const still = target === undefined ? '' : `, with ${count(target, 'run')} to win as before`;
  return `The innings is reduced to${from.replace(' from', '')}${still}`;
}
