import type { MatchEvent } from '../../../protocol/match-events.ts';
import type {
  CricketDocument,
  GenericDocument,
  MatchDocument,
  MatchStatus,
} from '../../../protocol/matches.ts';
import { sidesOf } from './card.ts';

/** Documents of matches, whatever their sport. */

export function isCricket(document: MatchDocument): document is CricketDocument {
  return document.sport === 'cricket';
}

/** Of other sports too, where it has scores. */
export function isGeneric(document: MatchDocument): document is GenericDocument {
  return !isCricket(document) && 'scores' in document;
}

export interface ScoreLine {
  readonly team: string;
  readonly text: string;
  /** They bat now. */
  readonly isIn: boolean;
}

/** The score of each side in a line; without a text where there is none yet. */
export function scoreLines(document: MatchDocument): readonly ScoreLine[] {
  if (isCricket(document)) {
    return sidesOf(document).map(({ team, scores, isIn }) => {
      const innings = scores.filter(({ superOver }) => !superOver).map(({ text }) => text);
      const deciders = scores.filter(({ superOver }) => superOver).map(({ text }) => `super over ${text}`);
      const overs = isIn ? ` (${scores.at(-1)?.overs})` : '';
      return { team, isIn, text: `${[innings.join(' & '), ...deciders].join(', ')}${overs}` };
    });
  }
  const points = isGeneric(document) ? document.scores : {};
  const hasBegun = document.status !== 'scheduled';
  return document.teams.map((team) => ({
    team,
    isIn: false,
    text: hasBegun && points[team] !== undefined ? String(points[team]) : '',
  }));
}

const STATUS_LABELS: Readonly<Record<MatchStatus, string>> = {
  scheduled: 'To come',
  live: 'Live',
  break: 'Break',
  complete: 'Finished',
  abandoned: 'Abandoned',
};

export function statusLabel(status: MatchStatus): string {
  return STATUS_LABELS[status];
}

/** Seconds on a clock that was told at `toldAt` and may have run on since. */
export function secondsOn(
  clock: GenericDocument['clock'],
  toldAt: number | undefined,
  now: number,
): number | undefined {
  if (clock === undefined || !clock.running || toldAt === undefined) return clock?.seconds;
  return clock.seconds + Math.max(0, now - toldAt) / 1000;
}

export function isClock(event: MatchEvent): boolean {
  return event.type === 'match' && event.action === 'clock';
}

/** As on the wall of a hall: `12:30`, `1:02:05`. */
export function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
