import type { Clock } from '../../runtime/clock.ts';

/** Of the time, what work in the background takes at most. */
const WORKING_SHARE = 0.2;
/** Shorter pauses are saved up. */
const MIN_PAUSE_MS = 5;
/** After a call that took very long, such as one that a dead store never answered. */
const MAX_PAUSE_MS = 2000;

/** Thrown where the work is to end; no failure. */
export class PaceEnded extends Error {}

export interface PaceDependencies {
  readonly clock: Clock;
  /** False: whoever works has lost the right to. */
  readonly mayWork: () => boolean;
}

/** Work that asks here before each of its steps takes a fifth of the time, and ends soon when it is to. */
export class Pace {
  readonly #clock: Clock;
  readonly #mayWork: () => boolean;
  #workingSince: number;
  #owedMs = 0;
  #ended = false;
  #wake = (): void => undefined;

  constructor({ clock, mayWork }: PaceDependencies) {
    this.#clock = clock;
    this.#mayWork = mayWork;
    this.#workingSince = clock.now();
  }

  /** A pause that is none of work: false where the end came. */
  async rest(ms: number): Promise<boolean> {
    await this.#pause(ms);
    this.#workingSince = this.#clock.now();
    return !this.#ended;
  }

  /** Rejects with `PaceEnded`. */
  async breathe(): Promise<void> {
    this.#check();
    // The clock may have been set back.
    const workedMs = Math.max(0, this.#clock.now() - this.#workingSince);
    this.#owedMs += workedMs * (1 / WORKING_SHARE - 1);
    if (this.#owedMs >= MIN_PAUSE_MS) {
      await this.#pause(Math.min(this.#owedMs, MAX_PAUSE_MS));
      this.#owedMs = 0;
      this.#check();
    }
    this.#workingSince = this.#clock.now();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  #check(): void {
    if (this.#ended || !this.#mayWork()) throw new PaceEnded('the work is to end');
  }

  #pause(ms: number): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
