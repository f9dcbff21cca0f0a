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

interface OwnershipOptions extends Pick<StoreOptions, 'maxDirtyNames'> {
  /** Whether one script may touch several partitions. In a Cluster these may be on different nodes. */
  readonly arePartitionsTogether: boolean;
}

/** What the owner of partitions does: hold their leases, take what changed under their numbers, write their probes. */
export function createOwnership(
  run: RunScript,
  keys: Keys,
  { maxDirtyNames, arePartitionsTogether }: OwnershipOptions,
): Ownership {
  /** What is done all the time is one script for all of them, where it can be; its answers are in their order. */
  const together = async <Item>(
    items: readonly Item[],
    call: (items: readonly Item[]) => Promise<unknown>,
  ): Promise<readonly unknown[]> => {
    if (items.length === 0) return [];
    const groups = arePartitionsTogether ? [items] : items.map((item) => [item]);
    return ((await Promise.all(groups.map(call))) as unknown[][]).flat(1);
  };

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
      const replies = await together(leases, (some) => {
        const keysOfSome = some.flatMap(({ partition }) => {
          const { dirty, allDirty, fence } = keysOf(partition);
          return [dirty, allDirty, fence];
        });
        return run('take-dirty', keysOfSome, fencesOf(some), 'bytes');
      });
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
      const held = await together(leases, (some) => {
        const keysOfSome = some.map(({ partition }) => keysOf(partition).lease);
        return run('renew-leases', keysOfSome, [owner, String(termMs), ...fencesOf(some)]);
      });
      return leases.filter((_, i) => held[i] === 1);
    },

    async releaseLeases(leases, owner) {
      await each(leases, ({ lease }, fence) => run('release-lease', [lease], [owner, fence]));
    },

    async writeProbes(partitions, at) {
      await together(partitions, async (some) => {
        const keysOfSome = some.flatMap((partition) => {
          const { probe, dirty, allDirty } = keysOf(partition);
          return [probe, dirty, allDirty];
        });
        await run('write-probes', keysOfSome, [String(at), String(maxDirtyNames), DIRTY_PROBE]);
        return [];
      });
    },

    async readProbes(partitions) {
      const times = await together(partitions, (some) =>
        run(
          'read-probes',
          some.map((partition) => keysOf(partition).probe),
          [],
        ),
      );
      return times.map((time) => (time === null ? undefined : Number(time)));
    },
  };
}

function fencesOf(leases: readonly PartitionLease[]): readonly string[] {
  return leases.map(({ fence }) => String(fence));
}
