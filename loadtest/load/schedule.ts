/**
 * The times at which something is meant to be sent, fixed before the first is: a server that answers late does not make them later. Latencies
 * count from them, so that whoever had to wait for the one before is not left out.
 */
export class Schedule {
  readonly endAt: number;
  readonly #startAt: number;
  readonly #intervalMs: number;
  #count: number;
  #taken = 0;

  /** Times are those of `performance.now()`. */
  constructor(options: { startAt: number; perSecond: number; seconds: number }) {
    this.#startAt = options.startAt;
    this.#intervalMs = 1000 / options.perSecond;
    this.#count = Math.floor(options.perSecond * options.seconds);
    this.endAt = this.#startAt + this.#count * this.#intervalMs;
  }

  /** When the next one is due; `undefined` behind the last, and after the end for those that are still there. */
  take(now: number): number | undefined {
    if (this.#taken === this.#count || now >= this.endAt) return undefined;
    return this.#dueAt(this.#taken++);
  }

  /** There is nothing more to send. */
  finish(): void {
    this.#count = this.#taken;
  }

  /** Those that were never taken, each with how long it waited in vain. */
  *missed(): Iterable<number> {
    for (let index = this.#taken; index < this.#count; index++) yield this.endAt - this.#dueAt(index);
  }

  #dueAt(index: number): number {
    return this.#startAt + index * this.#intervalMs;
  }
}
