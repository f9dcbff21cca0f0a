import type { ProductConfig } from '../../protocol/products.ts';
import { assert } from '../../runtime/errors.ts';
import { partitionOfProduct } from '../partitions.ts';
import type { ScoreStore, StoreOptions } from '../score-store.ts';
import { listIds } from './id-lists.ts';
import type { Keys } from './keys.ts';
import { readHashes } from './read-hashes.ts';
import { parseProductConfig } from './replies.ts';
import type { RunScript } from './scripts.ts';

type Products = Pick<ScoreStore, 'configureProduct' | 'readProducts' | 'listProducts'>;

/** Settings of products, as JSON. */
export function createProducts(run: RunScript, keys: Keys, options: StoreOptions): Products {
  const partitions = keys.partitions.length;
  return {
    async configureProduct(product, config, acceptedAt): Promise<void> {
      const partition = keys.partitions[partitionOfProduct(product, partitions)];
      assert(partition, 'a product has a partition');
      const { products, productIds, position, log } = partition;
      await run(
        'configure-product',
        [products, productIds, position, log],
        [product, JSON.stringify(config), String(acceptedAt), String(options.logOperations)],
      );
    },

    async readProducts(products): Promise<readonly (ProductConfig | undefined)[]> {
      const configs = await readHashes(run, products, (product) => {
        const partition = partitionOfProduct(product, partitions);
        return { partition, key: keys.partitions[partition]?.products ?? '' };
      });
      return configs.map((json) => (json === '' ? undefined : parseProductConfig(json)));
    },

    async listProducts({ after, limit }): Promise<readonly string[]> {
      const ids = keys.partitions.map(({ productIds }) => productIds);
      return listIds(run, ids, { after, limit });
    },
  };
}
