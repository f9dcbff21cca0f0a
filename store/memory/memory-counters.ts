import type { CountOperation, PlayerQuery } from '../score-store.ts';
import { type Effect, NOT_FINITE } from './effect.ts';

/** The counters of the players of one partition. */
export class MemoryCounters {
  /** By product and player; the former has no colon. */
  readonly #players = new Map<string, Map<string, number>>();
  /** Names of counters, by product. */
  readonly #names = new Map<string, Set<string>>();

  apply({ product, player, counter, by }: CountOperation, maxNames: number): Effect {
    if (!Number.isFinite(by)) return NOT_FINITE;
    const names = this.#names.get(product) ?? new Set();
    if (!names.has(counter) && names.size >= maxNames) return { code: 'too_large' };
    const key = `${product}:${player}`;
    const counters = this.#players.get(key) ?? new Map<string, number>();
    const previous = counters.get(counter);
    const value = (previous ?? 0) + by;
    if (!Number.isFinite(value)) return NOT_FINITE;
    this.#names.set(product, names.add(counter));
    this.#players.set(key, counters.set(counter, value));
    return value === previous ? 'unchanged' : 'changed';
  }

  read({ product, player }: PlayerQuery): ReadonlyMap<string, number> {
    return new Map(this.#players.get(`${product}:${player}`));
  }
}
