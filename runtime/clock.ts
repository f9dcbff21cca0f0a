/** Time as a dependency, so that the simulation can own it. All times are Unix milliseconds. */
export interface Clock {
  now(): number;
  /** Calls `action` once, `delayMs` from now at the earliest; the result cancels it (idempotent). */
  after(delayMs: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
