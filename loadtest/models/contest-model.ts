import type { Rows, State } from '../../protocol/views.ts';
import { SeededRandom } from '../../scoring/cricket/seeded-random.ts';
import { fromMillionths, readBonus } from '../../scoring/fantasy/amount.ts';
import { POINT_SYSTEMS } from '../../scoring/fantasy/match-points.ts';
import type { Api } from '../api.ts';
import { Problems } from '../problems.ts';
import type { Model, ModelVerdict } from '../scenario.ts';
import type { MatchModel } from './match-model.ts';

const SYSTEM = 'dream11-t20-2020';
const CARDS = 11;
/** Of the first cards; the others count once. */
const BONUSES = [2, 1.5];
const TOP = 100;
const PAGE_ROWS = 1000;
/** Points of the last balls come with a tick of their own after them. */
const SETTLE_MS = 10_000;
const LOOK_MS = 100;

interface Card {
  readonly player: string;
  readonly bonus: number;
}
interface Team {
  readonly team: string;
  readonly cards: readonly Card[];
}
interface Ranked {
  readonly rank: number;
  readonly team: string;
  readonly score: number;
}

/** A fantasy contest that matches feed. What it should show is computed anew from all balls that were acknowledged, team by team. */
export class ContestModel implements Model {
  readonly id: string;
  readonly teams: readonly Team[];
  readonly #matches: readonly MatchModel[];
  readonly #players: readonly string[];

  constructor(id: string, matches: readonly MatchModel[], options: { teams: number; seed: number }) {
    this.id = id;
    this.#matches = matches;
    this.#players = [...new Set(matches.flatMap(({ players }) => players))];
    const random = new SeededRandom(options.seed);
    this.teams = Array.from({ length: options.teams }, (_, index) => ({
      team: `team-${index}`,
      cards: drawCards(this.#players, random),
    }));
  }

  async prepare(api: Api): Promise<void> {
    const path = `/v1/tournaments/${this.id}`;
    const matches = this.#matches.map(({ id }) => ({ match: id, system: SYSTEM }));
    await api.call('PUT', path, { players: this.#players, matches });
    const { accepted } = await api.upload(`${path}/teams`, this.teams);
    if (accepted !== this.teams.length)
      throw new Error(`${accepted} of ${this.teams.length} teams were taken`);
    await api.call('POST', `${path}/start`, {});
  }

  async check(api: Api, channels: ReadonlySet<string>): Promise<ModelVerdict> {
    const problems = new Problems();
    const shouldBe = this.#standings();
    const isUncertain = this.#matches.some(({ hasUnknown }) => hasUnknown);
    let shown = await this.#readLeague(api);
    const until = performance.now() + SETTLE_MS;
    while (!isUncertain && differing(shown, shouldBe) !== undefined && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      shown = await this.#readLeague(api);
    }
    const place = isUncertain ? undefined : differing(shown, shouldBe);
    if (place !== undefined) {
      const [is, should] = [shown[place], shouldBe[place]].map((row) => JSON.stringify(row));
      problems.add(`${this.id}: at place ${place + 1} is ${is} instead of ${should}`);
    }
    const states = new Map<string, State>();
    const top = shown.slice(0, TOP).map(({ team, score }) => [team, score]) as unknown as Rows;
    states.set(`league:${this.id}:all`, top);
    for (const { team, rank, score } of shown) {
      const channel = `team:${this.id}:${team}`;
      if (channels.has(channel)) states.set(channel, { member: team, total: shown.length, rank, score });
    }
    return { problems: problems.list(), states };
  }

  async remove(api: Api): Promise<void> {
    await api.call('DELETE', `/v1/tournaments/${this.id}`);
  }

  /** Best first; among equals whoever was registered first. */
  #standings(): readonly Ranked[] {
    const points = new Map<string, number>();
    for (const match of this.#matches) {
      for (const [player, thousandths] of match.points(POINT_SYSTEMS[SYSTEM])) {
        points.set(player, (points.get(player) ?? 0) + thousandths);
      }
    }
    const scored = this.teams.map(({ team, cards }) => ({
      team,
      millionths: cards.reduce(
        (sum, { player, bonus }) => sum + (readBonus(bonus) ?? 0) * (points.get(player) ?? 0),
        0,
      ),
    }));
    // The sort is stable, so equals stay in the order in which they were registered.
    const sorted = scored.toSorted((a, b) => b.millionths - a.millionths);
    const ranked: Ranked[] = [];
    for (const [index, { team, millionths }] of sorted.entries()) {
      const score = fromMillionths(millionths);
      const before = ranked[index - 1];
      ranked.push({ rank: before?.score === score ? before.rank : index + 1, team, score });
    }
    return ranked;
  }

  async #readLeague(api: Api): Promise<readonly Ranked[]> {
    const rows: Ranked[] = [];
    for (;;) {
      const query = `limit=${PAGE_ROWS}&offset=${rows.length}`;
      const page = await api.call('GET', `/v1/tournaments/${this.id}/leagues/all?${query}`);
      rows.push(...page.rows);
      if (page.rows.length < PAGE_ROWS) return rows;
    }
  }
}

/** Stars come first in the list of players, and are drawn most. */
function drawCards(players: readonly string[], random: SeededRandom): readonly Card[] {
  const left = [...players];
  return Array.from({ length: Math.min(CARDS, players.length) }, (_, place) => {
    const [player = ''] = left.splice(Math.floor(random.next() ** 2 * left.length), 1);
    return { player, bonus: BONUSES[place] ?? 1 };
  });
}

/** The first place at which they differ. */
function differing(some: readonly Ranked[], others: readonly Ranked[]): number | undefined {
  for (let place = 0; place < Math.max(some.length, others.length); place++) {
    const [one, other] = [some[place], others[place]];
    if (one?.team !== other?.team || one?.rank !== other?.rank || one?.score !== other?.score) return place;
  }
  return undefined;
}
