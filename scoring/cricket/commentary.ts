import type { PlayEvent } from '../../protocol/match-events.ts';
import type { CricketChange, CricketState } from './state.ts';

/** An event in a sentence. */
export function describeCricket(_state: CricketState, event: PlayEvent, change: CricketChange): string {
  if (event.type !== 'delivery') return event.action;
  const { bowler, batter, runs } = event.delivery;
  return `${change.ball} ${bowler} to ${batter}, ${runs.total}`;
}
