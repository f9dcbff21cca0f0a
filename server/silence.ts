export interface SilenceOptions {
  /** After so long without a word a client is asked for a sign of life, and after `idleMs` given up. */
  readonly idlePingMs: number;
  readonly idleMs: number;
}

/** How long a client has been silent, seen by looking now and then, so that what it sends costs no look at the clock. */
export interface Silence {
  silentSince: number;
  isAsked: boolean;
}

/** `heard`: whether anything came since the last look. */
export function lookAt(
  silence: Silence,
  heard: boolean,
  now: number,
  { idlePingMs, idleMs }: SilenceOptions,
): 'fine' | 'ask' | 'idle' {
  if (heard) {
    silence.silentSince = now;
    silence.isAsked = false;
    return 'fine';
  }
  const silentMs = now - silence.silentSince;
  if (silentMs >= idleMs) return 'idle';
  if (silence.isAsked || silentMs < idlePingMs) return 'fine';
  silence.isAsked = true;
  return 'ask';
}
