/** How much of a second's frames may go at once; the server's own measure begins with a whole second's. */
const BURST_MS = 500;

/** Keeps publishes below the frames per second that the server allows, so that it has no reason to refuse. */
export class FramePace {
  readonly #intervalMs: number;
  readonly #burstMs: number;
  /** When all frames so far would have been sent at an even pace. */
  #evenAt = Number.NEGATIVE_INFINITY;

  /** 0: no limit. */
  constructor(framesPerSecond: number) {
    this.#intervalMs = framesPerSecond > 0 ? 1000 / framesPerSecond : 0;
    this.#burstMs = Math.max(0, BURST_MS - this.#intervalMs);
  }

  /** Milliseconds until the next frame may be sent; 0: now. */
  delayMs(now: number): number {
    return Math.max(0, this.#evenAt - this.#burstMs - now);
  }

  sent(now: number): void {
    this.#evenAt = Math.max(this.#evenAt, now) + this.#intervalMs;
  }
}
