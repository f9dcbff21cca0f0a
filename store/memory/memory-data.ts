import { assert } from '../../runtime/errors.ts';
import { partitionOfBoard } from '../partitions.ts';
import { MemoryLeases } from './memory-leases.ts';
import { boardEntry, MemoryPartition } from './memory-partition.ts';
import { Ranking } from './ranking.ts';

/** What the clients of one memory store share, as they would share a server. */
export class MemoryData {
  readonly partitions: readonly MemoryPartition[];
  readonly leases = new MemoryLeases();
  readonly #boardIds = new Ranking();

  constructor(partitions: number) {
    assert(Number.isInteger(partitions) && partitions > 0, 'there is at least one partition');
    this.partitions = Array.from({ length: partitions }, () => new MemoryPartition(this.#boardIds));
  }

  partition(index: number): MemoryPartition {
    const partition = this.partitions[index];
    assert(partition !== undefined, `partition ${index} exists`);
    return partition;
  }

  partitionOfBoard(board: string): MemoryPartition {
    return this.partition(partitionOfBoard(board, this.partitions.length));
  }

  /** In byte order. */
  boardIdsAfter(after: string | undefined, limit: number): string[] {
    if (after === undefined) return this.#boardIds.slice(0, limit).map(({ member }) => member);
    const ids = this.#boardIds.slice(this.#boardIds.indexOf(boardEntry(after)), limit + 1);
    return ids.flatMap(({ member }) => (member === after ? [] : [member])).slice(0, limit);
  }
}
