import { sumUp } from './columns.ts';

/** One list for each number, all in one column: what a number has is from `starts[number]` to `starts[number + 1]`, ascending. */
export interface Postings {
  readonly starts: Uint32Array;
  readonly teams: Uint32Array;
}

export const NO_POSTINGS: Postings = { starts: new Uint32Array(1), teams: new Uint32Array(0) };

/** Rows of teams: what a team has is in the column from `startOf` to `endOf`. */
export interface Rows {
  readonly column: Uint32Array;
  readonly teams: number;
  readonly startOf: (team: number) => number;
  readonly endOf: (team: number) => number;
}

/** Turns rows around: which teams have this number in their row? */
export function turnAround(numbers: number, { column, teams, startOf, endOf }: Rows): Postings {
  const starts = new Uint32Array(numbers + 1);
  for (let team = 0; team < teams; team++) {
    const end = endOf(team);
    for (let i = startOf(team); i < end; i++) (starts[column[i] as number] as number)++;
  }
  sumUp(starts);
  const posted = new Uint32Array(starts[numbers] as number);
  const next = starts.slice();
  for (let team = 0; team < teams; team++) {
    const end = endOf(team);
    for (let i = startOf(team); i < end; i++) posted[(next[column[i] as number] as number)++] = team;
  }
  return { starts, teams: posted };
}

/** Valid as long as the postings are. A number that came after them has nothing. */
export function postingsOf({ starts, teams }: Postings, number: number): Uint32Array {
  return number + 1 < starts.length
    ? teams.subarray(starts[number], starts[number + 1])
    : teams.subarray(0, 0);
}

export function bytesOf({ starts, teams }: Postings): number {
  return starts.byteLength + teams.byteLength;
}
