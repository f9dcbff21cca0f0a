import { createHistogram } from 'node:perf_hooks';
import { BEAT_MS, Beats } from './beats.ts';

/** Time as a dependency, so that the simulation can own it. All times are Unix milliseconds. */
export interface Clock {
  now(): number;
  /**
   * Calls `action` once, `delayMs` from now at the earliest; the result cancels it (idempotent). `about`: somewhat earlier or later, when the
   * process is awake for others too, is as good.
   */
  after(delayMs: number, action: () => void, when?: 'about'): () => void;
}

/** By how many nanoseconds the event loop came later to its timers than it was asked to. */
export const loopDelays = createHistogram();

const beats = new Beats({
  now: () => performance.now(),
  setTimer,
  onLate: (lateMs) => loopDelays.record(Math.max(1, Math.round(lateMs * 1e6))),
});

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, action, when) => {
    // Half a beat more or less is much of a time that is shorter than one.
    if (when === 'about' && delayMs >= BEAT_MS) return beats.about(delayMs, action);
    return delayMs > 0 ? setTimer(delayMs, action) : setSoon(action);
  },
};

function setTimer(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}

/** A timer would be a millisecond later, for which the process has to wake up again. */
function setSoon(action: () => void): () => void {
  const immediate = setImmediate(action);
  return () => clearImmediate(immediate);
}
