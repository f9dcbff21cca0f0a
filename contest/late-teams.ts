/**
 * The teams that came or changed since the postings were built. There are few of them: their scores are computed from their cards after each change
 * of points, and who is in which league is kept beside the postings. When they become many, the postings are built anew.
 */
export class LateTeams {
  readonly #teams = new Set<number>();
  readonly #members = new Map<number, Set<number>>();

  get count(): number {
    return this.#teams.size;
  }

  has(team: number): boolean {
    return this.#teams.has(team);
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#teams[Symbol.iterator]();
  }

  /** `before` is what the team was in, `leagues` what it is in now. */
  add(team: number, before: Iterable<number>, leagues: Iterable<number>): void {
    if (this.#teams.has(team)) for (const league of before) this.#members.get(league)?.delete(team);
    this.#teams.add(team);
    for (const league of leagues) {
      const members = this.#members.get(league);
      if (members === undefined) this.#members.set(league, new Set([team]));
      else members.add(team);
    }
  }

  /** Who is in the league, ascending, given who was in it by the postings. */
  membersOf(league: number, posted: Uint32Array): Uint32Array {
    if (this.#teams.size === 0) return posted;
    const late = this.#members.get(league);
    const kept = posted.filter((team) => !this.#teams.has(team));
    if (late === undefined || late.size === 0) return kept;
    const members = new Uint32Array(kept.length + late.size);
    members.set(kept);
    members.set([...late], kept.length);
    return members.sort();
  }

  clear(): void {
    this.#teams.clear();
    this.#members.clear();
  }
}
