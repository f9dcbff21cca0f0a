import type { CountOperation, PlayerQuery } from '../score-store.ts';
import { type Effect, NOT_FINITE, type Undo } from './effect.ts';

/** What is counted of the players of a product. */
interface ProductCounters {
  /** The names of counters, each with a number that stands for it. */
  readonly names: Map<string, number>;
  /** By player: the numbers of names, each followed by what was counted. A player has only a few, for which a short list beats a map. */
  readonly players: Map<string, number[]>;
}

/** The counters of the players of one partition. */
export class MemoryCounters {
  readonly #products = new Map<string, ProductCounters>();

  apply({ product, player, counter, by }: CountOperation, maxNames: number, undo?: Undo): Effect {
    if (!Number.isFinite(by)) return NOT_FINITE;
    const known = this.#products.get(product);
    const name = known?.names.get(counter);
    if (name === undefined && (known?.names.size ?? 0) >= maxNames) return { code: 'too_large' };
    const counts = known?.players.get(player);
    const place = counts === undefined || name === undefined ? -1 : placeOf(counts, name);
    if (counts === undefined || place < 0) {
      const ofProduct = known ?? this.#add(product);
      addCounter(ofProduct, { player, counter, by: by + 0 }, counts);
      undo?.push(() => removeLatest(ofProduct, { player, counter, wasNew: name === undefined }));
      return 'changed';
    }
    const previous = counts[place] as number;
    const value = previous + by;
    if (!Number.isFinite(value)) return NOT_FINITE;
    counts[place] = value;
    undo?.push(() => {
      counts[place] = previous;
    });
    return value === previous ? 'unchanged' : 'changed';
  }

  read({ product, player }: PlayerQuery): ReadonlyMap<string, number> {
    const ofProduct = this.#products.get(product);
    const counts = ofProduct?.players.get(player);
    const read = new Map<string, number>();
    if (ofProduct === undefined || counts === undefined) return read;
    for (const [counter, name] of ofProduct.names) {
      const place = placeOf(counts, name);
      if (place >= 0) read.set(counter, counts[place] as number);
    }
    return read;
  }

  #add(product: string): ProductCounters {
    const added = { names: new Map(), players: new Map() };
    this.#products.set(product, added);
    return added;
  }
}

/** Where the counter's value is; negative where the player has none. */
function placeOf(counts: readonly number[], name: number): number {
  for (let i = 0; i < counts.length; i += 2) if (counts[i] === name) return i + 1;
  return -1;
}

function addCounter(
  { names, players }: ProductCounters,
  { player, counter, by }: { player: string; counter: string; by: number },
  counts: number[] | undefined,
): void {
  const name = names.get(counter) ?? names.size;
  names.set(counter, name);
  if (counts === undefined) players.set(player, [name, by]);
  else counts.push(name, by);
}

/** Takes back the counter that was added last. */
function removeLatest(
  { names, players }: ProductCounters,
  { player, counter, wasNew }: { player: string; counter: string; wasNew: boolean },
): void {
  const counts = players.get(player);
  counts?.splice(-2);
  if (counts?.length === 0) players.delete(player);
  // Names are numbered in order, and undone in the reverse one.
  if (wasNew) names.delete(counter);
}
