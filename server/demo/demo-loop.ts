import type { Clock } from '../../runtime/clock.ts';
import { OperatingError } from '../../runtime/errors.ts';
import type { Service } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Identity } from '../auth/identity.ts';

/** Publishes as the server's own operator does. */
export const DEMO_IDENTITY: Identity = {
  subject: 'demo',
  admin: true,
  maySubscribe: () => true,
  mayPublish: () => true,
};

/** Does one step after the other, with a pause in between that each step tells. A store that is away is waited for. */
export function createDemoLoop(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  { step, retryMs }: { readonly step: () => Promise<number>; readonly retryMs: number },
): Service {
  let cancel = (): void => undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = true;

  const attempt = async (): Promise<number> => {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error;
      logger.debug({ err: error }, 'the demonstration feed waits');
      return retryMs;
    }
  };
  const schedule = (delayMs: number): void => {
    if (stopped) return;
    cancel = clock.after(delayMs, () => {
      running = attempt().then(schedule);
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
