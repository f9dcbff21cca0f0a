import { grown, resized } from './columns.ts';
import type { Rows } from './postings.ts';

/** What a team holds: numbers of kinds of cards, and numbers of leagues. */
export interface Roster {
  readonly cards: ArrayLike<number>;
  readonly leagues: ArrayLike<number>;
}

/** A change of a row that is not the last one leaves its old place behind; beyond this share of all places they are given back. */
const MAX_WASTE = 0.25;

/** The rows of all teams in one column: the kinds of the cards of a team, then its leagues. A team is its place, from 0. */
export class Rosters {
  /** Where the row of a team begins. */
  #starts = new Uint32Array(0);
  #cardCounts = new Uint8Array(0);
  #leagueCounts = new Uint8Array(0);
  #rows = new Uint32Array(0);
  #count = 0;
  #end = 0;
  #wasted = 0;
  #memberships = 0;

  get count(): number {
    return this.#count;
  }

  /** How many leagues all teams are in, together. */
  get memberships(): number {
    return this.#memberships;
  }

  add(roster: Roster): number {
    const team = this.#count++;
    this.#starts = grown(this.#starts, team + 1);
    this.#cardCounts = grown(this.#cardCounts, team + 1);
    this.#leagueCounts = grown(this.#leagueCounts, team + 1);
    this.#append(team, roster);
    return team;
  }

  replace(team: number, roster: Roster): void {
    const length = this.#lengthOf(team);
    this.#memberships -= this.#leagueCounts[team] as number;
    if (length === roster.cards.length + roster.leagues.length) {
      this.#write(team, this.#starts[team] as number, roster);
      return;
    }
    this.#wasted += length;
    this.#append(team, roster);
    if (this.#wasted > this.#end * MAX_WASTE) this.#compact();
  }

  /** Valid until a team is added or replaced. */
  cardsOf(team: number): Uint32Array {
    const start = this.#starts[team] as number;
    return this.#rows.subarray(start, start + (this.#cardCounts[team] as number));
  }

  /** Valid until a team is added or replaced. */
  leaguesOf(team: number): Uint32Array {
    const start = (this.#starts[team] as number) + (this.#cardCounts[team] as number);
    return this.#rows.subarray(start, start + (this.#leagueCounts[team] as number));
  }

  /** Valid until a team is added or replaced. */
  get cardRows(): Rows {
    const endOf = (team: number): number =>
      (this.#starts[team] as number) + (this.#cardCounts[team] as number);
    return { column: this.#rows, teams: this.#count, startOf: (team) => this.#starts[team] as number, endOf };
  }

  /** Valid until a team is added or replaced. */
  get leagueRows(): Rows {
    const startOf = (team: number): number =>
      (this.#starts[team] as number) + (this.#cardCounts[team] as number);
    const endOf = (team: number): number => (this.#starts[team] as number) + this.#lengthOf(team);
    return { column: this.#rows, teams: this.#count, startOf, endOf };
  }

  isIn(team: number, league: number): boolean {
    return this.leaguesOf(team).includes(league);
  }

  /** What the cards of a team are worth together, given what each kind is worth. */
  worthOf(team: number, kinds: Float64Array): number {
    const start = this.#starts[team] as number;
    const end = start + (this.#cardCounts[team] as number);
    let sum = 0;
    for (let i = start; i < end; i++) sum += kinds[this.#rows[i] as number] as number;
    return sum;
  }

  trim(): void {
    this.#compact();
    this.#starts = resized(this.#starts, this.#count);
    this.#cardCounts = resized(this.#cardCounts, this.#count);
    this.#leagueCounts = resized(this.#leagueCounts, this.#count);
    this.#rows = resized(this.#rows, this.#end);
  }

  get memoryBytes(): number {
    const columns = [this.#starts, this.#cardCounts, this.#leagueCounts, this.#rows];
    return columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  #lengthOf(team: number): number {
    return (this.#cardCounts[team] as number) + (this.#leagueCounts[team] as number);
  }

  #append(team: number, roster: Roster): void {
    const at = this.#end;
    this.#end += roster.cards.length + roster.leagues.length;
    this.#rows = grown(this.#rows, this.#end);
    this.#write(team, at, roster);
  }

  #write(team: number, at: number, { cards, leagues }: Roster): void {
    this.#starts[team] = at;
    this.#cardCounts[team] = cards.length;
    this.#leagueCounts[team] = leagues.length;
    this.#memberships += leagues.length;
    this.#rows.set(cards, at);
    this.#rows.set(leagues, at + cards.length);
  }

  /** The rows in the order of the teams, without gaps. */
  #compact(): void {
    if (this.#wasted === 0) return;
    const rows = new Uint32Array(this.#end - this.#wasted);
    let end = 0;
    for (let team = 0; team < this.#count; team++) {
      const start = this.#starts[team] as number;
      const length = this.#lengthOf(team);
      rows.set(this.#rows.subarray(start, start + length), end);
      this.#starts[team] = end;
      end += length;
    }
    this.#rows = rows;
    this.#end = end;
    this.#wasted = 0;
  }
}
