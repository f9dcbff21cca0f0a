import { compareByteOrder } from '../protocol/names.ts';

/** What a contest is, said as plainly as possible: whole numbers without a limit, and everything computed anew whenever it is asked. */
export interface ModelTeam {
  cards: readonly { player: string; bonus: number }[];
  leagues: readonly string[];
  readonly registered: number;
  /** Of each player on its cards, the points from which on they count. */
  since: Map<string, bigint>;
  carried: bigint;
}

/** The digits of an amount without the point. */
export function exact(amount: number, decimals: number): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(amount)) as RegExpExecArray;
  return BigInt(`${sign}${whole}${fraction.padEnd(decimals, '0')}`);
}

export class ContestModel {
  readonly teams = new Map<string, ModelTeam>();
  readonly points = new Map<string, bigint>();
  isStarted = false;

  put(team: string, cards: ModelTeam['cards'], leagues: readonly string[]): void {
    const known = this.teams.get(team);
    const carried = known !== undefined && this.isStarted ? this.scoreOf(known) : 0n;
    const since = new Map(cards.map(({ player }) => [player, this.isStarted ? this.pointsOf(player) : 0n]));
    this.teams.set(team, {
      cards,
      leagues,
      registered: known?.registered ?? this.teams.size,
      since,
      carried,
    });
  }

  pointsOf(player: string): bigint {
    return this.points.get(player) ?? 0n;
  }

  scoreOf({ cards, since, carried }: ModelTeam): bigint {
    return cards.reduce((sum, { player, bonus }) => {
      return sum + exact(bonus, 3) * (this.pointsOf(player) - (since.get(player) ?? 0n));
    }, carried);
  }

  /** Best first. */
  league(league: string): { rank: number; team: string; score: number }[] {
    const members = [...this.teams]
      .filter(([, { leagues }]) => league === 'all' || leagues.includes(league))
      .map(([team, content]) => ({ team, content, score: this.scoreOf(content) }))
      .sort(
        (a, b) =>
          Number(b.score > a.score) - Number(b.score < a.score) ||
          a.content.registered - b.content.registered ||
          compareByteOrder(a.team, b.team),
      );
    return members.map(({ team, score }) => ({
      rank: 1 + members.filter((other) => other.score > score).length,
      team,
      score: Number(score) / 1e6,
    }));
  }
}
