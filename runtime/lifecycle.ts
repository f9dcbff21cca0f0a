/**
 * Something that is started and stopped; both are idempotent, and a stopped service is not started again. A stop during the start
 * ends the start soon, one way or the other.
 */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts services in order. Where one fails, those that had started are stopped (last first) and the failure is
 * thrown. The result stops all, last first; a failing stop does not keep the others from stopping. An aborted start stops what it
 * had started at once, without waiting for the service that is starting, and throws `AbortedStartError`.
 */
export async function startAll(services: readonly Service[], signal?: AbortSignal): Promise<Service> {
  const started: Service[] = [];
  const stopStarted = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let service = started.pop(); service !== undefined; service = started.pop()) {
      await service.stop().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not every service stopped cleanly');
  };
  try {
    for (const service of services) {
      if (signal?.aborted === true) throw new AbortedStartError();
      started.push(service);
      await (signal === undefined ? service.start() : unlessAborted(service.start(), signal));
    }
  } catch (error) {
    await stopStarted().catch(() => undefined);
    throw error;
  }
  let stopping: Promise<void> | undefined;
  return {
    start: async () => undefined,
    stop: () => {
      stopping ??= stopStarted();
      return stopping;
    },
  };
}

export class AbortedStartError extends Error {
  constructor() {
    super('the start was aborted');
    this.name = 'AbortedStartError';
  }
}

async function unlessAborted(start: Promise<void>, signal: AbortSignal): Promise<void> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new AbortedStartError());
    signal.addEventListener('abort', onAbort);
  });
  try {
    await Promise.race([start, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
