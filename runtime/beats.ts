/** So far apart are the moments at which a process does what is due about then. */
export const BEAT_MS = 250;

interface BeatsDeps {
  /** Milliseconds since some moment of this process; never set back. */
  readonly now: () => number;
  /** Calls `action` after at least so many milliseconds. */
  readonly setTimer: (delayMs: number, action: () => void) => () => void;
  /** Told how late each waking came. */
  readonly onLate?: (lateMs: number) => void;
}

/**
 * What may come a little early or late comes together: to wake up costs a process at rest more than what it then has to do, and each of its
 * parts has times of its own at which it looks after something.
 */
export class Beats {
  readonly #deps: BeatsDeps;
  /** By the number of the beat. */
  readonly #due = new Map<number, Set<() => void>>();
  #armedFor = Number.POSITIVE_INFINITY;
  #cancelTimer = (): void => undefined;

  constructor(deps: BeatsDeps) {
    this.#deps = deps;
  }

  /** At the beat that is nearest to `delayMs` from now, which is a beat at least; the result cancels it. */
  about(delayMs: number, action: () => void): () => void {
    const beat = Math.round((this.#deps.now() + Math.max(delayMs, BEAT_MS)) / BEAT_MS);
    const due = this.#due.get(beat) ?? new Set();
    this.#due.set(beat, due);
    // Who asks twice with one function is called twice.
    const call = (): void => action();
    due.add(call);
    this.#arm(beat);
    return () => void due.delete(call);
  }

  #arm(beat: number): void {
    if (beat >= this.#armedFor) return;
    this.#cancelTimer();
    this.#armedFor = beat;
    this.#cancelTimer = this.#deps.setTimer(beat * BEAT_MS - this.#deps.now(), () => this.#run());
  }

  /** A timer may come early by less than a millisecond, and is believed. */
  #run(): void {
    const now = this.#deps.now();
    const last = Math.max(this.#armedFor, Math.floor(now / BEAT_MS));
    this.#deps.onLate?.(now - this.#armedFor * BEAT_MS);
    this.#armedFor = Number.POSITIVE_INFINITY;
    const beats = [...this.#due.keys()].filter((beat) => beat <= last).sort((a, b) => a - b);
    try {
      for (const beat of beats) this.#call(beat);
    } finally {
      // What an action threw goes where it goes with any timer; the others come at the next beat.
      const next = Math.min(...this.#due.keys());
      if (Number.isFinite(next)) this.#arm(next);
    }
  }

  #call(beat: number): void {
    const due = this.#due.get(beat) ?? new Set();
    for (const call of due) {
      due.delete(call);
      call();
    }
    this.#due.delete(beat);
  }
}
