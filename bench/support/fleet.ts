import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { FleetCall, FleetCounts, FleetOptions } from './fleet-program.ts';

/** Many viewers in a process of their own, which count what they get. */
export class Fleet {
  readonly #process = fork(new URL('./fleet-program.ts', import.meta.url));

  /** Resolves when all of them have got their greetings. */
  static async connect(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet();
    await fleet.#call({ do: 'connect', options });
    return fleet;
  }

  /** Counts anew; with a `tickMs` the time from tick to arrival too. */
  async reset(tickMs = 0): Promise<void> {
    await this.#call({ do: 'reset', tickMs });
  }

  async read(): Promise<FleetCounts> {
    return (await this.#call({ do: 'read' })) as FleetCounts;
  }

  async close(): Promise<void> {
    await this.#call({ do: 'close' });
    this.#process.kill();
    await once(this.#process, 'exit');
  }

  #call(call: FleetCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const failed = (code: number | null) => reject(new Error(`the viewers ended with ${code}`));
      this.#process.once('exit', failed);
      this.#process.once('message', ({ value, error }: { value?: unknown; error?: string }) => {
        this.#process.off('exit', failed);
        if (error === undefined) resolve(value);
        else reject(new Error(error));
      });
      this.#process.send(call);
    });
  }
}
