import { createHash } from 'node:crypto';
import type { Logger } from '../../runtime/logger.ts';
import { partitionOfProducer } from '../../store/partitions.ts';
import type { ScoreStore, OnceVerdict as StoreVerdict } from '../../store/score-store.ts';
import type { Identity } from '../auth/identity.ts';
import type { OnceVerdict } from './ingest-types.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { ProducerBatch } from './producer-batch.ts';
import { RememberedRejections } from './remembered-rejections.ts';
import { type Loss, troubleOf } from './settlement.ts';
import { logStoreFailure, lossOf, STORE_RETRY_MS } from './store-failure.ts';

export interface PublishOnceDeps {
  readonly store: Pick<ScoreStore, 'beginOnce'>;
  readonly logger: Logger;
  readonly queues: readonly PartitionQueue[];
  readonly now: () => number;
}

/** A body under a key is a producer of one frame, which nobody ever takes over. */
export async function publishOnce(
  deps: PublishOnceDeps,
  once: { readonly key: string; readonly bodyHash: string },
  events: readonly unknown[],
  identity: Identity,
): Promise<OnceVerdict> {
  const { store, logger, queues } = deps;
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
  const { id, rejected } = begun;
  const home = partitionOfProducer(key, queues.length);
  const producer = { id, claim: 0, home, rejected: new RememberedRejections(rejected) };
  const outcome = await new ProducerBatch(queues, producer, [{ seq: 1, events, identity }], acceptedAt)
    .outcome;
  switch (outcome.status) {
    case 'settled': {
      const [frame] = outcome.frames;
      return { ok: true, applied: 0, duplicates: 0, rejected: [], ...frame };
    }
    case 'lost':
      return unsettled(outcome.loss);
    case 'conflict':
      logger.error({ key }, 'a key was claimed, which nothing ever does');
      return unsettled({ attempted: true, retryAfterMs: STORE_RETRY_MS });
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
