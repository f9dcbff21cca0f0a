import { assert } from '../../runtime/errors.ts';
import { DIRTY_PROBE } from '../probe.ts';
import type { DirtyNames, PartitionLease, TakenNames } from '../score-store.ts';
import { MemoryLease } from './memory-lease.ts';
import type { MemoryPartition } from './memory-partition.ts';

interface Owned {
  readonly lease: MemoryLease;
  readonly dirty: MemoryPartition['dirty'];
  probe: number | undefined;
}

/** Who may publish what is in which partition, what changed there since it was last taken, and its probe. */
export class MemoryOwnership {
  readonly #partitions: readonly Owned[];

  constructor(partitions: readonly MemoryPartition[]) {
    this.#partitions = partitions.map(({ dirty }) => ({ lease: new MemoryLease(), dirty, probe: undefined }));
  }

  take(leases: readonly PartitionLease[]): TakenNames {
    const taken: DirtyNames[] = [];
    const fenced: PartitionLease[] = [];
    for (const lease of leases) {
      const { dirty } = this.#at(lease);
      if (dirty.refuses(lease.fence)) fenced.push(lease);
      else taken.push(dirty.take(lease.partition, lease.fence));
    }
    return { taken, fenced };
  }

  acquire(
    highest: readonly PartitionLease[],
    owner: string,
    termMs: number,
    now: number,
  ): readonly PartitionLease[] {
    return highest.flatMap((known) => {
      const { lease, dirty } = this.#at(known);
      const fence = lease.acquire(owner, Math.max(known.fence, dirty.fence), termMs, now);
      return fence === undefined ? [] : [{ partition: known.partition, fence }];
    });
  }

  renew(
    leases: readonly PartitionLease[],
    owner: string,
    termMs: number,
    now: number,
  ): readonly PartitionLease[] {
    return leases.filter((held) => this.#at(held).lease.renew(owner, held.fence, termMs, now));
  }

  release(leases: readonly PartitionLease[], owner: string, now: number): void {
    for (const held of leases) this.#at(held).lease.release(owner, held.fence, now);
  }

  writeProbes(partitions: readonly number[], at: number, maxDirtyNames: number): void {
    for (const partition of partitions) {
      const owned = this.#at({ partition });
      owned.probe = at;
      owned.dirty.mark(DIRTY_PROBE, at, maxDirtyNames);
    }
  }

  readProbes(partitions: readonly number[]): readonly (number | undefined)[] {
    return partitions.map((partition) => this.#at({ partition }).probe);
  }

  #at({ partition }: { readonly partition: number }): Owned {
    const found = this.#partitions[partition];
    assert(found !== undefined, 'what is owned is a partition that exists');
    return found;
  }
}
