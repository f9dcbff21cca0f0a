import { fromMillionths, fromThousandths } from '../scoring/fantasy/amount.ts';
import type { CardKinds } from './card-kinds.ts';
import type {
  LeaguePage,
  RankedTeam,
  Recomputation,
  TeamState,
  TickResult,
  Watched,
} from './contest-types.ts';
import type { Leagues } from './leagues.ts';
import { LEAGUE_OF_ALL, MAX_PAGE_ROWS } from './limits.ts';
import type { OrderScratch } from './order.ts';
import type { Players } from './players.ts';
import { type Refused, refuse } from './refusal.ts';
import type { Scores } from './scores.ts';
import { Standing } from './standing.ts';
import type { Teams } from './teams.ts';

const MAX_LISTED_DIFFERENCES = 100;

interface Parts {
  readonly players: Players;
  readonly kinds: CardKinds;
  readonly teams: Teams;
  readonly scores: Scores;
  readonly leagues: Leagues;
  readonly scratch: OrderScratch;
}

/** What is read of a contest whose scores are settled. All teams are put in order once after a change, when somebody asks. */
export class ContestReads {
  readonly #parts: Parts;
  readonly #all: Standing;
  #version = -1;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#all = new Standing(parts.scratch);
  }

  watched({ leagues, teams }: Watched): TickResult {
    const { scores } = this.#parts;
    const ranks = new Uint32Array(teams.length);
    const values = new Float64Array(teams.length);
    for (const [index, name] of teams.entries()) {
      const team = this.#parts.teams.names.find(name);
      if (team === undefined) continue;
      const score = scores.column[team] as number;
      ranks[index] = this.#inOrder().rankOf(score);
      values[index] = fromMillionths(score);
    }
    return {
      version: scores.version,
      total: this.#parts.teams.count,
      leagues: leagues.map(({ league, limit }) => ({ league, rows: this.#top(league, limit) })),
      ranks,
      scores: values,
    };
  }

  page(league: string, offset: number, limit: number): LeaguePage | Refused {
    if (limit > MAX_PAGE_ROWS) return refuse('too_large', `A page has at most ${MAX_PAGE_ROWS} rows`);
    const ordered = this.#league(league);
    if (ordered === undefined) return refuse('not_found', `There is no league ${JSON.stringify(league)}`);
    const { standing, teamOf } = ordered;
    const places = standing.slice(offset, limit);
    let rank = 0;
    let previous: number | undefined;
    const rows = Array.from(places, (place, index): RankedTeam => {
      const team = teamOf(place);
      const score = this.#parts.scores.column[team] as number;
      if (previous === undefined) rank = standing.rankOf(score);
      else if (score !== previous) rank = offset + index + 1;
      previous = score;
      return { rank, team: this.#parts.teams.names.text(team), score: fromMillionths(score) };
    });
    return { league, total: standing.places, rows };
  }

  ranks(): Uint32Array {
    const ranks = new Uint32Array(this.#parts.teams.count);
    this.#inOrder().writeRanks(ranks);
    return ranks;
  }

  team(name: string): TeamState | Refused {
    const { teams, players, kinds, leagues, scores } = this.#parts;
    const team = teams.names.find(name);
    if (team === undefined) return refuse('not_found', `There is no team ${JSON.stringify(name)}`);
    const score = scores.column[team] as number;
    const base = teams.baseOf(team);
    const ranks = Array.from(teams.rosters.leaguesOf(team), (league): [string, number] => [
      leagues.names.text(league),
      leagues.rankOf(league, score),
    ]);
    return {
      team: name,
      rank: this.#inOrder().rankOf(score),
      score: fromMillionths(score),
      total: teams.count,
      cards: Array.from(teams.rosters.cardsOf(team), (kind) => ({
        player: players.nameOf(kinds.playerOf(kind)),
        bonus: fromThousandths(kinds.bonusOf(kind)),
        points: fromThousandths(players.pointsOf(kinds.playerOf(kind))),
      })),
      leagues: Object.fromEntries(ranks),
      ...(base === 0 ? {} : { carried: fromMillionths(base) }),
    };
  }

  recompute(): Recomputation {
    const { scores, teams } = this.#parts;
    const differences: Recomputation['differences'][number][] = [];
    const corrected = scores.recompute((team, was, is) => {
      if (differences.length === MAX_LISTED_DIFFERENCES) return;
      differences.push({ team: teams.names.text(team), was: fromMillionths(was), is: fromMillionths(is) });
    });
    return { checked: teams.count, corrected, differences };
  }

  get memoryBytes(): number {
    return this.#all.memoryBytes;
  }

  #top(league: string, limit: number): TickResult['leagues'][number]['rows'] {
    const ordered = this.#league(league);
    if (ordered === undefined) return [];
    const { standing, teamOf } = ordered;
    return Array.from(standing.slice(0, Math.min(limit, MAX_PAGE_ROWS)), (place) => {
      const team = teamOf(place);
      return [this.#parts.teams.names.text(team), fromMillionths(this.#parts.scores.column[team] as number)];
    });
  }

  #league(league: string): { standing: Standing; teamOf: (place: number) => number } | undefined {
    if (league === LEAGUE_OF_ALL) return { standing: this.#inOrder(), teamOf: (place) => place };
    const number = this.#parts.leagues.names.find(league);
    if (number === undefined) return undefined;
    const { members, standing } = this.#parts.leagues.inOrder(number);
    return { standing, teamOf: (place) => members[place] as number };
  }

  #inOrder(): Standing {
    const { scores, teams } = this.#parts;
    if (this.#version !== scores.version) {
      this.#all.update(scores.column, teams.count, scores.unit);
      this.#version = scores.version;
    }
    return this.#all;
  }
}
