import type { Clock } from '../runtime/clock.ts';
import { assert } from '../runtime/errors.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ScoreStore } from '../store/score-store.ts';

/** What a lease gives the right to. Terms never overlap: the next begins when the end of the last has resolved. */
export interface LeaseHolder {
  begin(fence: number): void;
  /** `lost`: nothing may be published any more. `stopped`: the lease still stands, what is under way may be finished. */
  end(why: 'lost' | 'stopped'): Promise<void>;
}

interface LeaseKeeperOptions {
  readonly lease: string;
  readonly owner: string;
  readonly termMs: number;
  /** Renewals, and attempts while another holds the lease. */
  readonly renewMs: number;
}

export interface LeaseKeeper extends Service {
  /** Whether this number may publish: the store has confirmed it within half a term, counted from before it was asked. */
  isConfirmed(fence: number): boolean;
  /** Whether the last renewal was answered. */
  readonly isAnswered: boolean;
  /** This number has turned out to be outdated. */
  giveUp(fence: number): void;
}

interface LeaseKeeperDeps {
  readonly store: Pick<ScoreStore, 'acquireLease' | 'renewLease' | 'releaseLease'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly holder: LeaseHolder;
}

/**
 * Holds a lease whenever it can be had: acquires it, renews it, begins and ends the holder's terms. While the store does
 * not answer, a term goes on unconfirmed: most likely nobody else reaches the store either, and stale views are
 * better than none. `start` resolves after the first attempt; `stop` releases.
 */
export function createLeaseKeeper(deps: LeaseKeeperDeps, options: LeaseKeeperOptions): LeaseKeeper {
  const { store, clock, logger, holder } = deps;
  const { lease, owner, termMs, renewMs } = options;
  let held: { readonly fence: number; confirmedAt: number } | undefined;
  let isAnswered = true;
  let stopping = false;
  let started: Promise<void> | undefined;
  let ended: Promise<void> = Promise.resolve();
  let wake = (): void => undefined;

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(delayMs, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** One warning per outage, not one per attempt. */
  function answered(failure?: unknown): void {
    if (failure !== undefined && isAnswered)
      logger.warn({ err: failure, lease }, 'the lease is not answered');
    isAnswered = failure === undefined;
  }

  async function acquire(): Promise<number | undefined> {
    const askedAt = clock.now();
    try {
      const won = await store.acquireLease(lease, owner, termMs);
      answered();
      if (won === undefined) return undefined;
      held = { fence: won.fence, confirmedAt: askedAt };
      return won.fence;
    } catch (error) {
      answered(error);
      return undefined;
    }
  }

  async function renew(current: { readonly fence: number; confirmedAt: number }): Promise<void> {
    const askedAt = clock.now();
    try {
      const stillHeld = await store.renewLease(lease, owner, current.fence, termMs);
      answered();
      if (stillHeld) current.confirmedAt = askedAt;
      else if (held === current) held = undefined;
    } catch (error) {
      answered(error);
    }
  }

  async function keep(): Promise<void> {
    const current = held;
    assert(current !== undefined, 'a lease is kept that is not held');
    if (!stopping) {
      logger.info({ lease, fence: current.fence }, 'the lease is won');
      holder.begin(current.fence);
      let askedAt = clock.now();
      while (held === current && !stopping) {
        await pause(Math.min(renewMs, Math.max(0, askedAt + renewMs - clock.now())));
        if (held !== current || stopping) break;
        askedAt = clock.now();
        await renew(current);
      }
      if (held !== current) logger.warn({ lease, fence: current.fence }, 'the lease is lost');
      await holder.end(held === current ? 'stopped' : 'lost');
    }
    if (held === current) await release(current.fence);
    held = undefined;
  }

  async function release(fence: number): Promise<void> {
    try {
      await store.releaseLease(lease, owner, fence);
    } catch (error) {
      logger.warn({ err: error, lease, fence }, 'the lease could not be released; it ends with its term');
    }
  }

  async function run(firstAttemptIsDone: () => void): Promise<void> {
    while (!stopping) {
      const won = await acquire();
      const kept = won === undefined ? undefined : keep();
      firstAttemptIsDone();
      await kept;
      if (!stopping) await pause(renewMs);
    }
    firstAttemptIsDone();
  }

  return {
    start: () => {
      started ??= new Promise((resolve) => {
        ended = run(resolve);
      });
      return started;
    },
    stop: () => {
      stopping = true;
      wake();
      return ended;
    },
    isConfirmed: (fence) => {
      if (held?.fence !== fence) return false;
      const unconfirmedMs = clock.now() - held.confirmedAt;
      // Less than zero: the clock was set back, so how long it has been is unknown until the next renewal.
      return unconfirmedMs >= 0 && unconfirmedMs < termMs / 2;
    },
    get isAnswered() {
      return isAnswered;
    },
    giveUp: (fence) => {
      if (held?.fence !== fence) return;
      held = undefined;
      wake();
    },
  };
}
