import { createHash } from 'node:crypto';
import type { Logger } from '../../runtime/logger.ts';
import { partitionOfProducer } from '../../store/partitions.ts';
import type { ScoreStore, OnceVerdict as StoreVerdict } from '../../store/score-store.ts';
import type { Identity } from '../auth/identity.ts';
import { NO_PRODUCTS, type ProductConfigs } from './expansion.ts';
import type { OnceVerdict } from './ingest-types.ts';
import { ProducerBatch, type ProducerBatchDeps } from './producer-batch.ts';
import { type ProductReader, productsOf } from './product-reader.ts';
import { RememberedRejections } from './remembered-rejections.ts';
import { type Loss, troubleOf } from './settlement.ts';
import { logStoreFailure, lossOf, STORE_RETRY_MS } from './store-failure.ts';

export interface PublishOnceDeps extends ProducerBatchDeps {
  readonly store: Pick<ScoreStore, 'beginOnce'>;
  readonly products: ProductReader;
  readonly logger: Logger;
  readonly now: () => number;
}

/** A body under a key is a producer of one frame, which nobody ever takes over. */
export async function publishOnce(
  deps: PublishOnceDeps,
  once: { readonly key: string; readonly bodyHash: string },
  events: readonly unknown[],
  identity: Identity,
): Promise<OnceVerdict> {
  const { store, logger } = deps;
  const acceptedAt = deps.now();
  const key = keyOf(identity.subject, once.key);
  let begun: StoreVerdict;
  try {
    begun = await store.beginOnce(key, once.bodyHash);
  } catch (error) {
    return unsettled(lossOf(error, logStoreFailure(logger, error, 'a key could not be looked up')));
  }
  if (!begun.ok) {
    return { ok: false, code: 'conflict', message: 'this key has been used with another body' };
  }
  const wanted = productsOf(events);
  let products: ProductConfigs = NO_PRODUCTS;
  try {
    if (wanted !== undefined) products = await deps.products.read(wanted);
  } catch (error) {
    return unsettled(lossOf(error, logStoreFailure(logger, error, 'settings of products could not be read')));
  }
  const { id, rejected } = begun;
  const home = partitionOfProducer(key, deps.queues.length);
  const producer = { id, claim: 0, home, rejected: new RememberedRejections(rejected), accepted: new Map() };
  const frame = { seq: 1, events, identity };
  const { outcome: settling } = new ProducerBatch(deps, producer, [frame], products, acceptedAt);
  const outcome = await settling;
  switch (outcome.status) {
    case 'settled': {
      const [frame] = outcome.frames;
      return { ok: true, applied: 0, duplicates: 0, rejected: [], ...frame };
    }
    case 'lost':
      return unsettled(outcome.loss);
    case 'conflict':
      logger.error({ key }, 'a key was claimed, which nothing ever does');
      return unsettled({ attempted: true, trouble: 'failed', retryAfterMs: STORE_RETRY_MS });
  }
}

/** Keys of different subjects have nothing to do with each other, and none looks like a producer. */
function keyOf(subject: string, key: string): string {
  return `once:${createHash('sha256').update(`${subject}\0${key}`).digest('base64url')}`;
}

export function unsettled(loss: Loss): OnceVerdict {
  const remedy = 'send the same again with the same key, which is safe';
  const message = `${troubleOf(loss)}, and not everything is settled: ${remedy}`;
  return { ok: false, code: 'unavailable', message, retryAfterMs: loss.retryAfterMs };
}
