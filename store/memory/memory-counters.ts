import type { CountOperation, PlayerQuery } from '../score-store.ts';
import { type Effect, NOT_FINITE } from './effect.ts';

/** The counters of the players of one partition. */
export class MemoryCounters {
  /** By dirty name, so that one text is made and hashed for both. */
  readonly #players = new Map<string, Map<string, number>>();
  /** Names of counters, by product. */
  readonly #names = new Map<string, Set<string>>();

  /** `name` is the dirty name of the player. */
  apply({ product, counter, by }: CountOperation, name: string, maxNames: number): Effect {
    if (!Number.isFinite(by)) return NOT_FINITE;
    const known = this.#players.get(name);
    const previous = known?.get(counter);
    const value = (previous ?? 0) + by;
    if (previous === undefined && !this.#mayHave(product, counter, maxNames)) return { code: 'too_large' };
    if (!Number.isFinite(value)) return NOT_FINITE;
    if (known !== undefined) known.set(counter, value);
    else this.#players.set(name, new Map([[counter, value]]));
    return value === previous ? 'unchanged' : 'changed';
  }

  #mayHave(product: string, counter: string, maxNames: number): boolean {
    const names = this.#names.get(product) ?? new Set();
    if (!names.has(counter) && names.size >= maxNames) return false;
    this.#names.set(product, names.add(counter));
    return true;
  }

  read({ product, player }: PlayerQuery): ReadonlyMap<string, number> {
    return new Map(this.#players.get(playerName(product, player)));
  }
}

export function playerName(product: string, player: string): string {
  return `player:${product}:${player}`;
}
