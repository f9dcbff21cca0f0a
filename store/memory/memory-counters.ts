import type { CountOperation, PlayerQuery } from '../score-store.ts';
import { type Effect, NOT_FINITE } from './effect.ts';

/** What is counted of the players of a product. */
interface ProductCounters {
  /** Names of counters. */
  readonly names: Set<string>;
  /** By player, then by name. */
  readonly players: Map<string, Map<string, number>>;
}

/** The counters of the players of one partition. */
export class MemoryCounters {
  readonly #products = new Map<string, ProductCounters>();

  apply({ product, player, counter, by }: CountOperation, maxNames: number): Effect {
    if (!Number.isFinite(by)) return NOT_FINITE;
    let ofProduct = this.#products.get(product);
    const known = ofProduct?.players.get(player);
    const previous = known?.get(counter);
    const value = (previous ?? 0) + by;
    const isNew = previous === undefined && ofProduct?.names.has(counter) !== true;
    if (isNew && (ofProduct?.names.size ?? 0) >= maxNames) return { code: 'too_large' };
    if (!Number.isFinite(value)) return NOT_FINITE;
    if (ofProduct === undefined) {
      ofProduct = { names: new Set(), players: new Map() };
      this.#products.set(product, ofProduct);
    }
    if (isNew) ofProduct.names.add(counter);
    if (known !== undefined) known.set(counter, value);
    else ofProduct.players.set(player, new Map([[counter, value]]));
    return value === previous ? 'unchanged' : 'changed';
  }

  read({ product, player }: PlayerQuery): ReadonlyMap<string, number> {
    return new Map(this.#products.get(product)?.players.get(player));
  }
}
