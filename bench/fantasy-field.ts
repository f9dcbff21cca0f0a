import type { CheckedTeam } from '../contest/check-team.ts';
import { seededRandom } from '../test/support/seeded-random.ts';

export const CARDS = 11;
/** So many played in a season of the Indian Premier League, give or take. */
export const PLAYERS = 180;
const BONUSES = 101;

/** Teams and changes of points as of a large contest: the same in every run. */
export class FantasyField {
  readonly teams: number;
  /** The cards of a team are in `CARDS` places one after the other. */
  readonly players: Uint8Array;
  /** From 1 to 2, in hundredths above 1. */
  readonly bonuses: Uint8Array;
  readonly #points = new Float64Array(PLAYERS);
  readonly #random = seededRandom(2026);

  constructor(teams: number) {
    this.teams = teams;
    this.players = new Uint8Array(teams * CARDS);
    this.bonuses = new Uint8Array(teams * CARDS);
    for (let at = 0; at < this.players.length; at++) {
      const first = at - (at % CARDS);
      let player = this.#star();
      while (this.#has(player, first, at)) player = this.#star();
      this.players[at] = player;
      this.bonuses[at] = this.#below(BONUSES);
    }
    for (let player = 0; player < PLAYERS; player++) this.#points[player] = this.#below(400) / 2;
  }

  *all(): Iterable<CheckedTeam> {
    for (let team = 0; team < this.teams; team++) {
      const cards = Array.from({ length: CARDS }, (_, card) => {
        const at = team * CARDS + card;
        return { player: `player ${this.players[at]}`, bonus: 1000 + 10 * (this.bonuses[at] as number) };
      });
      yield { team: nameOf(team), cards, leagues: [] };
    }
  }

  points(): [player: string, points: number][] {
    return Array.from(this.#points, (points, player) => [`player ${player}`, points]);
  }

  /** So many players, stars more often than others, get up to 10 points each. */
  change(players: number): Map<number, number> {
    const changed = new Map<number, number>();
    while (changed.size < players) {
      const player = this.#star();
      if (changed.has(player)) continue;
      const more = (1 + this.#below(20)) / 2;
      this.#points[player] = (this.#points[player] as number) + more;
      changed.set(player, more);
    }
    return changed;
  }

  pointsOf(player: number): number {
    return this.#points[player] as number;
  }

  /** The square of a uniform number: of 180 players the first is on half of all teams, the last on 3 of 100. */
  #star(): number {
    return Math.floor(PLAYERS * this.#random() ** 2);
  }

  #has(player: number, from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (this.players[at] === player) return true;
    return false;
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }
}

export function nameOf(team: number): string {
  return `team-${String(team).padStart(7, '0')}`;
}
