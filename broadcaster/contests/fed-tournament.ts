import type { TournamentSettings } from '../../protocol/tournaments.ts';
import type { PointsOperation, ScoreStore } from '../../store/score-store.ts';
import { LinkedMatch } from './linked-match.ts';

type Store = Pick<ScoreStore, 'readContestTail' | 'readMatchEvents' | 'readMatches'>;

/** A tournament whose points come from matches: what players should have, and what they have as far as the store has told. */
export class FedTournament {
  readonly id: string;
  readonly #store: Store;
  readonly #stored = new Map<string, number>();
  /** By match and point system. */
  readonly #matches = new Map<string, LinkedMatch>();
  /** Totals that the store does not take; they are not said again and again. */
  readonly #refused = new Map<string, number>();
  #mark = '';
  #reached = 0;

  constructor(store: Store, id: string) {
    this.#store = store;
    this.id = id;
  }

  /** What is to be set so that every player has what the matches give. */
  async missing(): Promise<readonly PointsOperation[]> {
    const settings = await this.#readStored();
    if (settings?.matches === undefined) return [];
    const totals = await this.#totals(settings.matches);
    const players = new Set([...(settings.players ?? totals.keys()), ...this.#stored.keys()]);
    const operations: PointsOperation[] = [];
    for (const player of players) {
      // Who is in none of the matches any more has nothing.
      const points = totals.get(player) ?? 0;
      if (points === (this.#stored.get(player) ?? 0) || points === this.#refused.get(player)) continue;
      operations.push({ op: 'points', tournament: this.id, player, points, fed: true });
    }
    return operations;
  }

  noteRefused(operations: readonly PointsOperation[]): void {
    for (const { player, points } of operations) this.#refused.set(player, points);
  }

  async #totals(matches: NonNullable<TournamentSettings['matches']>): Promise<ReadonlyMap<string, number>> {
    const ofMatches = await Promise.all(
      matches.map(({ match, system }) => this.#linked(match, system).points()),
    );
    const totals = new Map<string, number>();
    for (const ofMatch of ofMatches) {
      for (const [player, points] of ofMatch) totals.set(player, (totals.get(player) ?? 0) + points);
    }
    return totals;
  }

  #linked(match: string, system: ConstructorParameters<typeof LinkedMatch>[2]): LinkedMatch {
    const key = `${system} ${match}`;
    const linked = this.#matches.get(key) ?? new LinkedMatch(this.#store, match, system);
    this.#matches.set(key, linked);
    return linked;
  }

  /** Nothing where there is no such tournament. */
  async #readStored(): Promise<TournamentSettings | undefined> {
    for (;;) {
      const tail = await this.#store.readContestTail(this.id, this.#reached);
      if (tail === undefined) return undefined;
      const isAnother = this.#mark !== '' && (tail.mark !== this.#mark || tail.changes < this.#reached);
      this.#mark = tail.mark;
      if (isAnother) {
        this.#stored.clear();
        this.#reached = 0;
        continue;
      }
      for (const [player, points] of tail.points) this.#stored.set(player, points);
      this.#reached = tail.reached;
      if (tail.reached >= tail.changes) return tail.settings;
    }
  }
}
