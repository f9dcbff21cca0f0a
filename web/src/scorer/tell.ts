import type { MatchEvent } from '../../../protocol/match-events.ts';
import { ballInWords } from '../../../scoring/cricket/commentary-ball.ts';

/** An event in a few words that need nothing of the match: for what is not in the book yet. */
export function tell(event: MatchEvent): string {
  if (event.type === 'delivery') {
    const { batter, bowler } = event.delivery;
    return `Over ${event.over + 1}, ${bowler} to ${batter}: ${ballInWords(event.delivery)}`;
  }
  switch (event.action) {
    case 'undo':
      return 'Take back the last entry';
    case 'amend':
      return `Correction of entry ${event.n}: ${tell(event.event)}`;
    case 'innings':
      return `${event.team} begin ${event.superOver ? 'a super over' : 'an innings'}`;
    case 'penalty':
      return `${event.runs} penalty runs for ${event.team}`;
    case 'retire':
      return `${event.player}: ${event.kind}`;
    case 'toss':
      return `${event.winner} won the toss and ${event.decision}`;
    case 'revise':
      return 'A revised target';
    case 'declare':
      return event.forfeited ? 'Innings forfeited' : 'Innings declared';
    case 'over':
      return 'Over called';
    case 'start':
      return 'Match begins';
    case 'end':
      return 'Match ends';
    case 'break':
      return `Interruption${event.reason === undefined ? '' : `: ${event.reason}`}`;
    case 'resume':
      return 'Play resumes';
    case 'score':
      return `${event.points} for ${event.team}${event.player === undefined ? '' : ` by ${event.player}`}`;
    case 'period':
      return event.name;
    case 'clock':
      return event.running ? 'Clock started' : 'Clock stopped';
    case 'note':
      return event.text;
  }
}
