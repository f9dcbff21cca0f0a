import { MAX_MILLIONTHS } from '../scoring/fantasy/amount.ts';
import type { CardKinds } from './card-kinds.ts';
import { resized } from './columns.ts';
import { greatestCommonDivisor } from './common-divisor.ts';
import type { LateTeams } from './late-teams.ts';
import type { Players } from './players.ts';
import { bytesOf, NO_POSTINGS, type Postings, postingsOf, turnAround } from './postings.ts';
import type { Teams } from './teams.ts';

interface Parts {
  readonly players: Players;
  readonly kinds: CardKinds;
  readonly teams: Teams;
  readonly late: LateTeams;
}

/**
 * The scores of all teams in millionths. A change of a player's points is added to the teams that have the player, kind of card by kind of card;
 * all sums are of whole numbers below 2^53, so they are what summing up anew would give.
 */
export class Scores {
  readonly #parts: Parts;
  #column = new Float64Array(0);
  #postings: Postings = NO_POSTINGS;
  #version = 0;
  #unit = 1;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** By place; valid until scores are settled again. */
  get column(): Float64Array {
    return this.#column;
  }

  /** Another one whenever a score may be another. */
  get version(): number {
    return this.#version;
  }

  /** Divides the distance of any two scores. */
  get unit(): number {
    return this.#unit;
  }

  /** From the cards of all teams, which count as late no more. */
  build(): void {
    const { kinds, teams, players } = this.#parts;
    this.#postings = turnAround(kinds.count, teams.rosters.cardRows);
    if (this.#column.length !== teams.count) this.#column = resized(this.#column, teams.count);
    players.takeChanges();
    this.recompute();
    this.#touch();
  }

  /** Brings points that changed, and teams that are late, into the scores. */
  settle(hasLateChanges: boolean): void {
    const { players, kinds, teams, late } = this.#parts;
    if (!players.hasChanges && !hasLateChanges) return;
    if (this.#column.length < teams.count) {
      this.#column = resized(this.#column, Math.ceil(teams.count * 1.05));
    }
    for (const [player, difference] of players.takeChanges()) {
      for (const kind of kinds.kindsOf(player)) this.#change(kind, difference);
    }
    if (late.count > 0) {
      // What the postings have added to them is of cards that they may not have any more.
      const worth = kinds.contributions(players.points);
      for (const team of late) this.#column[team] = teams.scoreOf(team, worth);
    }
    this.#touch();
  }

  /** Computes every score anew, and corrects those that differ in a bit. Says how many. */
  recompute(report: (team: number, was: number, is: number) => void = () => undefined): number {
    const { players, kinds, teams } = this.#parts;
    const worth = kinds.contributions(players.points);
    let corrected = 0;
    for (let team = 0; team < teams.count; team++) {
      const is = teams.scoreOf(team, worth);
      const was = this.#column[team] as number;
      if (is === was) continue;
      this.#column[team] = is;
      corrected++;
      report(team, was, is);
    }
    if (corrected > 0) this.#touch();
    return corrected;
  }

  get memoryBytes(): number {
    return this.#column.byteLength + bytesOf(this.#postings);
  }

  /** A difference can be twice as much as a score; half of it can't, and leaves every sum between what it was and what it will be. */
  #change(kind: number, difference: number): void {
    const bonus = this.#parts.kinds.bonusOf(kind);
    const millionths = difference * bonus;
    if (Number.isSafeInteger(millionths)) {
      this.#add(kind, millionths);
      return;
    }
    const half = Math.trunc(difference / 2);
    this.#add(kind, half * bonus);
    this.#add(kind, (difference - half) * bonus);
  }

  #add(kind: number, millionths: number): void {
    const column = this.#column;
    const holders = postingsOf(this.#postings, kind);
    for (let i = 0; i < holders.length; i++) {
      const team = holders[i] as number;
      column[team] = (column[team] as number) + millionths;
    }
  }

  #touch(): void {
    const { players, kinds, teams } = this.#parts;
    this.#version++;
    const unit = greatestCommonDivisor(kinds.bonusDivisor * players.pointsDivisor, teams.baseDivisor);
    this.#unit = unit === 0 || unit > MAX_MILLIONTHS ? 1 : unit;
  }
}
