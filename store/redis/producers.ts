import { assert } from '../../runtime/errors.ts';
import { partitionOfProducer } from '../partitions.ts';
import type { ClaimVerdict, OnceVerdict, ScoreStore, StoreOptions } from '../score-store.ts';
import type { Keys } from './keys.ts';
import { parseRefusals } from './refusals.ts';
import type { RunScript } from './scripts.ts';

type Producers = Pick<ScoreStore, 'claimProducer' | 'beginOnce'>;
type ClaimReply = [latest: Buffer] | [claim: Buffer, last: Buffer, refused: Buffer];

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
    async claimProducer(producer, latest): Promise<ClaimVerdict> {
      const home = homeOf(producer);
      const args = [producerRetentionMs, String(latest)];
      const reply = await run('claim-producer', [home.producer(producer)], args, 'bytes');
      const [claim, last, refused] = reply as ClaimReply;
      if (refused === undefined) return { ok: false, latest: Number(claim) };
      const others = keys.partitions.filter((partition) => partition !== home);
      const told = [producerRetentionMs, String(claim)];
      const lasts = await Promise.all(
        others.map((partition) => run('adopt-claim', [partition.producer(producer)], told)),
      );
      return {
        ok: true,
        claim: Number(claim),
        last: Math.max(...[last, ...lasts].map(Number)),
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
