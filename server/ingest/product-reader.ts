import { isId } from '../../protocol/names.ts';
import type { ProductConfig } from '../../protocol/products.ts';
import type { ScoreStore } from '../../store/score-store.ts';
import type { ProductConfigs } from './expansion.ts';

interface Flight {
  readonly products: Set<string>;
  readonly configs: Promise<ProductConfigs>;
}

/**
 * The settings of products as they are when they are asked for: what is published after they have changed is scored by the new ones, on
 * every node. So nothing is kept, and nobody joins a call that has begun; who asks meanwhile shares the next one.
 */
export class ProductReader {
  readonly #store: Pick<ScoreStore, 'readProducts'>;
  #current: Promise<unknown> = Promise.resolve();
  #next: Flight | undefined;

  constructor(store: Pick<ScoreStore, 'readProducts'>) {
    this.#store = store;
  }

  /** Rejects as the store does. */
  read(products: Iterable<string>): Promise<ProductConfigs> {
    this.#next ??= this.#plan();
    for (const product of products) this.#next.products.add(product);
    return this.#next.configs;
  }

  #plan(): Flight {
    const products = new Set<string>();
    const configs = this.#current.then(() => {
      this.#next = undefined;
      return this.#read([...products]);
    });
    this.#current = configs.catch(() => undefined);
    return { products, configs };
  }

  async #read(products: readonly string[]): Promise<ProductConfigs> {
    const found = await this.#store.readProducts(products);
    const configs = new Map<string, ProductConfig>();
    for (const [i, config] of found.entries()) {
      if (config !== undefined) configs.set(products[i] as string, config);
    }
    return configs;
  }
}

/** The products whose settings decide about some of these values, be they events or not; nothing where there is none. */
export function productsOf(events: readonly unknown[], products?: Set<string>): Set<string> | undefined {
  let found = products;
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as { readonly type?: unknown; readonly product?: unknown } | null | undefined;
    const type = event?.type;
    if (type === 'score' || (type !== 'result' && type !== 'track')) continue;
    const product = event?.product;
    if (typeof product !== 'string' || !isId(product)) continue;
    found ??= new Set();
    found.add(product);
  }
  return found;
}
