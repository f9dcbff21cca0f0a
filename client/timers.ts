/** Time as a dependency. All times are Unix milliseconds. */
export interface Timers {
  now(): number;
  /** Calls `action` once, `delayMs` from now at the earliest; the result cancels it (idempotent). */
  after(delayMs: number, action: () => void): () => void;
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
