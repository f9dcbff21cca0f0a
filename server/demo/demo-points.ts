import type { PointsEvent } from '../../protocol/tournaments.ts';
import { SeededRandom } from '../../scoring/cricket/seeded-random.ts';
import { inventSides } from '../../scoring/cricket/simulated-sides.ts';

/** The same ones each time, so that a contest that was generated before can be gone on with. */
const SIDES_SEED = 7;
const MOST_POINTS = 120;

export function demoPlayers(): readonly string[] {
  return inventSides(new SeededRandom(SIDES_SEED)).squads.flat();
}

/** A new total for each player, in steps of a half. */
export function demoPoints(
  tournament: string,
  players: readonly string[],
  random: () => number,
): readonly PointsEvent[] {
  return players.map((player) => ({
    ...{ type: 'points', tournament, player },
    points: Math.floor(2 * MOST_POINTS * random() ** 2) / 2,
  }));
}
