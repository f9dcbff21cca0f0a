import type { Clock } from '../../runtime/clock.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Identity } from '../auth/identity.ts';
import type { Ingest } from '../ingest/ingest-types.ts';
import { createDemoGame } from './demo-scores.ts';

export interface ScoreFeedOptions {
  readonly board: string;
  readonly players: number;
  /** Score changes published at once. */
  readonly batch: number;
  /** Between the end of one batch and the next. */
  readonly pauseMs: number;
}

/** Publishes as the server's own operator does. */
const DEMO_IDENTITY: Identity = {
  subject: 'demo',
  admin: true,
  maySubscribe: () => true,
  mayPublish: () => true,
};

/** Scores that never end, so that a newcomer sees movement at once. While the store is away it waits and goes on. */
export function createScoreFeed(
  deps: { ingest: Pick<Ingest, 'publish'>; clock: Clock; logger: Logger; random: () => number },
  options: ScoreFeedOptions,
): Service {
  const game = createDemoGame(options.board, options.players, deps.random);
  let cancel = (): void => undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = true;
  let introduced = false;

  const step = async (): Promise<void> => {
    const events = introduced ? game.next(options.batch) : game.profiles();
    const verdict = await deps.ingest.publish(events, DEMO_IDENTITY);
    introduced ||= verdict.ok;
    if (!verdict.ok) deps.logger.debug({ code: verdict.code }, 'the demonstration feed waits');
  };
  const schedule = (delayMs: number): void => {
    if (stopped) return;
    cancel = deps.clock.after(delayMs, () => {
      running = step().then(() => schedule(options.pauseMs));
    });
  };
  return {
    start: async () => {
      if (!stopped) return;
      stopped = false;
      schedule(0);
    },
    stop: async () => {
      stopped = true;
      cancel();
      await running;
    },
  };
}
