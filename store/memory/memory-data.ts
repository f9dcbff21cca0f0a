import { assert } from '../../runtime/errors.ts';
import { partitionOfBoard, partitionOfMatch, partitionOfProducer } from '../partitions.ts';
import type { ClaimVerdict, OnceVerdict } from '../score-store.ts';
import { IdList } from './id-list.ts';
import { MemoryOwnership } from './memory-ownership.ts';
import { MemoryPartition } from './memory-partition.ts';
import { OnceKeys } from './once-keys.ts';
import type { Retention } from './producer-records.ts';

/** What the clients of one memory store share, as they would share a server. */
export class MemoryData {
  readonly partitions: readonly MemoryPartition[];
  readonly ownership: MemoryOwnership;
  readonly boardIds = new IdList();
  readonly productIds = new IdList();
  readonly areaIds = new IdList();
  readonly matchIds = new IdList();
  readonly tournamentIds = new IdList();
  readonly #onceKeys = new OnceKeys();

  constructor(partitions: number) {
    assert(Number.isInteger(partitions) && partitions > 0, 'there is at least one partition');
    const { boardIds: boards, productIds: products, areaIds: areas, matchIds: matches } = this;
    const ids = { boards, products, areas, matches, tournaments: this.tournamentIds };
    this.partitions = Array.from({ length: partitions }, () => new MemoryPartition(ids));
    this.ownership = new MemoryOwnership(this.partitions);
  }

  partition(index: number): MemoryPartition {
    const partition = this.partitions[index];
    assert(partition !== undefined, `partition ${index} exists`);
    return partition;
  }

  partitionOfBoard(board: string): MemoryPartition {
    return this.partition(partitionOfBoard(board, this.partitions.length));
  }

  partitionOfMatch(match: string): MemoryPartition {
    return this.partition(partitionOfMatch(match, this.partitions.length));
  }

  claimProducer(id: string, latest: number, now: number, retention: Retention): ClaimVerdict {
    const records = this.partitions.map(({ producers }) => producers.find(id, now));
    const home = records[this.#homeOf(id)];
    const known = home?.claim ?? 0;
    if (known !== latest) return { ok: false, latest: known };
    const claim = Math.max(known + 1, Math.floor(now));
    for (const [index, { producers }] of this.partitions.entries()) {
      const record = records[index] ?? { claim: 0, last: 0, refused: new Map() };
      producers.keep(id, { ...record, claim: Math.max(record.claim, claim) }, now, retention);
    }
    const settled = records.map((record) => record?.last ?? 0);
    return { ok: true, claim, last: Math.max(0, ...settled), settled, rejected: new Map(home?.refused) };
  }

  beginOnce(key: string, bodyHash: string, now: number, retention: Retention): OnceVerdict {
    const id = this.#onceKeys.begin(key, bodyHash, now, retention.onceRetentionMs);
    if (id === undefined) return { ok: false };
    const records = this.partitions.map(({ producers }) => producers.find(id, now));
    const settled = records.map((record) => record?.last ?? 0);
    return { ok: true, id, settled, rejected: new Map(records[this.#homeOf(key)]?.refused) };
  }

  #homeOf(id: string): number {
    return partitionOfProducer(id, this.partitions.length);
  }
}
