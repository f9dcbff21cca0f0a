import type { Clock } from '../runtime/clock.ts';

interface TickerOptions {
  /** Ticks fall on wall-clock multiples of this, so that all owners of an installation tick together. */
  readonly periodMs: number;
  /** Must not reject. */
  readonly onTick: () => Promise<void>;
  /** Multiples that passed while a tick was running. */
  readonly onMissed?: (ticks: number) => void;
}

export interface Ticker {
  start(): void;
  /** Resolves when the tick is done that is running, if any. */
  idle(): Promise<void>;
  /** No tick begins any more; resolves when the running one is done. */
  stop(): Promise<void>;
}

/** Never runs two ticks at once: a tick that takes longer than the period is followed by the next multiple after its end. */
export function createTicker(
  { clock }: { readonly clock: Clock },
  { periodMs, onTick, onMissed }: TickerOptions,
): Ticker {
  let stopped = false;
  let cancelTimer = (): void => undefined;
  let running: Promise<void> = Promise.resolve();

  // The next multiple is computed afresh from the clock each time, so that a clock that is set does not stop the ticks.
  function arm(): void {
    if (stopped) return;
    const now = clock.now();
    const target = nextMultiple(now, periodMs);
    cancelTimer = clock.after(target - now, () => {
      // Timers may fire a little early; ticking then would give the same multiple twice.
      if (clock.now() < target) arm();
      else running = tick(target);
    });
  }

  async function tick(target: number): Promise<void> {
    await onTick();
    const missed = Math.floor((clock.now() - target) / periodMs);
    if (missed > 0) onMissed?.(missed);
    arm();
  }

  return {
    start: arm,
    idle: () => running,
    stop: () => {
      stopped = true;
      cancelTimer();
      return running;
    },
  };
}

/** The first multiple after `now`. */
export function nextMultiple(now: number, period: number): number {
  return (Math.floor(now / period) + 1) * period;
}
