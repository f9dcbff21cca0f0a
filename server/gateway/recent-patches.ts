import type { Position, Update } from '../../protocol/views.ts';

interface Recent {
  readonly base: Position;
  readonly update: Update;
  readonly bytes: number;
}

export interface RecentPatchesLimits {
  readonly recentPatches: number;
  readonly recentPatchBytes: number;
  readonly recentPatchTotalBytes: number;
}

/** What the channels of a gateway keep together. */
export interface RecentPatchesUse {
  bytes: number;
}

/** An entry weighs more in memory than its wire form. */
const ENTRY_OVERHEAD_BYTES = 200;

/** The last updates of one channel, for clients that come back with the position they had. */
export class RecentPatches {
  readonly #limits: RecentPatchesLimits;
  readonly #use: RecentPatchesUse;
  #entries: Recent[] = [];
  #bytes = 0;

  constructor(use: RecentPatchesUse, limits: RecentPatchesLimits) {
    this.#use = use;
    this.#limits = limits;
  }

  /** `base` is the position that the update applies onto; `wireBytes` what it takes on the wire. */
  push(base: Position, update: Update, wireBytes: number): void {
    const bytes = wireBytes + ENTRY_OVERHEAD_BYTES;
    // Only the position of it: what is given may be a whole view.
    this.#entries.push({ base: { epoch: base.epoch, seq: base.seq }, update, bytes });
    this.#count(bytes);
    while (this.#entries.length > 0 && this.#isOver()) {
      this.#count(-(this.#entries.shift()?.bytes ?? 0));
    }
  }

  /** The updates after exactly this position, or `undefined` where it is not held. */
  since({ epoch, seq }: Position): readonly Update[] | undefined {
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const base = this.#entries[i]?.base;
      if (base?.seq === seq && base.epoch === epoch) {
        return this.#entries.slice(i).map(({ update }) => update);
      }
    }
    return undefined;
  }

  clear(): void {
    this.#count(-this.#bytes);
    this.#entries = [];
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#use.bytes += bytes;
  }

  #isOver(): boolean {
    const { recentPatches, recentPatchBytes, recentPatchTotalBytes } = this.#limits;
    return (
      this.#entries.length > recentPatches ||
      this.#bytes > recentPatchBytes ||
      this.#use.bytes > recentPatchTotalBytes
    );
  }
}
