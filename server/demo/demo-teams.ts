import { demoName } from './demo-scores.ts';

/** Teams for demonstrations, as an upload has them. Pure: the same random function gives the same teams. */
export interface DemoTeam {
  readonly team: string;
  readonly leagues: readonly string[];
  readonly cards: readonly { readonly player: string; readonly bonus: number }[];
}

const CARDS = 11;
const CAPTAIN = 2;
const VICE_CAPTAIN = 1.5;
/** Friends who play against each other. */
const FRIENDS = 10;
const REGIONS = ['north', 'east', 'south', 'west'] as const;

/** Who begins the list of players is in most of the teams, as stars are. */
export function* demoTeams(
  players: readonly string[],
  count: number,
  random: () => number,
): Generator<DemoTeam, void> {
  for (let n = 0; n < count; n++) {
    const left = [...players];
    const cards = Array.from({ length: Math.min(CARDS, players.length) }, (_, place) => {
      // The square leans towards the beginning of the list.
      const [player = ''] = left.splice(Math.floor(random() ** 2 * left.length), 1);
      return { player, bonus: place === 0 ? CAPTAIN : place === 1 ? VICE_CAPTAIN : 1 };
    });
    const region = REGIONS[Math.floor(random() * REGIONS.length)] ?? REGIONS[0];
    const leagues = [`friends-${Math.floor(n / FRIENDS) + 1}`, region];
    yield { team: demoName(n), leagues, cards };
  }
}

/** As the body of an upload, in pieces. */
export async function* linesOf(teams: Iterable<DemoTeam>): AsyncGenerator<Uint8Array, void> {
  const LINES = 200;
  let lines: string[] = [];
  for (const team of teams) {
    lines.push(`${JSON.stringify(team)}\n`);
    if (lines.length < LINES) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
  }
  yield Buffer.from(lines.join(''));
}
