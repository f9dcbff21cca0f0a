import type { Delivery, PlayEvent } from '../../../protocol/match-events.ts';
import { ballInWords } from '../../../scoring/cricket/commentary-ball.ts';

/** Balls as a scorer's book marks them. */

export type BallTone = 'dot' | 'runs' | 'boundary' | 'extra' | 'wicket';

export interface BallMark {
  readonly n: number;
  /** `4`, `W`, `2lb`, `wd`. */
  readonly label: string;
  readonly tone: BallTone;
  /** In words, for who does not see it. */
  readonly words: string;
}

export interface Numbered {
  readonly n: number;
  readonly event: PlayEvent;
}

export interface OverMarks {
  /** From 1. */
  readonly over: number;
  readonly bowler: string;
  readonly runs: number;
  readonly balls: readonly BallMark[];
}

/** The over of the last ball. */
export function lastOver(play: readonly Numbered[]): OverMarks | undefined {
  const last = play.findLast(({ event }) => event.type === 'delivery')?.event;
  if (last?.type !== 'delivery') return undefined;
  const isSame = ({ event }: Numbered): boolean =>
    event.type === 'delivery' && event.over === last.over && String(event.innings) === String(last.innings);
  const balls = play.filter(isSame).flatMap(({ n, event }) => {
    return event.type === 'delivery' ? [{ n, delivery: event.delivery }] : [];
  });
  return {
    over: last.over + 1,
    bowler: last.delivery.bowler,
    runs: balls.reduce((sum, { delivery }) => sum + delivery.runs.total, 0),
    balls: balls.map(({ n, delivery }) => markOf(n, delivery)),
  };
}

export function markOf(n: number, delivery: Delivery): BallMark {
  return { n, label: labelOf(delivery), tone: toneOf(delivery), words: ballInWords(delivery) };
}

function labelOf({ runs, extras = {}, wickets = [] }: Delivery): string {
  const { wides = 0, noballs = 0, byes = 0, legbyes = 0, penalty = 0 } = extras;
  const counted = (number: number, unit: string): string[] => {
    if (number === 0) return [];
    return [number === 1 && (unit === 'wd' || unit === 'nb') ? unit : `${number}${unit}`];
  };
  const parts = [
    ...(wickets.length > 0 ? ['W'] : []),
    ...counted(wides, 'wd'),
    ...counted(noballs, 'nb'),
    ...(runs.batter > 0 ? [String(runs.batter)] : []),
    ...counted(byes, 'b'),
    ...counted(legbyes, 'lb'),
    ...(penalty > 0 ? [`+${penalty}`] : []),
  ];
  return parts.length === 0 ? '•' : parts.join(' ');
}

function toneOf({ runs, wickets = [] }: Delivery): BallTone {
  if (wickets.length > 0) return 'wicket';
  if (runs.extras > 0) return 'extra';
  if ((runs.batter === 4 || runs.batter === 6) && !runs.non_boundary) return 'boundary';
  return runs.total === 0 ? 'dot' : 'runs';
}
