import { assert } from '../../runtime/errors.ts';
import { DIRTY_PROBE } from '../probe.ts';
import type { DirtyNames, PartitionLease, ScoreStore, StoreOptions } from '../score-store.ts';
import { parseDirtyText } from './dirty-text.ts';
import type { Keys, PartitionKeys } from './keys.ts';
import type { RunScript } from './scripts.ts';

type Ownership = Pick<
  ScoreStore,
  'takeDirty' | 'acquireLeases' | 'renewLeases' | 'releaseLeases' | 'writeProbes' | 'readProbes'
>;

type TakenReply = readonly [allSince: Buffer, text: Buffer];

/** What the owner of partitions does: hold their leases, take what changed under their numbers, write their probes. */
export function createOwnership(
  run: RunScript,
  keys: Keys,
  { maxDirtyNames }: Pick<StoreOptions, 'maxDirtyNames'>,
): Ownership {
  /** One script per partition, all sent at once. */
  const each = (
    leases: readonly PartitionLease[],
    call: (of: PartitionKeys, fence: string) => Promise<unknown>,
  ): Promise<readonly unknown[]> =>
    Promise.all(leases.map(({ partition, fence }) => call(keysOf(partition), String(fence))));

  const keysOf = (partition: number): PartitionKeys => {
    const found = keys.partitions[partition];
    assert(found, 'what is owned is a partition that exists');
    return found;
  };

  const toDirtyNames = (partition: number, [allSince, text]: TakenReply): DirtyNames =>
    allSince.length === 0
      ? parseDirtyText(partition, text, maxDirtyNames)
      : { partition, allSince: Number(allSince.toString()), names: new Map() };

  return {
    async takeDirty(leases) {
      const replies = await each(leases, ({ dirty, allDirty, fence: seen }, fence) =>
        run('take-dirty', [dirty, allDirty, seen], [fence], 'bytes'),
      );
      const taken: DirtyNames[] = [];
      const fenced: PartitionLease[] = [];
      for (const [i, lease] of leases.entries()) {
        const reply = replies[i];
        if (reply === 0) fenced.push(lease);
        else taken.push(toDirtyNames(lease.partition, reply as TakenReply));
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

    async writeProbes(partitions, at) {
      const args = [String(at), String(maxDirtyNames), DIRTY_PROBE];
      await Promise.all(
        partitions.map((partition) => {
          const { probe, dirty, allDirty } = keysOf(partition);
          return run('write-probe', [probe, dirty, allDirty], args);
        }),
      );
    },

    async readProbes(partitions) {
      const times = await Promise.all(
        partitions.map((partition) => run('read-probe', [keysOf(partition).probe], [])),
      );
      return times.map((time) => (time === '' ? undefined : Number(time)));
    },
  };
}
