import { describe, expect, test } from 'vitest';
import type { ProductConfig } from '../protocol/products.ts';
import { partitionOfProduct } from './partitions.ts';
import { apply, type CreateStore, delta, openStores, readEntries, takeNames } from './support.contract.ts';

export function productsContract(createStore: CreateStore): void {
  describe('products', () => {
    const open = openStores(createStore);

    test('are read as they were configured last, by every client', async () => {
      const { store, connect } = await open();
      const other = await connect();
      expect(await store.readProducts(['g', '__proto__'])).toEqual([undefined, undefined]);
      expect(await store.readProducts([])).toEqual([]);
      await store.configureProduct('g', ODD, 1000);
      await store.configureProduct('__proto__', PLAIN, 1000);
      expect(await other.readProducts(['__proto__', 'none', 'g', '__proto__'])).toEqual([
        PLAIN,
        undefined,
        ODD,
        PLAIN,
      ]);
      await other.configureProduct('g', PLAIN, 1000);
      expect(await store.readProducts(['g'])).toEqual([PLAIN]);
    });

    test('are steps in the log of their partition, and mark nothing', async () => {
      const { store } = await open({ partitions: 3 });
      const partition = partitionOfProduct('g', 3);
      await store.configureProduct('g', ODD, 1001);
      await store.configureProduct('g', ODD, 1002);
      const step = { kind: 'configure-product', product: 'g', config: ODD };
      expect(await readEntries(store, partition)).toEqual([
        { ...step, from: 0, to: 1, at: 1001 },
        { ...step, from: 1, to: 2, at: 1002 },
      ]);
      expect(await takeNames(store)).toEqual({});
    });

    test('are listed in byte order, page by page, over all partitions', async () => {
      const { store } = await open();
      const ids = ['-', '.', '0', '10', '2', 'A', 'Z', '_', '__proto__', 'a', 'aa', 'ab', 'b', 'zz'];
      for (const id of [...ids].reverse()) await store.configureProduct(id, PLAIN, 1000);
      await store.configureProduct('a', ODD, 1000);
      await apply(store, [delta('board', 'ann', 1)]);
      expect(await store.listProducts({ limit: 100 })).toEqual(ids);
      const seen: string[] = [];
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await store.listProducts(after === undefined ? { limit: 4 } : { after, limit: 4 });
        seen.push(...page);
        if (page.length < 4) break;
      }
      expect(seen).toEqual(ids);
      expect(await store.listProducts({ after: 'aaa', limit: 1 })).toEqual(['ab']);
      expect(await store.listProducts({ after: 'zz', limit: 5 })).toEqual([]);
      expect((await store.listBoards({ limit: 100 })).map(({ id }) => id)).toEqual(['board']);
    });
  });
}

const PLAIN: ProductConfig = { leaderboards: [{ board: 'b', handler: 'wins' }], stats: 'default' };
const ODD: ProductConfig = {
  leaderboards: [
    {
      board: 'b',
      handler: 'elo',
      options: { k: 0.1 + 0.2, start: -1e21, text: '"é🏏\\ \n', list: [[], {}, null] },
    },
    { board: 'b@c', handler: '__proto__', options: {} },
    { board: 'constructor', handler: 'wins' },
  ],
  stats: 'own.stats',
};
