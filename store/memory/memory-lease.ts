interface HeldLease {
  readonly owner: string;
  readonly fence: number;
  readonly expiresAt: number;
}

/** The lease of a partition. Its last holder stays known after its end, as the next number must be higher than that one's. */
export class MemoryLease {
  #last: HeldLease | undefined;

  /** Under a number above `highest`; `undefined` while another holds it. */
  acquire(owner: string, highest: number, termMs: number, now: number): number | undefined {
    const last = this.#last;
    if (last !== undefined && last.owner !== owner && now < last.expiresAt) return undefined;
    const fence = Math.max((last?.fence ?? 0) + 1, highest + 1, Math.floor(now));
    this.#last = { fence, owner, expiresAt: now + termMs };
    return fence;
  }

  renew(owner: string, fence: number, termMs: number, now: number): boolean {
    const lease = this.#held(owner, fence, now);
    if (lease === undefined) return false;
    this.#last = { ...lease, expiresAt: now + termMs };
    return true;
  }

  release(owner: string, fence: number, now: number): void {
    const lease = this.#held(owner, fence, now);
    if (lease !== undefined) this.#last = { ...lease, expiresAt: now };
  }

  #held(owner: string, fence: number, now: number): HeldLease | undefined {
    const lease = this.#last;
    const isHeld = lease?.owner === owner && lease.fence === fence && now < lease.expiresAt;
    return isHeld ? lease : undefined;
  }
}
