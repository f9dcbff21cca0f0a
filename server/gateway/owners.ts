import type { HeartbeatMessage } from '../../bus/messages.ts';

interface Owner {
  /** The highest number heard; whatever a lower one says is ignored. */
  fence: number;
  heardAt: number;
  fresh: boolean;
  stale: boolean;
}

export interface HeartbeatNews {
  /** Another owner than before, or one that was thought to be gone: it must be told what is watched. */
  readonly arrived: readonly number[];
  /** Became stale, or are no more. */
  readonly changed: readonly number[];
}

/** Who owns each partition, by what has been heard, and whether its channels are stale. */
export class Owners {
  readonly #owners: readonly Owner[];
  readonly #timeoutMs: number;

  /** Silence counts from `now` on. */
  constructor(options: {
    readonly partitions: number;
    readonly heartbeatTimeoutMs: number;
    readonly now: number;
  }) {
    this.#timeoutMs = options.heartbeatTimeoutMs;
    this.#owners = Array.from({ length: options.partitions }, () => ({
      fence: 0,
      heardAt: options.now,
      fresh: true,
      stale: false,
    }));
  }

  /** Of any message but a heartbeat. */
  hear(partition: number, fence: number): 'known' | 'new' | 'outdated' {
    const owner = this.#owners[partition];
    if (owner === undefined || fence < owner.fence) return 'outdated';
    if (fence === owner.fence) return 'known';
    owner.fence = fence;
    return 'new';
  }

  heartbeat({ leases, fresh }: HeartbeatMessage, now: number): HeartbeatNews {
    const arrived: number[] = [];
    const changed: number[] = [];
    for (const [partition, fence] of leases) {
      const owner = this.#owners[partition];
      if (owner === undefined || fence < owner.fence) continue;
      if (fence > owner.fence || this.#isSilent(owner, now)) arrived.push(partition);
      owner.fence = fence;
      owner.heardAt = now;
      owner.fresh = fresh;
      if (this.#refresh(owner, now)) changed.push(partition);
    }
    return { arrived, changed };
  }

  /** The partitions whose owner has been silent for too long since the last time. */
  sweep(now: number): readonly number[] {
    const changed: number[] = [];
    this.#owners.forEach((owner, partition) => {
      if (this.#refresh(owner, now)) changed.push(partition);
    });
    return changed;
  }

  /** As of the last heartbeat or sweep. */
  isStale(partition: number): boolean {
    return this.#owners[partition]?.stale ?? true;
  }

  /** Partitions whose channels are stale, or whose owner has never been heard. */
  get staleCount(): number {
    return this.#owners.filter(({ fence, stale }) => stale || fence === 0).length;
  }

  isSilent(partition: number, now: number): boolean {
    const owner = this.#owners[partition];
    return owner === undefined || this.#isSilent(owner, now);
  }

  #isSilent(owner: Owner, now: number): boolean {
    return now - owner.heardAt >= this.#timeoutMs;
  }

  #refresh(owner: Owner, now: number): boolean {
    const before = owner.stale;
    owner.stale = !owner.fresh || this.#isSilent(owner, now);
    return owner.stale !== before;
  }
}
