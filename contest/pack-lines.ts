import { Contest } from './contest.ts';
import { type RejectedLine, readLines } from './team-lines.ts';

/** Some lines of an upload, checked and packed for a store. */
export interface PackedLines {
  /** Empty ones included. */
  readonly lines: number;
  /** Lines that were good, those that say a team again included. */
  readonly accepted: number;
  readonly rejected: readonly RejectedLine[];
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
 * A piece of an upload, taken in bit by bit. Every piece stands for itself, so that the memory of a whole upload is that of a piece; the more teams it
 * has, the less its lists of players and cards take of it. A team that is in it twice counts once, with its last line.
 */
export class TeamPiece {
  readonly #contest: Contest;
  readonly #firstLine: number;
  readonly #rejected: RejectedLine[] = [];
  #lines = 0;
  #accepted = 0;

  /** `players`: where given, others on a card are rejected (`not_found`). */
  constructor(firstLine: number, players?: readonly string[]) {
    this.#contest = new Contest(players === undefined ? {} : { players });
    this.#firstLine = firstLine;
  }

  get lines(): number {
    return this.#lines;
  }

  /** Whole lines; the last one of all need not be ended. */
  add(bytes: Uint8Array): void {
    const read = readLines(this.#contest, bytes, this.#firstLine + this.#lines);
    this.#lines += read.lines;
    this.#accepted += read.added + read.replaced + read.unchanged;
    for (const one of read.rejected) this.#rejected.push(one);
  }

  pack(): PackedLines {
    const counts = { lines: this.#lines, accepted: this.#accepted, rejected: this.#rejected };
    const { teams, heaviest, cardPlayers: players } = this.#contest;
    if (teams === 0) return counts;
    const bytes = this.#contest.encode(Uint32Array.from({ length: teams }, (_, place) => place));
    return { ...counts, packed: { bytes, teams, heaviest, players } };
  }
}

export function packLines(bytes: Uint8Array, firstLine: number, players?: readonly string[]): PackedLines {
  const piece = new TeamPiece(firstLine, players);
  piece.add(bytes);
  return piece.pack();
}
