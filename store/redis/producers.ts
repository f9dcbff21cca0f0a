import { assert } from '../../runtime/errors.ts';
import { partsOf, recognitionMs } from '../once.ts';
import { partitionOfProducer } from '../partitions.ts';
import type { ClaimVerdict, OnceVerdict, ScoreStore, StoreOptions } from '../score-store.ts';
import type { Keys } from './keys.ts';
import { parseRefusals } from './refusals.ts';
import type { RunScript } from './scripts.ts';

type Producers = Pick<ScoreStore, 'claimProducer' | 'beginOnce'>;
type ClaimReply = [latest: Buffer] | [claim: Buffer, last: Buffer, refused: Buffer];

/** What is remembered of producers and uses of idempotency keys; their parts are settled by apply.lua. */
export function createProducers(run: RunScript, keys: Keys, options: StoreOptions): Producers {
  const producerRetentionMs = String(options.producerRetentionMs);
  const onceTimes = [options.onceRetentionMs, recognitionMs(options.onceRetentionMs)].map(String);
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
      const home = homeOf(key);
      const reply = await run('begin-once', [home.once(key)], [...onceTimes, bodyHash]);
      if (reply === 0) return { ok: false };
      const [period, hadBegun] = reply as [period: number, hadBegun: number];
      const id = partsOf(key, bodyHash, period);
      if (hadBegun === 0) return { ok: true, id, rejected: new Map() };
      const refused = await run('read-refusals', [home.producer(id)], [], 'bytes');
      return { ok: true, id, rejected: parseRefusals(refused as Buffer) };
    },
  };
}
