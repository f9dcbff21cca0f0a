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

/**
 * Rows come best first, so that a rank is a place in the list, whichever way the board is ordered. Standings that are as
 * they were `before` stay the same objects, so that only rows that change are drawn again.
 */
export function toStandings(
  rows: readonly BoardRow[],
  before: readonly Standing[] = [],
): readonly Standing[] {
  const known = new Map(before.map((standing) => [standing.member, standing]));
  const standings: Standing[] = [];
  rows.forEach(([member, score, name], index) => {
    const sharesAbove = rows[index - 1]?.[1] === score;
    const sharesBelow = rows[index + 1]?.[1] === score;
    const standing: Standing = {
      member,
      name: name ?? member,
      hasProfile: name !== undefined && name !== member,
      score,
      rank: sharesAbove ? (standings[index - 1]?.rank ?? index + 1) : index + 1,
      tied: sharesAbove || sharesBelow,
    };
    const same = known.get(member);
    standings.push(same && isSame(same, standing) ? same : standing);
  });
  return standings;
}

function isSame(a: Standing, b: Standing): boolean {
  return a.score === b.score && a.rank === b.rank && a.tied === b.tied && a.name === b.name;
}

/** How long a row's line is, from 0 to 1: its part of the leader's score. Boards where that says nothing have no lines. */
export function shareOfBest(score: number, best: number): number {
  return best > 0 && score > 0 && score <= best ? score / best : 0;
}
