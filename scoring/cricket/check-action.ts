import type { ActionEvent } from '../../protocol/match-events.ts';
import { type Refusal, type Refused, refuse } from '../sport.ts';
import { isIn } from './crease.ts';
import { lastInnings, mainInnings, mayBeOver, openInnings, superOvers } from './innings.ts';
import { isOverOpen } from './overs.ts';
import { deriveOutcome, explainContradiction } from './result.ts';
import type { CricketState, Innings } from './state.ts';

/** Whether what is no ball can happen now. */

/** What nobody can override, since it has no meaning. */
export function checkMeaning(state: CricketState, event: ActionEvent): Refused | undefined {
  const isTeam = (team: string): boolean => state.teams.includes(team);
  const stranger = (team: string): Refused => refuse('not_found', `${team} do not play in this match`);
  switch (event.action) {
    case 'innings':
      return isTeam(event.team) ? undefined : stranger(event.team);
    case 'toss':
      return isTeam(event.winner) ? undefined : stranger(event.winner);
    case 'penalty':
      return isTeam(event.team) ? undefined : stranger(event.team);
    case 'end': {
      const { winner, by } = event.result ?? {};
      if (winner !== undefined && !isTeam(winner)) return stranger(winner);
      return by !== undefined && winner === undefined
        ? refuse('malformed', 'Nobody wins by a margin without a winner')
        : undefined;
    }
    case 'revise':
      if (event.runs === undefined && event.overs === undefined) {
        return refuse('malformed', 'A revision needs "runs" or "overs"');
      }
      return lastInnings(state) === undefined ? refuse('conflict', 'No innings is played') : undefined;
    case 'over':
      return lastInnings(state)?.over === undefined ? refuse('conflict', 'No over has begun') : undefined;
    case 'declare':
      return lastInnings(state) === undefined ? refuse('conflict', 'No innings is played') : undefined;
    case 'retire':
      return lastInnings(state) === undefined ? refuse('conflict', 'No innings is played') : undefined;
    case 'score':
    case 'period':
    case 'clock':
      return refuse('malformed', `There is no "${event.action}" in cricket`);
    default:
      return undefined;
  }
}

/** Why an action is impossible, if it is, for who does not override it. */
export function checkAction(state: CricketState, event: ActionEvent): Refusal | undefined {
  const problem = explainAction(state, event);
  if (problem === undefined) return undefined;
  return typeof problem === 'string' ? { code: 'conflict', message: problem } : problem;
}

function explainAction(state: CricketState, event: ActionEvent): string | Refusal | undefined {
  const { outcome } = state;
  const over = outcome === undefined ? undefined : `The match is over: ${outcome.text}`;
  switch (event.action) {
    case 'note':
      return undefined;
    case 'start':
      return over ?? (state.started ? 'The match has started already' : undefined);
    case 'toss':
      return over ?? (state.innings.length > 0 ? 'The toss is before the first innings' : undefined);
    case 'innings':
      return event.superOver === true
        ? explainSuperOver(state, event)
        : (over ?? explainInnings(state, event));
    case 'end':
      return explainResult(state, event);
    case 'break':
      return over ?? (state.paused ? 'Play is interrupted already' : undefined);
    case 'resume':
      return over ?? (state.paused ? undefined : 'Play is not interrupted');
    case 'penalty':
      return over;
    default: {
      if (over !== undefined) return over;
      const innings = openInnings(state);
      if (innings === undefined && event.action === 'revise') return 'No innings is played';
      return innings === undefined ? 'The innings is over' : explainInInnings(state, innings, event);
    }
  }
}

function explainInInnings(
  state: CricketState,
  innings: Innings,
  event: ActionEvent,
): string | Refusal | undefined {
  switch (event.action) {
    case 'over': {
      if (!isOverOpen(innings)) return 'The over is complete already';
      return `Over ${(innings.over?.number ?? 0) + 1} has had ${innings.over?.legalBalls} of its ${state.format.ballsPerOver} balls`;
    }
    case 'declare':
      if (innings.superOver) return 'A super over cannot be declared';
      return event.forfeited && innings.over !== undefined
        ? 'Only an innings without a ball can be forfeited'
        : undefined;
    case 'retire':
      return explainRetirement(state, innings, event);
    case 'revise':
      return event.runs !== undefined && mainInnings(state).length < 2 && !innings.superOver
        ? 'The first innings has no target'
        : undefined;
    default:
      return undefined;
  }
}

function explainRetirement(
  state: CricketState,
  innings: Innings,
  { player, kind }: ActionEvent<'retire'>,
): string | Refusal | undefined {
  const squad = state.squads[innings.side];
  if (squad !== undefined && !squad.has(player)) {
    return {
      code: 'not_found',
      message: `${player} is not in the squad of ${state.teams[innings.side]}`,
    };
  }
  if (innings.batters.get(player)?.out !== undefined) return `${player} is out already`;
  if (kind !== 'timed out')
    return isIn(innings, player) ? undefined : `${player} is not in, so cannot retire`;
  if (isIn(innings, player)) return `${player} is in, so cannot be timed out`;
  return innings.striker !== undefined && innings.nonStriker !== undefined
    ? `Nobody has to come in, so ${player} cannot be timed out`
    : undefined;
}

function explainInnings(state: CricketState, { team, target }: ActionEvent<'innings'>): string | undefined {
  const main = mainInnings(state);
  const side = state.teams.indexOf(team);
  const { inningsPerSide } = state.format;
  const played = main.filter((each) => each.side === side).length;
  if (played >= inningsPerSide) {
    return `${team} have had ${inningsPerSide === 1 ? 'their innings' : 'both innings'}`;
  }
  if (main.length === 1 && main[0]?.side === side) return `${state.teams[1 - side]} bat next`;
  const open = openInnings(state);
  if (open === undefined) return undefined;
  // Rain ends innings with a limit of overs, and then the umpires set a target.
  const mayEnd = mayBeOver(state, open) || (open.limit !== undefined && target !== undefined);
  return mayEnd ? undefined : `The innings of ${state.teams[open.side]} is not over`;
}

function explainSuperOver(state: CricketState, { team }: ActionEvent<'innings'>): string | undefined {
  const { outcome } = state;
  const open = openInnings(state);
  if (open !== undefined) return `The innings of ${state.teams[open.side]} is not over`;
  const played = superOvers(state);
  const first = played.length % 2 === 1 ? played.at(-1) : undefined;
  if (first !== undefined) {
    return state.teams[first.side] === team ? `${team} have had their super over` : undefined;
  }
  if (outcome?.kind === 'tie' && outcome.winner === undefined && outcome.derived) return undefined;
  return outcome === undefined
    ? 'There is a super over only after a tie'
    : `The match is over: ${outcome.text}`;
}

function explainResult(state: CricketState, { result = {} }: ActionEvent<'end'>): string | undefined {
  const { outcome } = state;
  if (outcome !== undefined && !outcome.derived) return `The match is over: ${outcome.text}`;
  return Object.keys(result).length === 0 ? undefined : explainContradiction(deriveOutcome(state), result);
}
