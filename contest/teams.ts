import { grown, resized } from './columns.ts';
import { greatestCommonDivisor } from './common-divisor.ts';
import { Names } from './names.ts';
import { type Roster, Rosters } from './rosters.ts';

/**
 * The teams of a contest, numbered by their place in the order of registration. What a team scores is its base and what its cards are
 * worth: the base is 0, but for a team that came or changed after the start, where it makes the score go on from what it was.
 */
export class Teams {
  readonly names = new Names();
  readonly rosters = new Rosters();
  /** Empty until a base is other than 0. */
  #bases = new Float64Array(0);
  #greatestBase = 0;
  #baseDivisor = 0;

  get count(): number {
    return this.rosters.count;
  }

  /** Signs aside; of all that there have been. */
  get greatestBase(): number {
    return this.#greatestBase;
  }

  /** Divides every base; 0 where they are all 0. */
  get baseDivisor(): number {
    return this.#baseDivisor;
  }

  baseOf(team: number): number {
    return this.#bases[team] ?? 0;
  }

  /** Writes the row of a team whose name is known already, at its place: behind the last one, or one that has a row. */
  write(team: number, roster: Roster, base: number): void {
    if (team === this.rosters.count) this.rosters.add(roster);
    else this.rosters.replace(team, roster);
    if (base === this.baseOf(team)) return;
    this.#bases = grown(this.#bases, Math.max(this.rosters.count, team + 1));
    this.#bases[team] = base;
    this.#greatestBase = Math.max(this.#greatestBase, Math.abs(base));
    this.#baseDivisor = greatestCommonDivisor(this.#baseDivisor, base);
  }

  isSame(team: number, { cards, leagues }: Roster): boolean {
    return isEqual(this.rosters.cardsOf(team), cards) && isEqual(this.rosters.leaguesOf(team), leagues);
  }

  scoreOf(team: number, kinds: Float64Array): number {
    return this.baseOf(team) + this.rosters.worthOf(team, kinds);
  }

  trim(): void {
    this.names.trim();
    this.rosters.trim();
    if (this.#bases.length > 0) this.#bases = resized(this.#bases, this.count);
  }

  get memoryBytes(): number {
    return this.names.memoryBytes + this.rosters.memoryBytes + this.#bases.byteLength;
  }
}

function isEqual(some: ArrayLike<number>, others: ArrayLike<number>): boolean {
  if (some.length !== others.length) return false;
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return true;
}
