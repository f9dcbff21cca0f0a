import { assert } from '../../runtime/errors.ts';
import type { DirtyNames, PartitionLease, ScoreStore } from '../score-store.ts';
import type { Keys, PartitionKeys } from './keys.ts';
import type { RunScript } from './scripts.ts';

type Ownership = Pick<ScoreStore, 'takeDirty' | 'acquireLeases' | 'renewLeases' | 'releaseLeases'>;

/** What the owner of partitions does: hold their leases, and take what changed under their numbers. */
export function createOwnership(run: RunScript, keys: Keys): Ownership {
  /** One script per partition, all sent at once. */
  const each = (
    leases: readonly PartitionLease[],
    call: (of: PartitionKeys, fence: string) => Promise<unknown>,
  ): Promise<readonly unknown[]> =>
    Promise.all(
      leases.map(({ partition, fence }) => {
        const ofPartition = keys.partitions[partition];
        assert(ofPartition, 'what is owned is a partition that exists');
        return call(ofPartition, String(fence));
      }),
    );

  return {
    async takeDirty(leases) {
      const replies = await each(leases, ({ dirty, allDirty, fence: seen }, fence) =>
        run('take-dirty', [dirty, allDirty, seen], [fence]),
      );
      const taken: DirtyNames[] = [];
      const fenced: PartitionLease[] = [];
      for (const [i, lease] of leases.entries()) {
        const reply = replies[i];
        if (reply === 0) fenced.push(lease);
        else taken.push(toDirtyNames(lease.partition, reply as string[]));
      }
      return { taken, fenced };
    },

    async acquireLeases(highest, owner, termMs) {
      const fences = await each(highest, ({ lease, fence: seen }, known) =>
        run('acquire-lease', [lease, seen], [owner, String(termMs), known]),
      );
      return highest.flatMap(({ partition }, i) =>
        fences[i] === 0 ? [] : [{ partition, fence: Number(fences[i]) }],
      );
    },

    async renewLeases(leases, owner, termMs) {
      const held = await each(leases, ({ lease }, fence) =>
        run('renew-lease', [lease], [owner, fence, String(termMs)]),
      );
      return leases.filter((_, i) => held[i] === 1);
    },

    async releaseLeases(leases, owner) {
      await each(leases, ({ lease }, fence) => run('release-lease', [lease], [owner, fence]));
    },
  };
}

function toDirtyNames(partition: number, [allSince, ...flat]: string[]): DirtyNames {
  const names = new Map<string, number>();
  for (let i = 0; i < flat.length; i += 2) names.set(flat[i] ?? '', Number(flat[i + 1]));
  if (allSince === undefined || allSince === '') return { partition, names };
  return { partition, allSince: Number(allSince), names };
}
