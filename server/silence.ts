export interface SilenceOptions {
  /** After so long without a word a client is asked for a sign of life, and after `idleMs` given up. */
  readonly idlePingMs: number;
  readonly idleMs: number;
}

/** How long a client has been silent, seen by looking now and then, so that what it sends costs no look at the clock. */
export class Silence {
  readonly #options: SilenceOptions;
  #since: number;
  #asked = false;

  constructor(options: SilenceOptions, now: number) {
    this.#options = options;
    this.#since = now;
  }

  /** `heard`: whether anything came since the last look. */
  look(heard: boolean, now: number): 'fine' | 'ask' | 'idle' {
    if (heard) {
      this.#since = now;
      this.#asked = false;
      return 'fine';
    }
    const silentMs = now - this.#since;
    if (silentMs >= this.#options.idleMs) return 'idle';
    if (this.#asked || silentMs < this.#options.idlePingMs) return 'fine';
    this.#asked = true;
    return 'ask';
  }
}
