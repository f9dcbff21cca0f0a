import type { GenericEvent } from './check.ts';
import type { GenericState } from './state.ts';

/** An event of any sport in a sentence. */
export function describeGeneric(state: GenericState, event: GenericEvent): string {
  switch (event.action) {
    case 'start':
      return 'The match begins';
    case 'score':
      return `${event.text ?? scored(event)} (${standing(state)})`;
    case 'period':
      return event.name;
    case 'clock':
      return `The clock ${event.running ? 'runs from' : 'stands at'} ${printClock(event.seconds)}`;
    case 'note':
      return event.text;
    case 'break':
      return event.reason === undefined ? 'Play is interrupted' : `Play is interrupted: ${event.reason}`;
    case 'resume':
      return 'Play resumes';
    case 'end':
      return `${state.result?.text} (${standing(state)})`;
  }
}

export function printPoints({ teams, points }: GenericState): { team: string; text: string }[] {
  return teams.map((team, side) => ({ team, text: String(points[side]) }));
}

function standing(state: GenericState): string {
  return printPoints(state)
    .map(({ team, text }) => `${team} ${text}`)
    .join(', ');
}

function scored({ points, team, player }: GenericEvent & { action: 'score' }): string {
  const by = player === undefined ? '' : ` by ${player}`;
  if (points < 0) return `${count(-points)} taken from ${team}${by}`;
  return `${count(points)} for ${team}${by}`;
}

function count(points: number): string {
  return `${points} ${points === 1 ? 'point' : 'points'}`;
}

/** As on the wall of a hall: `12:30`, `1:02:05`. */
function printClock(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
