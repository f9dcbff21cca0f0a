import { assert } from '../../runtime/errors.ts';
import { partitionOfProducer } from '../partitions.ts';
import type { OnceVerdict, ProducerClaim, ScoreStore, StoreOptions } from '../score-store.ts';
import type { Keys } from './keys.ts';
import { parseRefusals } from './refusals.ts';
import type { RunScript } from './scripts.ts';

type Producers = Pick<ScoreStore, 'claimProducer' | 'beginOnce'>;
type ClaimReply = [claim: Buffer, last: Buffer, refused: Buffer];

/** What is remembered of producers and idempotency keys; their parts are settled by apply.lua. */
export function createProducers(run: RunScript, keys: Keys, options: StoreOptions): Producers {
  const producerRetentionMs = String(options.producerRetentionMs);
  const onceRetentionMs = String(options.onceRetentionMs);
  const homeOf = (id: string) => {
    const home = keys.partitions[partitionOfProducer(id, keys.partitions.length)];
    assert(home, 'a producer has a home partition');
    return home;
  };

  return {
    async claimProducer(producer): Promise<ProducerClaim> {
      const home = homeOf(producer);
      const args = [producerRetentionMs, ''];
      const reply = await run('claim-producer', [home.producer(producer)], args, 'bytes');
      const [claim, , refused] = reply as ClaimReply;
      const others = keys.partitions.filter((partition) => partition !== home);
      const replies = await Promise.all(
        others.map((partition) =>
          run(
            'claim-producer',
            [partition.producer(producer)],
            [producerRetentionMs, String(claim)],
            'bytes',
          ),
        ),
      );
      return {
        claim: Number(claim),
        last: Math.max(...[reply, ...replies].map((each) => Number((each as ClaimReply)[1]))),
        rejected: parseRefusals(refused),
      };
    },

    async beginOnce(key, bodyHash): Promise<OnceVerdict> {
      const args = [onceRetentionMs, bodyHash];
      const refused = await run('begin-once', [homeOf(key).producer(key)], args, 'bytes');
      return refused === 0 ? { ok: false } : { ok: true, rejected: parseRefusals(refused as Buffer) };
    },
  };
}
