import { MAX_APPLIED_OPERATIONS } from '../score-store.ts';
import { placeOf } from './groups.ts';
import { packCounts, packTexts, packUint16s } from './packing.ts';

/** What a batch counts of the players of one product. */
interface OfProduct {
  readonly names: Map<string, number>;
  readonly players: Map<string, number>;
  /** The places of counters by those of their name and player. */
  readonly places: Map<number, number>;
}

/** Lists of apply.lua. */
export interface PackedCounters {
  readonly products: Buffer;
  readonly counterNames: Buffer;
  readonly players: Buffer;
  readonly counters: Buffer;
}

/**
 * The counters that a batch adds to, each with a place. Names and players are groups of their product, and so have slots: a text is packed once
 * for each product, and the players of one product are asked of Redis in one go.
 */
export class CounterPlaces {
  readonly #products = new Map<string, OfProduct>();
  /** Of each counter: product, place of its name there, place of its player there. */
  readonly #counters: (readonly [OfProduct, name: number, player: number])[] = [];

  get products(): readonly string[] {
    return [...this.#products.keys()];
  }

  get size(): number {
    return this.#counters.length;
  }

  placeOf(product: string, player: string, counter: string): number {
    let of = this.#products.get(product);
    if (of === undefined) {
      of = { names: new Map(), players: new Map(), places: new Map() };
      this.#products.set(product, of);
    }
    const name = placeOf(of.names, counter);
    const ofPlayer = placeOf(of.players, player);
    const key = (MAX_APPLIED_OPERATIONS + 1) * name + ofPlayer;
    let place = of.places.get(key);
    if (place === undefined) {
      place = this.#counters.push([of, name, ofPlayer]);
      of.places.set(key, place);
    }
    return place;
  }

  /** How many players each product has. */
  playerCounts(): readonly number[] {
    return Array.from(this.#products.values(), ({ players }) => players.size);
  }

  pack(): PackedCounters {
    const names: string[] = [];
    const players: string[] = [];
    const before = new Map<OfProduct, readonly [names: number, players: number]>();
    for (const of of this.#products.values()) {
      before.set(of, [names.length, players.length]);
      for (const name of of.names.keys()) names.push(name);
      for (const player of of.players.keys()) players.push(player);
    }
    const slots: number[] = [];
    for (const [of, name, player] of this.#counters) {
      const [namesBefore, playersBefore] = before.get(of) ?? [0, 0];
      slots.push(namesBefore + name, playersBefore + player);
    }
    return {
      products: packCounts(Array.from(this.#products, ([id, of]) => [id, of.names.size] as const)),
      counterNames: packTexts(names),
      players: packTexts(players),
      counters: packUint16s(slots),
    };
  }
}
