import type {
  ContestTail,
  LateTeam,
  PointsOperation,
  ScoreStore,
  TeamChange,
  TeamChunk,
} from './score-store.ts';

export const TOURNAMENT = 'cup';

export function points(player: string, total: number, rest: Partial<PointsOperation> = {}): PointsOperation {
  return { op: 'points', tournament: TOURNAMENT, player, points: total, ...rest };
}

/** To a store the bytes are just bytes. */
export function chunk(rest: Partial<TeamChunk> = {}): TeamChunk {
  return { bytes: Uint8Array.of(1, 2, 3), teams: 2, heaviest: 3000, players: ['ann', 'bob'], ...rest };
}

/** A team with these bonuses in thousandths. */
export function change(
  team: string,
  bonuses: Readonly<Record<string, number>>,
  rest: Partial<TeamChange> = {},
): TeamChange {
  return { team, cards: cardsOf(bonuses), leagues: [], ...rest };
}

export function cardsOf(bonuses: Readonly<Record<string, number>>): TeamChange['cards'] {
  return Object.entries(bonuses).map(([player, bonus]) => ({ player, bonus }));
}

/** All that is not the mark, which is another one in each store. */
export async function tailOf(
  store: ScoreStore,
  after = 0,
  tournament = TOURNAMENT,
): Promise<Omit<ContestTail, 'mark'> | undefined> {
  const tail = await store.readContestTail(tournament, after);
  if (tail === undefined) return undefined;
  const { mark: _, ...rest } = tail;
  return rest;
}

export async function teamOf(store: ScoreStore, team: string): Promise<LateTeam | undefined> {
  return (await tailOf(store))?.teams.find((each) => each.team === team);
}

/** Of a team since the start, in millionths, as its record says. */
export async function scoreOf(store: ScoreStore, team: string): Promise<number> {
  const tail = await tailOf(store);
  const record = tail?.teams.find((each) => each.team === team);
  if (tail === undefined || record === undefined) throw new Error(`there is no record of ${team}`);
  const totals = new Map(tail.points);
  return record.cards.reduce(
    (sum, { player, bonus }) => sum + bonus * (totals.get(player) ?? 0),
    record.base,
  );
}

export async function chunksOf(
  store: ScoreStore,
  tournament = TOURNAMENT,
): Promise<readonly (readonly number[])[]> {
  const all: (readonly number[])[] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const page: { chunks: readonly Uint8Array[]; next?: number } = await store.readTeamChunks(
      tournament,
      from,
    );
    for (const bytes of page.chunks) all.push([...bytes]);
    from = page.next;
  }
  return all;
}
