/** So many per second, in bursts of at most one second's worth, without a timer. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #countedAt: number;

  /** 0 per second: no limit. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#countedAt = now;
  }

  /** 0 where one may be taken (and it is), else the milliseconds after which to try again. */
  take(now: number): number {
    if (this.#perSecond === 0) return 0;
    const grown = ((now - this.#countedAt) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + Math.max(0, grown));
    this.#countedAt = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond));
  }
}
