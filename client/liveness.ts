import type { Timers } from './timers.ts';

interface LivenessDeps {
  readonly timers: Timers;
  ping(): void;
  /** Nothing was heard after a ping. */
  dead(): void;
}

interface LivenessOptions {
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
}

/** No server means its interval to be shorter, whatever it announces. */
const PING_INTERVAL_MIN_MS = 1000;

/**
 * Notices a connection that died without a word. It pings where an interval passed without hearing anything, and also
 * where nothing was sent: a server closes connections that are silent for long.
 */
export class Liveness {
  readonly #deps: LivenessDeps;
  readonly #options: LivenessOptions;
  #heard = false;
  #sent = false;
  #cancelInterval: () => void;
  #cancelDeadline: (() => void) | undefined;

  constructor(deps: LivenessDeps, options: LivenessOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#cancelInterval = this.#schedule();
  }

  /** Anything but a pong. */
  heard(): void {
    this.#heard = true;
    this.answered();
  }

  /** A pong: it shows life, but only that the ping was needed. */
  answered(): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = undefined;
  }

  /** Anything but a ping. */
  sent(): void {
    this.#sent = true;
  }

  /** Pings now, such as after the page was asleep. */
  check(): void {
    this.#deps.ping();
    this.#cancelDeadline ??= this.#deps.timers.after(this.#options.pongTimeoutMs, this.#deps.dead);
  }

  stop(): void {
    this.#cancelInterval();
    this.#cancelDeadline?.();
  }

  #schedule(): () => void {
    const intervalMs = Math.max(PING_INTERVAL_MIN_MS, this.#options.pingIntervalMs);
    return this.#deps.timers.after(intervalMs, () => {
      const silent = !this.#heard || !this.#sent;
      this.#heard = false;
      this.#sent = false;
      this.#cancelInterval = this.#schedule();
      if (silent) this.check();
    });
  }
}
