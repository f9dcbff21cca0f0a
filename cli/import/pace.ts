import type { PlayEvent } from '../../protocol/match-events.ts';

/** How long things take at a ground, on the average: files do not tell when a ball was bowled. */
const BALL_MS = 33_000;
const CHANGE_OF_OVERS_MS = 45_000;
const CHANGE_OF_INNINGS_MS = 10 * 60_000;

/** How long after the event before it this one happens, at the speed of the match itself. */
export function pauseBefore(event: PlayEvent, previous: PlayEvent | undefined): number {
  if (previous === undefined) return 0;
  if (event.type === 'match') {
    const isNextInnings = event.action === 'innings' && previous.type === 'delivery';
    return isNextInnings ? CHANGE_OF_INNINGS_MS : 0;
  }
  const isNextOver = previous.type === 'delivery' && previous.over !== event.over;
  return isNextOver ? BALL_MS + CHANGE_OF_OVERS_MS : BALL_MS;
}

/** `20x` is 20. */
export function parseSpeed(text: string): number {
  const speed = /^\d{1,5}(\.\d{1,3})?x?$/.test(text) ? Number.parseFloat(text) : 0;
  if (speed > 0) return speed;
  throw new Error(`--live ${text}: must be how many times as fast as the match was, such as 20x`);
}
