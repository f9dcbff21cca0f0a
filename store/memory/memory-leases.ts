import type { Lease } from '../score-store.ts';

interface HeldLease extends Lease {
  readonly owner: string;
  readonly expiresAt: number;
}

/** Leases by name. The last holder stays known after its lease ended, as the next number must be higher than its. */
export class MemoryLeases {
  readonly #leases = new Map<string, HeldLease>();

  acquire(name: string, owner: string, termMs: number, now: number): Lease | undefined {
    const previous = this.#leases.get(name);
    if (previous !== undefined && previous.owner !== owner && now < previous.expiresAt) return undefined;
    const fence = Math.max((previous?.fence ?? 0) + 1, Math.floor(now));
    this.#leases.set(name, { fence, owner, expiresAt: now + termMs });
    return { fence };
  }

  renew(name: string, owner: string, fence: number, termMs: number, now: number): boolean {
    const lease = this.#held(name, owner, fence, now);
    if (lease === undefined) return false;
    this.#leases.set(name, { ...lease, expiresAt: now + termMs });
    return true;
  }

  release(name: string, owner: string, fence: number, now: number): void {
    const lease = this.#held(name, owner, fence, now);
    if (lease !== undefined) this.#leases.set(name, { ...lease, expiresAt: now });
  }

  #held(name: string, owner: string, fence: number, now: number): HeldLease | undefined {
    const lease = this.#leases.get(name);
    const isHeld = lease?.owner === owner && lease.fence === fence && now < lease.expiresAt;
    return isHeld ? lease : undefined;
  }
}
