/**
 * A clock that stands still until it is told to move, so that hours pass in milliseconds and every run is the same.
 *
 * `advance` runs the timers that fall due one by one, in order of their time and, at the same time, of their creation. After each it
 * lets the promises that the timer set off run to their end (`settle`), so that a later timer sees what an earlier one did. That
 * holds for work that waits on promises, `process.nextTick` and `setImmediate` only: what waits on a socket, a file or a real
 * timer goes on at its own time.
 */
import type { Clock } from '../../runtime/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time on by so much. The timers that fall due meanwhile run, those they create included. */
  advance(ms: number): Promise<void>;
  /** Lets what is under way run on without moving time. */
  settle(): Promise<void>;
  /** Timers that wait. */
  readonly pending: number;
}

/** Turns of the event loop: enough for a chain of so many `setImmediate`s. Promises run out within each. */
const SETTLE_TURNS = 4;

/** A clock that is asked to run more timers in one `advance` has found two that set off each other for ever. */
const MAX_TIMERS_PER_ADVANCE = 1_000_000;

interface Timer {
  readonly dueAt: number;
  readonly action: () => void;
}

export function createFakeClock(startAt = Date.UTC(2026, 10, 21)): FakeClock {
  let now = startAt;
  const timers = new Set<Timer>();

  async function advance(ms: number): Promise<void> {
    const end = now + ms;
    await settle();
    for (let ran = 0; ; ran++) {
      const timer = earliest(timers);
      if (timer === undefined || timer.dueAt > end) break;
      if (ran === MAX_TIMERS_PER_ADVANCE) throw new Error(`over ${ran} timers within ${ms} ms`);
      timers.delete(timer);
      now = Math.max(now, timer.dueAt);
      timer.action();
      await settle();
    }
    now = end;
  }

  return {
    // Whole milliseconds, as the real clock gives them; timers may fall in between.
    now: () => Math.floor(now),
    after: (delayMs, action) => {
      const timer: Timer = { dueAt: now + Math.max(0, delayMs), action };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance,
    settle,
    get pending() {
      return timers.size;
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A set keeps the order of creation, so the first of equals is the oldest. */
function earliest(timers: ReadonlySet<Timer>): Timer | undefined {
  let found: Timer | undefined;
  for (const timer of timers) {
    if (found === undefined || timer.dueAt < found.dueAt) found = timer;
  }
  return found;
}
