import type { BoardRow } from '../../../client/index.ts';

export interface Standing {
  readonly member: string;
  /** What the audience reads: the display name, or the member where it has none. */
  readonly name: string;
  readonly hasProfile: boolean;
  readonly score: number;
  /** Standard competition ranking: equal scores share a rank, and the ranks after them are left out. */
  readonly rank: number;
  readonly tied: boolean;
}

/** Rows come best first, so that a rank is a place in the list, whichever way the board is ordered. */
export function toStandings(rows: readonly BoardRow[]): readonly Standing[] {
  const standings: Standing[] = [];
  rows.forEach(([member, score, name], index) => {
    const sharesAbove = rows[index - 1]?.[1] === score;
    const sharesBelow = rows[index + 1]?.[1] === score;
    standings.push({
      member,
      name: name ?? member,
      hasProfile: name !== undefined && name !== member,
      score,
      rank: sharesAbove ? (standings[index - 1]?.rank ?? index + 1) : index + 1,
      tied: sharesAbove || sharesBelow,
    });
  });
  return standings;
}

/** How long a row's line is, from 0 to 1: its part of the leader's score. Boards where that says nothing have no lines. */
export function shareOfBest(score: number, best: number): number {
  return best > 0 && score > 0 && score <= best ? score / best : 0;
}
