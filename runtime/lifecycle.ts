/** Something that is started and stopped; both are idempotent, and a stopped service is not started again. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts services in order. Where one fails, those that had started are stopped (last first) and the failure is
 * thrown. The result stops all, last first; a failing stop does not keep the others from stopping.
 */
export async function startAll(services: readonly Service[]): Promise<Service> {
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
      started.push(service);
      await service.start();
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
