import { isText, TEXT_FORM } from '../protocol/names.ts';
import { fromThousandths, MAX_MILLIONTHS } from '../scoring/fantasy/amount.ts';
import type { CardKinds } from './card-kinds.ts';
import type { CheckedTeam } from './check-team.ts';
import { LEAGUE_OF_ALL, MAX_CARD_KINDS, MAX_LEAGUES, MAX_PLAYERS, MAX_TEAMS } from './limits.ts';
import type { Names } from './names.ts';
import type { Players } from './players.ts';
import { type Refused, refuse } from './refusal.ts';
import type { Roster } from './rosters.ts';
import type { Teams } from './teams.ts';

interface Parts {
  readonly players: Players;
  /** Whether only players that are known may be on cards and get points. */
  readonly isClosed: boolean;
  readonly kinds: CardKinds;
  readonly leagues: Names;
  readonly teams: Teams;
}

/**
 * Decides what may come into a contest, so that everything in it stays within its limits and every score is exact: no score is ever beyond
 *
 *     the greatest base + the heaviest team (sum of bonuses) × the greatest points of a player
 *
 * and what would bring that over 2^53 is refused, be it a team or points.
 */
export class Admission {
  readonly #parts: Parts;
  #heaviest = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The greatest sum of bonuses so far, in thousandths. */
  get heaviest(): number {
    return this.#heaviest;
  }

  /** In thousandths. */
  get maxPoints(): number {
    const room = MAX_MILLIONTHS - this.#parts.teams.greatestBase;
    return this.#heaviest === 0 ? room : Math.floor(room / this.#heaviest);
  }

  /** The number of the player, who is known from now on; changes nothing else. */
  admitPoints(name: string, points: number): number | Refused {
    const { players, isClosed } = this.#parts;
    const known = players.find(name);
    if (known === undefined && isClosed)
      return refuse('not_found', `There is no player ${JSON.stringify(name)}`);
    if (!isText(name)) return refuse('malformed', `"player" must be ${TEXT_FORM}`);
    if (known === undefined && players.count === MAX_PLAYERS) {
      return refuse('too_large', `A tournament has at most ${MAX_PLAYERS} players`);
    }
    if (Math.abs(points) > this.maxPoints) {
      const most = fromThousandths(this.maxPoints);
      return refuse('too_large', `A score could exceed 2^53 millionths: here points are at most ${most}`);
    }
    return known ?? players.intern(name);
  }

  /** The team by numbers, all of which are known from now on; changes nothing else. */
  admitTeam(team: CheckedTeam, isNew: boolean): Roster | Refused {
    const refused = this.#checkRoom(team, isNew);
    if (refused !== undefined) return refused;
    const { players, kinds, leagues } = this.#parts;
    return {
      cards: team.cards.map(({ player, bonus }) => kinds.intern(players.intern(player), bonus)),
      leagues: team.leagues.map((league) => leagues.intern(league)),
    };
  }

  /** Whether scores stay exact with a team of such cards and such a base; counts with it from now on if so. */
  admitWeight(bonuses: number, base: number): Refused | undefined {
    const { players, teams } = this.#parts;
    const heaviest = Math.max(this.#heaviest, bonuses);
    const greatestBase = Math.max(teams.greatestBase, Math.abs(base));
    if (greatestBase + heaviest * players.greatestPoints > MAX_MILLIONTHS) {
      return refuse(
        'too_large',
        'With these bonuses and the points of the players a score could exceed 2^53 millionths',
      );
    }
    this.#heaviest = heaviest;
    return undefined;
  }

  #checkRoom({ cards, leagues: teamLeagues }: CheckedTeam, isNew: boolean): Refused | undefined {
    const { players, isClosed, kinds, leagues, teams } = this.#parts;
    if (isNew && teams.count >= MAX_TEAMS) {
      return refuse('too_large', `A tournament has at most ${MAX_TEAMS} teams`);
    }
    let [newPlayers, newKinds] = [0, 0];
    for (const { player: name, bonus } of cards) {
      const player = players.find(name);
      if (player === undefined && isClosed) {
        return refuse('not_found', `There is no player ${JSON.stringify(name)}`);
      }
      if (player === undefined) newPlayers++;
      if (player === undefined || kinds.find(player, bonus) === undefined) newKinds++;
    }
    if (players.count + newPlayers > MAX_PLAYERS) {
      return refuse('too_large', `A tournament has at most ${MAX_PLAYERS} players`);
    }
    if (kinds.count + newKinds > MAX_CARD_KINDS) {
      return refuse(
        'too_large',
        `A tournament has at most ${MAX_CARD_KINDS} different pairs of player and bonus`,
      );
    }
    if (leagues.count + teamLeagues.length > MAX_LEAGUES) {
      const newLeagues = teamLeagues.filter((league) => leagues.find(league) === undefined).length;
      if (leagues.count + newLeagues > MAX_LEAGUES) {
        return refuse(
          'too_large',
          `A tournament has at most ${MAX_LEAGUES} leagues besides "${LEAGUE_OF_ALL}"`,
        );
      }
    }
    return undefined;
  }
}
