import type { Timers } from './timers.ts';

/** How long acks have to come for a kept producer that was claimed again, until it may be claimed again another time. */
export const UNDISTURBED_MS = 3_600_000;

/** So many connections that were given up are remembered at most: their server has had long to notice the end of older ones. */
export const MAX_ABANDONED_CONNECTIONS = 8;

/**
 * Whether a producer that is in conflict may be claimed again. Nearly always a connection of our own was in the way, given up here
 * but still read by its server: then a new claim settles it, and as each of them claims once at most, there are as many claims
 * again as there were such connections. Beyond them, two processes with copies of one queue would take their producer from each
 * other for ever. So a kept one may be claimed again once, then once more after an hour in which nobody disturbed it, and after
 * twice as long each time from then on: two that take turns come to an end too.
 */
export class Disputes {
  readonly #timers: Pick<Timers, 'now'>;
  readonly #undisturbedMs: number;
  #neededMs = 0;
  #claimedAgainAt: number | undefined;
  /** Connections given up with events under way, which may still claim the producer. */
  #abandoned = 0;

  constructor(timers: Pick<Timers, 'now'>, isKept: boolean) {
    this.#timers = timers;
    this.#undisturbedMs = isKept ? UNDISTURBED_MS : 0;
    this.begin();
  }

  /** Another producer, which has nothing to do with the one before. */
  begin(): void {
    this.#neededMs = this.#undisturbedMs;
    this.#claimedAgainAt = undefined;
    this.#abandoned = 0;
  }

  /** A connection was given up on which events were sent; not one whose claim is known to be over. */
  abandoned(): void {
    this.#abandoned = Math.min(this.#abandoned + 1, MAX_ABANDONED_CONNECTIONS);
  }

  /** A conflict: true where the producer is to be claimed again. */
  mayClaimAgain(): boolean {
    if (this.#abandoned > 0) {
      this.#abandoned -= 1;
      return true;
    }
    if (this.#claimedAgainAt !== undefined) return false;
    this.#claimedAgainAt = this.#timers.now();
    return true;
  }

  /** The producer is ours. */
  acknowledged(): void {
    if (this.#claimedAgainAt === undefined) return;
    if (this.#timers.now() - this.#claimedAgainAt < this.#neededMs) return;
    this.#claimedAgainAt = undefined;
    this.#neededMs *= 2;
  }
}
