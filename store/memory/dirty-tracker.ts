import type { DirtyNames } from '../score-store.ts';

/** The dirty names of one partition, each with the acceptance time of its oldest change, until they are taken. */
export class DirtyTracker {
  #names = new Map<string, number>();
  #allSince: number | undefined;
  #fence = 0;

  /** The highest number that was taken under. */
  get fence(): number {
    return this.#fence;
  }

  mark(name: string, acceptedAt: number, maxNames: number): void {
    if (this.#allSince !== undefined) {
      this.#allSince = Math.min(this.#allSince, acceptedAt);
      return;
    }
    const since = this.#names.get(name);
    if (since === undefined || acceptedAt < since) this.#names.set(name, acceptedAt);
    if (this.#names.size <= maxNames) return;
    let oldest = acceptedAt;
    for (const time of this.#names.values()) oldest = Math.min(oldest, time);
    this.#allSince = oldest;
    this.#names = new Map();
  }

  refuses(fence: number): boolean {
    return fence < this.#fence;
  }

  take(partition: number, fence: number): DirtyNames {
    const names = this.#names;
    const allSince = this.#allSince;
    this.#names = new Map();
    this.#allSince = undefined;
    this.#fence = fence;
    return allSince === undefined ? { partition, names } : { partition, allSince, names };
  }
}
