import { ContestModel } from '../../contest/contest-model.contract.ts';
import { packLines } from '../../contest/pack-lines.ts';
import type { State } from '../../protocol/views.ts';
import { readBonus } from '../../scoring/fantasy/amount.ts';
import type { MemoryScoreStore } from '../../store/memory/memory-store.ts';
import { partitionOfTournament } from '../../store/partitions.ts';

const CUP = 'cup';
const PLAYERS = ['ann', 'bob', 'cat'];
const BONUSES = [1, 1.5, 2];
export const CONTEST_CHANNELS = [
  `league:${CUP}:all`,
  `league:${CUP}:home`,
  `team:${CUP}:t1`,
  `team:${CUP}:t7`,
];

/** A contest whose points and teams change, and what its channels must hold by the plainest computation. */
export class SimulatedContest {
  readonly #store: MemoryScoreStore;
  readonly #random: () => number;
  readonly #model = new ContestModel();
  /** As registered before the start. */
  readonly #registered = new Map<string, ReturnType<SimulatedContest['roster']>>();

  constructor(store: MemoryScoreStore, random: () => number) {
    this.#store = store;
    this.#random = random;
  }

  async start(): Promise<void> {
    await this.#store.configureTournament(CUP, {}, 0);
    for (const team of ['t1', 't2', 't3', 't4']) {
      const roster = this.roster();
      this.#registered.set(team, roster);
      this.#model.put(team, roster.cards, roster.leagues);
      const { packed } = packLines(Buffer.from(JSON.stringify({ team, ...roster })), 1);
      if (packed !== undefined) await this.#store.addTeams(CUP, packed, 0);
    }
    await this.#store.startTournament(CUP, 0);
    this.#model.isStarted = true;
  }

  /** One player gets other points, or one team other cards. */
  async change(at: number): Promise<void> {
    if (this.#random() < 0.2) return this.#changeTeam(`t${1 + Math.floor(this.#random() * 7)}`, at);
    const player = this.#pick(PLAYERS);
    const points = Math.floor(this.#random() * 100_000) - 20_000;
    this.#model.points.set(player, BigInt(points));
    const partition = partitionOfTournament(CUP, this.#store.partitions);
    const operations = [{ op: 'points', tournament: CUP, player, points }] as const;
    await this.#store.apply({ partition, acceptedAt: at, parts: [{ operations }] });
  }

  /** Of a channel of the contest. */
  stateOf(channel: string): State | undefined {
    const [type, tournament, name = ''] = channel.split(':');
    if (tournament !== CUP) return undefined;
    if (type === 'league') return this.#model.league(name).map(({ team, score }) => [team, score]);
    const all = this.#model.league('all');
    const found = all.find(({ team }) => team === name);
    const member = { member: name, total: all.length };
    return found === undefined ? member : { ...member, rank: found.rank, score: found.score };
  }

  async #changeTeam(team: string, at: number): Promise<void> {
    const roster = this.roster();
    const registered = this.#registered.get(team);
    const stored = (cards: typeof roster.cards) =>
      cards.map(({ player, bonus }) => ({ player, bonus: readBonus(bonus) ?? 0 }));
    const verdict = await this.#store.putTeam(
      CUP,
      {
        ...{ team, cards: stored(roster.cards), leagues: roster.leagues },
        ...(registered === undefined ? {} : { registered: stored(registered.cards) }),
      },
      at,
    );
    if (verdict.ok && verdict.outcome !== 'unchanged') this.#model.put(team, roster.cards, roster.leagues);
  }

  roster() {
    const players = PLAYERS.filter(() => this.#random() < 0.6);
    const cards = (players.length === 0 ? PLAYERS.slice(0, 1) : players).map((player) => ({
      player,
      bonus: this.#pick(BONUSES),
    }));
    return { cards, leagues: this.#random() < 0.5 ? ['home'] : [] };
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }
}
