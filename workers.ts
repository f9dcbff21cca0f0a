/** Several processes of this program behind one port: the parent starts them, looks after them and stops them, and serves nobody itself. */
import { fork } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { systemClock } from './runtime/clock.ts';
import { StartError } from './runtime/errors.ts';
import type { Logger } from './runtime/logger.ts';
import { type Worker, type WorkerEnd, WorkerGroup, type WorkerReady } from './runtime/worker-group.ts';
import type { Settings } from './settings.ts';

/** What a worker says to its parent. */
interface ReadyMessage extends WorkerReady {
  readonly type: 'ready';
}

export async function createWorkers(
  settings: Settings,
  deps: { readonly logger: Logger; readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<WorkerGroup> {
  const port = await freePort(settings.host, settings.port);
  const launch = (index: number): Worker => {
    const { metricsPort } = settings;
    return launchWorker({
      ...deps.environment,
      WORKER: String(index),
      PORT: String(port),
      ...(metricsPort === undefined || metricsPort === 0
        ? {}
        : { METRICS_PORT: String(metricsPort + index) }),
      // One game is enough for all.
      ...(index === 0 ? {} : { DEMO: '0' }),
    });
  };
  return new WorkerGroup({ clock: systemClock, logger: deps.logger, launch }, { workers: settings.workers });
}

/** For a worker: tells its parent, and stops when it is gone. */
export function reportToParent(address: string): void {
  const message: ReadyMessage = { type: 'ready', address };
  // Where the parent has just gone there is nobody to tell; that ends the worker by itself.
  process.send?.(message, undefined, undefined, () => undefined);
}

function launchWorker(env: Readonly<Record<string, string | undefined>>): Worker {
  const [, program = ''] = process.argv;
  // In a group of its own, so that a key that interrupts the parent reaches it once, through the parent.
  const child = fork(program, [], { env, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise<WorkerEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 1, signal: null }));
  });
  const ready = new Promise<WorkerReady>((resolve) => {
    child.on('message', (message) => {
      if ((message as ReadyMessage).type === 'ready') resolve(message as ReadyMessage);
    });
  });
  return { ready, ended, stop: () => void child.kill('SIGTERM') };
}

/**
 * This one, or any where it is 0, which the socket library does not share. Whoever shares a port is let in without a word, so that with one
 * that is taken two installations would mix.
 */
function freePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (cause) =>
      reject(
        new StartError(
          `cannot listen on ${host}:${port}: the port is taken, or the address is not this machine's`,
          { cause },
        ),
      ),
    );
    probe.listen(port, host, () => {
      const { port: found } = probe.address() as AddressInfo;
      probe.close(() => resolve(found));
    });
  });
}
