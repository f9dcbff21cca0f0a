import { assert } from '../../runtime/errors.ts';
import { partitionOfBoard, partitionOfProducer } from '../partitions.ts';
import type { OnceVerdict, ProducerClaim } from '../score-store.ts';
import { IdList } from './id-list.ts';
import { MemoryLeases } from './memory-leases.ts';
import { MemoryPartition } from './memory-partition.ts';
import type { ProducerRecord, Retention } from './producer-records.ts';

/** What the clients of one memory store share, as they would share a server. */
export class MemoryData {
  readonly partitions: readonly MemoryPartition[];
  readonly leases = new MemoryLeases();
  readonly boardIds = new IdList();
  readonly productIds = new IdList();
  readonly areaIds = new IdList();

  constructor(partitions: number) {
    assert(Number.isInteger(partitions) && partitions > 0, 'there is at least one partition');
    const ids = { boards: this.boardIds, products: this.productIds, areas: this.areaIds };
    this.partitions = Array.from({ length: partitions }, () => new MemoryPartition(ids));
  }

  partition(index: number): MemoryPartition {
    const partition = this.partitions[index];
    assert(partition !== undefined, `partition ${index} exists`);
    return partition;
  }

  partitionOfBoard(board: string): MemoryPartition {
    return this.partition(partitionOfBoard(board, this.partitions.length));
  }

  claimProducer(id: string, now: number, retention: Retention): ProducerClaim {
    const records = this.partitions.map(({ producers }) => producers.find(id, now));
    const known = Math.max(0, ...records.map((record) => record?.claim ?? 0));
    const claim = Math.max(known + 1, Math.floor(now));
    for (const [index, { producers }] of this.partitions.entries()) {
      const { last, refused } = records[index] ?? { last: 0, refused: new Map() };
      producers.keep(id, { claim, last, refused }, now, retention);
    }
    const last = Math.max(0, ...records.map((record) => record?.last ?? 0));
    return { claim, last, rejected: new Map(records[this.#homeOf(id)]?.refused) };
  }

  beginOnce(key: string, bodyHash: string, now: number, retention: Retention): OnceVerdict {
    const { producers } = this.partition(this.#homeOf(key));
    const record: ProducerRecord = producers.find(key, now) ?? { claim: 0, last: 0, refused: new Map() };
    if (record.bodyHash !== undefined && record.bodyHash !== bodyHash) return { ok: false };
    producers.keep(key, { ...record, bodyHash }, now, retention);
    return { ok: true, rejected: new Map(record.refused) };
  }

  #homeOf(id: string): number {
    return partitionOfProducer(id, this.partitions.length);
  }
}
