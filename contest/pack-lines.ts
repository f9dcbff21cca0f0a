import { Contest } from './contest.ts';
import { type Registration, registerLines } from './team-lines.ts';

/** Some lines of an upload, checked and packed for a store. */
export interface PackedLines extends Pick<Registration, 'lines' | 'rejected'> {
  /** Lines that were good, those that say a team again included. */
  readonly accepted: number;
  /** Absent where no line was good. */
  readonly packed?: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly teams: number;
    /** The greatest sum of bonuses of a team, in thousandths. */
    readonly heaviest: number;
    /** Who is on the cards. */
    readonly players: readonly string[];
  };
}

/**
 * Every piece of an upload stands for itself, so that the memory of a whole upload is that of a piece. A team that is in it twice counts once, with
 * its last line. `players`: where given, others on a card are rejected (`not_found`).
 */
export function packLines(bytes: Uint8Array, firstLine: number, players?: readonly string[]): PackedLines {
  const contest = new Contest(players === undefined ? {} : { players });
  const { lines, added, replaced, unchanged, rejected, chunk } = registerLines(contest, bytes, firstLine);
  const counts = { lines, accepted: added + replaced + unchanged, rejected };
  if (chunk === undefined) return counts;
  const { teams, heaviest, cardPlayers } = contest;
  return { ...counts, packed: { bytes: chunk, teams, heaviest, players: cardPlayers } };
}
