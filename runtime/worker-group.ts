import type { Clock } from './clock.ts';
import { StartError } from './errors.ts';
import type { Logger } from './logger.ts';

/** How a process ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One process of a group. */
export interface Worker {
  /** What it tells when it is ready; never resolves where it ends before. */
  readonly ready: Promise<WorkerReady>;
  readonly ended: Promise<WorkerEnd>;
  /** Asks it to stop in order. */
  stop(): void;
}

export interface WorkerReady {
  /** Such as `http://127.0.0.1:8080`. */
  readonly address: string;
}

export interface WorkerGroupDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Starts the process of this index. */
  readonly launch: (index: number) => Worker;
}

/** The wait before one that has ended is started again doubles from the first to the second. */
const RESTART_WAIT_MS = [100, 10_000] as const;
/** Who has lived for so long begins with the shortest wait again. */
const SETTLED_MS = 30_000;

/**
 * Processes that do the same and share a port. They start together or not at all; one that ends afterwards is started again, with
 * growing patience; they stop together.
 */
export class WorkerGroup {
  readonly #deps: WorkerGroupDeps;
  readonly #size: number;
  readonly #running = new Map<number, Worker>();
  readonly #restarts = new Set<() => void>();
  #address: string | undefined;
  #isStopping = false;
  #isClean = true;

  constructor(deps: WorkerGroupDeps, options: { readonly workers: number }) {
    this.#deps = deps;
    this.#size = options.workers;
  }

  /** Of the port that they share, once started. */
  get address(): string | undefined {
    return this.#address;
  }

  /** The first one finds out for all what is wrong with the settings. Rejects where one ends before it is ready. */
  async start(): Promise<void> {
    this.#address = await this.#begin(0);
    await Promise.all(Array.from({ length: this.#size - 1 }, (_, i) => this.#begin(i + 1)));
  }

  /** Resolves when all have ended: true where each did in order. */
  async stop(): Promise<boolean> {
    this.#isStopping = true;
    for (const cancel of this.#restarts) cancel();
    const ends = Array.from(this.#running.values(), (worker) => {
      worker.stop();
      return worker.ended;
    });
    for (const { code } of await Promise.all(ends)) if (code !== 0) this.#isClean = false;
    return this.#isClean;
  }

  async #begin(index: number): Promise<string | undefined> {
    const worker = this.#launch(index, 0);
    const ended = worker.ended.then(() => undefined);
    const ready = await Promise.race([worker.ready, ended]);
    if (ready === undefined && !this.#isStopping) throw new StartError(`worker ${index} did not start`);
    return ready?.address;
  }

  #launch(index: number, restarts: number): Worker {
    const { clock, logger, launch } = this.#deps;
    const startedAt = clock.now();
    const worker = launch(index);
    this.#running.set(index, worker);
    let isReady = restarts > 0;
    void worker.ready.then(() => {
      isReady = true;
    });
    void worker.ended.then(({ code, signal }) => {
      this.#running.delete(index);
      // One that never was ready fails the start of all.
      if (this.#isStopping || !isReady) return;
      const [first, last] = RESTART_WAIT_MS;
      const lived = clock.now() - startedAt;
      const earlier = lived >= SETTLED_MS ? 0 : restarts;
      const waitMs = Math.min(last, first * 2 ** earlier);
      logger.error({ worker: index, code, signal, waitMs }, 'a worker has ended, and is started again');
      const cancel = clock.after(waitMs, () => {
        this.#restarts.delete(cancel);
        this.#launch(index, earlier + 1);
      });
      this.#restarts.add(cancel);
    });
    return worker;
  }
}
