export interface Counter {
  readonly name: string;
  readonly label: string;
  readonly count: number;
  /** Of the largest shown, from 0 to 1. */
  readonly share: number;
}

/** How a player's games ended, as the default stats count it. */
export interface Games {
  readonly wins: number;
  readonly draws: number;
  readonly losses: number;
}

const OF_GAMES: ReadonlySet<string> = new Set(['wins', 'draws', 'losses']);

/** `undefined` for who has played none. */
export function gamesOf(counters: Readonly<Record<string, number>>): Games | undefined {
  const { wins = 0, draws = 0, losses = 0 } = counters;
  return wins + draws + losses > 0 ? { wins, draws, losses } : undefined;
}

/** Everything else that is counted, the most first. */
export function otherCounters(counters: Readonly<Record<string, number>>): readonly Counter[] {
  const others = Object.entries(counters)
    .filter(([name]) => !OF_GAMES.has(name))
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const largest = Math.max(0, ...others.map(([, count]) => count));
  return others.map(([name, count]) => ({
    name,
    label: counterLabel(name),
    count,
    share: largest > 0 && count > 0 ? count / largest : 0,
  }));
}

/** `rock_selection_count` reads as "Rock selection". */
function counterLabel(name: string): string {
  const words = name
    .replace(/_count$/, '')
    .replaceAll('_', ' ')
    .trim();
  return words === '' ? name : words.charAt(0).toUpperCase() + words.slice(1);
}
