import type { InningsProgress } from '../match-tape.ts';

/** Innings as the charts draw them. */

/** The same places for all series: where one has nothing, it has null. */
export type Aligned = [number[], ...(number | null)[][]];

/** How the totals grew. `wickets` has, for each series, the places at which wickets fell. */
export function wormOf(innings: readonly InningsProgress[]): { data: Aligned; wickets: number[][] } {
  const places = [...new Set([0, ...innings.flatMap(({ overs }) => overs.map(({ bowled }) => bowled))])].sort(
    (one, other) => one - other,
  );
  const indexOf = new Map(places.map((place, index) => [place, index]));
  const lines = innings.map(({ overs }) => {
    const line: (number | null)[] = places.map(() => null);
    line[0] = 0;
    for (const { bowled, total } of overs) line[indexOf.get(bowled) ?? 0] = total;
    return line;
  });
  const wickets = innings.map(({ overs }) =>
    overs.filter((over) => over.wickets > 0).map(({ bowled }) => indexOf.get(bowled) ?? 0),
  );
  return { data: [places, ...lines], wickets };
}

/** Runs of each over, and above them a mark for each over in which wickets fell. */
export function manhattanOf({ overs }: InningsProgress): Aligned {
  return [
    overs.map(({ over }) => over),
    overs.map(({ runs }) => runs),
    overs.map(({ runs, wickets }) => (wickets > 0 ? runs : null)),
  ];
}

/** What a chart shows, for who does not see it. */
export function inWords({ team, overs }: InningsProgress): string {
  const last = overs.at(-1);
  if (last === undefined) return `${team} have not faced a ball`;
  const best = overs.reduce((most, each) => (each.runs > most.runs ? each : most));
  return `${team}: ${last.total} runs after ${overs.length} overs, most in over ${best.over} (${best.runs})`;
}
