/** A fantasy contest as anybody would compute it: every team by itself, in whole millionths, sorted anew for each question. */

export interface ModelTeam {
  readonly team: string;
  readonly leagues?: readonly string[];
  readonly cards: readonly { readonly player: string; readonly bonus: number }[];
}

interface Entry {
  readonly cards: ModelTeam['cards'];
  readonly leagues: readonly string[];
  /** What it is more than its cards would bring, in millionths. */
  readonly base: bigint;
}

export interface ModelRow {
  readonly rank: number;
  readonly team: string;
  readonly score: number;
}

const thousandths = (value: number): bigint => BigInt(Math.round(value * 1000));

export class ContestModel {
  /** In the order of registration, which a team keeps. */
  readonly #teams = new Map<string, Entry>();
  readonly #points = new Map<string, bigint>();

  get size(): number {
    return this.#teams.size;
  }

  register({ team, cards, leagues = [] }: ModelTeam): void {
    this.#teams.set(team, { cards, leagues, base: 0n });
  }

  /** After the start: what it has scored stays. */
  put({ team, cards, leagues = [] }: ModelTeam): void {
    const known = this.#teams.get(team);
    const score = known === undefined ? 0n : this.#scoreOf(known);
    this.#teams.set(team, { cards, leagues, base: score - this.#worth(cards) });
  }

  setPoints(player: string, points: number): void {
    this.#points.set(player, thousandths(points));
  }

  pointsOf(player: string): number {
    return Number(this.#points.get(player) ?? 0n) / 1000;
  }

  /** All of a league, best first. */
  table(league: string): readonly ModelRow[] {
    const members = [...this.#teams]
      .filter(([, { leagues }]) => league === 'all' || leagues.includes(league))
      .map(([team, entry], place) => ({ team, place, score: this.#scoreOf(entry) }));
    members.sort((a, b) => (a.score === b.score ? a.place - b.place : a.score < b.score ? 1 : -1));
    let rank = 0;
    return members.map(({ team, score }, index) => {
      if (index === 0 || members[index - 1]?.score !== score) rank = index + 1;
      return { rank, team, score: Number(score) / 1e6 };
    });
  }

  #scoreOf({ cards, base }: Entry): bigint {
    return base + this.#worth(cards);
  }

  #worth(cards: ModelTeam['cards']): bigint {
    return cards.reduce(
      (sum, { player, bonus }) => sum + thousandths(bonus) * (this.#points.get(player) ?? 0n),
      0n,
    );
  }
}
