const SAMPLES = 21;
/** A clock that is this far off says nothing about the way. */
const PLAUSIBLE_MS = 60_000;

/** The last few delays between a score's acceptance and its arrival here, by two clocks that may disagree. */
export function addDelay(delays: readonly number[], at: number, now: number): readonly number[] {
  const delayMs = now - at;
  return delayMs < 0 || delayMs > PLAUSIBLE_MS ? delays : [...delays.slice(1 - SAMPLES), delayMs];
}

/** `undefined` where nothing is known. */
export function medianDelayMs(delays: readonly number[]): number | undefined {
  return delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)];
}
