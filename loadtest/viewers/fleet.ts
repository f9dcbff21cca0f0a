import { Worker } from 'node:worker_threads';
import type { State } from '../../protocol/views.ts';
import type { ViewerPlan } from '../scenario.ts';
import {
  addCounts,
  type FromWorker,
  newViewerCounts,
  type ToWorker,
  type ViewerCounts,
  type ViewerReport,
  type WorkerInput,
} from './fleet-messages.ts';

export interface FleetOptions {
  readonly url: string;
  readonly token: string;
  readonly threads: number;
}

const JOIN_MS = 120_000;
/** Beyond the deadline that a thread keeps itself. */
const PATIENCE_MS = 30_000;

/** All viewers of a run, spread over threads. */
export class Fleet {
  readonly #threads: readonly Thread[];

  private constructor(threads: readonly Thread[]) {
    this.#threads = threads;
  }

  /** Resolves when every viewer has joined all its channels. */
  static async join(viewers: readonly ViewerPlan[], { url, token, threads }: FleetOptions): Promise<Fleet> {
    const shares = Array.from({ length: Math.min(threads, viewers.length) }, (_, thread) =>
      viewers.filter((_viewer, index) => index % threads === thread),
    );
    const fleet = new Fleet(shares.map((share) => new Thread({ url, token, viewers: share })));
    try {
      await Promise.all(fleet.#threads.map((thread) => thread.until('joined', JOIN_MS)));
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  /** Their habits, from the same moment on. */
  begin(): void {
    for (const thread of this.#threads) thread.tell({ type: 'begin' });
  }

  /** As told half a second ago at most. */
  get counts(): ViewerCounts {
    return this.#threads.map(({ counts }) => counts).reduce(addCounts, newViewerCounts());
  }

  /** Waits until all hold these states, but no longer than the deadline, and tells what is wrong then. */
  async check(states: ReadonlyMap<string, State>, deadlineMs: number): Promise<readonly ViewerReport[]> {
    for (const thread of this.#threads) thread.tell({ type: 'check', states, deadlineMs });
    const checked = this.#threads.map((thread) => thread.until('checked', deadlineMs + PATIENCE_MS));
    return (await Promise.all(checked)).map(({ report }) => report);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }
}

type Told<T extends FromWorker['type']> = Extract<FromWorker, { type: T }>;

/** A thread of Node 20 does not take over what the main thread loads TypeScript with. */
const IN_TYPESCRIPT = `
  import('tsx/esm/api').then(({ tsImport }) => tsImport('./worker.ts', '${import.meta.url}'));
`;

class Thread {
  readonly #worker: Worker;
  counts: ViewerCounts = newViewerCounts();

  constructor(workerData: WorkerInput) {
    this.#worker = new Worker(IN_TYPESCRIPT, { workerData, eval: true, execArgv: [] });
    this.#worker.on('message', (message: FromWorker) => {
      if (message.type === 'counts') this.counts = message.counts;
    });
    // Whoever waits for a message hears of it.
    this.#worker.on('error', () => undefined);
  }

  tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  until<T extends FromWorker['type']>(type: T, timeoutMs: number): Promise<Told<T>> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => () => reject(new Error(`viewers: ${why}`));
      const timer = setTimeout(fail(`waited ${timeoutMs} ms until all have ${type}`), timeoutMs);
      timer.unref();
      this.#worker.once('error', reject);
      this.#worker.once('exit', fail('the thread ended'));
      this.#worker.on('message', (message: FromWorker) => {
        if (message.type === type) resolve(message as Told<T>);
      });
    });
  }
}
