import { assert } from '../../runtime/errors.ts';
import type { DirtyNames, ScoreStore } from '../score-store.ts';
import type { Keys } from './keys.ts';
import type { RunScript } from './scripts.ts';

type Ownership = Pick<ScoreStore, 'takeDirty' | 'acquireLease' | 'renewLease' | 'releaseLease'>;

/** What the owner of partitions does: hold a lease, and take what changed under its number. */
export function createOwnership(run: RunScript, keys: Keys): Ownership {
  return {
    async takeDirty(partitions, fence): Promise<readonly DirtyNames[] | 'fenced'> {
      const replies = await Promise.all(
        partitions.map((partition) => {
          const ofPartition = keys.partitions[partition];
          assert(ofPartition, 'dirty names are taken from a partition that exists');
          const { dirty, allDirty, fence: seen } = ofPartition;
          return run('take-dirty', [dirty, allDirty, seen], [String(fence)]);
        }),
      );
      const taken: DirtyNames[] = [];
      for (const [i, partition] of partitions.entries()) {
        const reply = replies[i];
        if (reply === 0) return 'fenced';
        taken.push(toDirtyNames(partition, reply as string[]));
      }
      return taken;
    },

    async acquireLease(name, owner, termMs) {
      const fence = await run('acquire-lease', [keys.lease(name)], [owner, String(termMs)]);
      return fence === 0 ? undefined : { fence: Number(fence) };
    },

    async renewLease(name, owner, fence, termMs) {
      const args = [owner, String(fence), String(termMs)];
      return (await run('renew-lease', [keys.lease(name)], args)) === 1;
    },

    async releaseLease(name, owner, fence) {
      await run('release-lease', [keys.lease(name)], [owner, String(fence)]);
    },
  };
}

function toDirtyNames(partition: number, [allSince, ...flat]: string[]): DirtyNames {
  const names = new Map<string, number>();
  for (let i = 0; i < flat.length; i += 2) names.set(flat[i] ?? '', Number(flat[i + 1]));
  if (allSince === undefined || allSince === '') return { partition, names };
  return { partition, allSince: Number(allSince), names };
}
