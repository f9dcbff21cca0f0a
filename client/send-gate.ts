import { type Backoff, backoffDelayMs } from './backoff.ts';
import { FramePace } from './frame-pace.ts';
import type { Timers } from './timers.ts';

interface SendGateDeps {
  readonly timers: Timers;
  readonly random: () => number;
  /** What had to wait may try again. */
  wake(): void;
}

/** Says when a frame may be sent: at the pace that the server allows, and after a refusal not before it wants us back. */
export class SendGate {
  readonly #deps: SendGateDeps;
  readonly #backoff: Backoff;
  #pace = new FramePace(0);
  /** Refusals since the last success. */
  #failures = 0;
  #waitUntil = Number.NEGATIVE_INFINITY;
  #cancelWait: (() => void) | undefined;

  constructor(deps: SendGateDeps, backoff: Backoff) {
    this.#deps = deps;
    this.#backoff = backoff;
  }

  /** A new connection knows nothing of what another one refused. */
  opened(framesPerSecond: number): void {
    this.close();
    this.#pace = new FramePace(framesPerSecond);
  }

  /** Where it is too early, `wake` comes when it no longer is. */
  mayPass(): boolean {
    if (this.#cancelWait) return false;
    const { timers, wake } = this.#deps;
    const now = timers.now();
    const delayMs = Math.max(this.#waitUntil - now, this.#pace.delayMs(now));
    if (delayMs <= 0) return true;
    this.#cancelWait = timers.after(delayMs, () => {
      this.#cancelWait = undefined;
      wake();
    });
    return false;
  }

  passed(): void {
    this.#pace.sent(this.#deps.timers.now());
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** The first time since a success at once, then with growing waits. */
  retrySoon(): void {
    if (this.#failures === 0) this.#failures = 1;
    else this.postpone(undefined);
  }

  /** At least as long as the server asked for, and not everybody at the same moment. */
  postpone(retryAfterMs: number | undefined): void {
    const { random, timers } = this.#deps;
    const backoffMs = backoffDelayMs(this.#backoff, this.#failures, random);
    const jitterMs = Math.floor(random() * Math.min(retryAfterMs ?? 0, this.#backoff.capMs));
    this.#failures += 1;
    const delayMs = retryAfterMs === undefined ? backoffMs : retryAfterMs + jitterMs;
    this.#waitUntil = Math.max(this.#waitUntil, timers.now() + delayMs);
    this.#cancelWait?.();
    this.#cancelWait = undefined;
  }

  /** Nothing waits any more. */
  close(): void {
    this.#failures = 0;
    this.#waitUntil = Number.NEGATIVE_INFINITY;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
  }
}
