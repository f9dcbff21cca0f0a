import type { ActionEvent, PlayEvent } from '../../protocol/match-events.ts';
import { type Refused, refuse } from '../sport.ts';
import type { GenericState } from './state.ts';

/** Actions that mean something where only points count. */
export const GENERIC_ACTIONS = [
  'start',
  'score',
  'period',
  'clock',
  'note',
  'break',
  'resume',
  'end',
] as const;
export type GenericAction = (typeof GENERIC_ACTIONS)[number];
export type GenericEvent = ActionEvent<GenericAction>;

export function isGeneric(event: PlayEvent): event is GenericEvent {
  return event.type === 'match' && GENERIC_ACTIONS.some((action) => action === event.action);
}

/** What nobody can override, since it has no meaning. */
export function checkMeaning({ teams }: GenericState, event: GenericEvent): Refused | undefined {
  if (event.action === 'score' && !teams.includes(event.team)) return stranger(event.team);
  if (event.action !== 'end') return undefined;
  const { winner, by } = event.result ?? {};
  if (winner !== undefined && !teams.includes(winner)) return stranger(winner);
  return by === undefined
    ? undefined
    : refuse('malformed', 'Here the points tell the margin: leave out "result.by"');
}

function stranger(team: string): Refused {
  return refuse('not_found', `${team} do not play in this match`);
}

/** Why it cannot be now, for who does not override it. */
export function checkMoment(state: GenericState, event: GenericEvent): Refused | undefined {
  if (event.action === 'note') return undefined;
  const problem =
    state.result === undefined ? explain(state, event) : `The match is over: ${state.result.text}`;
  return problem === undefined ? checkScorer(state, event) : refuse('conflict', problem);
}

function explain({ started, paused }: GenericState, { action }: GenericEvent): string | undefined {
  switch (action) {
    case 'start':
      return started ? 'The match has started already' : undefined;
    case 'score':
      return started ? undefined : 'The match has not started';
    case 'break':
      if (!started) return 'The match has not started';
      return paused ? 'Play is interrupted already' : undefined;
    case 'resume':
      return paused ? undefined : 'Play is not interrupted';
    default:
      return undefined;
  }
}

function checkScorer({ teams, squads }: GenericState, event: GenericEvent): Refused | undefined {
  if (event.action !== 'score' || event.player === undefined) return undefined;
  const squad = squads[teams[0] === event.team ? 0 : 1];
  return squad === undefined || squad.has(event.player)
    ? undefined
    : refuse('not_found', `${event.player} is not in the squad of ${event.team}`);
}
