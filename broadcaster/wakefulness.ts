import type { Clock } from '../runtime/clock.ts';

/**
 * Notices that this process was at a standstill: stopped by a signal, asleep with its machine, or busy with one thing for very long. Who
 * wakes up finds its timers and messages as if nothing had happened, while others may have taken its place long ago.
 */
export class Wakefulness {
  readonly #clock: Clock;
  readonly #standstillMs: number;
  #beatAt: number;
  #asleepAt: number | undefined;

  constructor(clock: Clock, standstillMs: number) {
    this.#clock = clock;
    this.#standstillMs = standstillMs;
    this.#beatAt = clock.now();
  }

  get isAwake(): boolean {
    this.#look();
    return this.#asleepAt === undefined;
  }

  /** Every now and then, several times within a standstill's length. */
  beat(): void {
    this.#look();
    this.#beatAt = this.#clock.now();
  }

  /** What was asked at that time is known by now, so what it slept over is known if it was asleep before. */
  settle(askedAt: number): void {
    if (this.#asleepAt !== undefined && askedAt >= this.#asleepAt) this.#asleepAt = undefined;
  }

  #look(): void {
    const now = this.#clock.now();
    if (now - this.#beatAt >= this.#standstillMs) this.#asleepAt = now;
  }
}
