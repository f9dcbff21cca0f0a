export interface Backoff {
  /** Milliseconds that the first wait is at most; it doubles with every further attempt. */
  readonly baseMs: number;
  /** Milliseconds that any wait is at most. */
  readonly capMs: number;
}

/** Full jitter: anywhere between nothing and the bound, so that clients which lost one server do not return in step. */
export function backoffDelayMs({ baseMs, capMs }: Backoff, attempt: number, random: () => number): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** attempt));
}
