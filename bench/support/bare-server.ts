import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { BareOrder } from './bare-program.ts';

/** `bare-program.ts` in a process of its own. It ends with this one. */
export class BareServer {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start(): Promise<BareServer> {
    const child = fork(new URL('./bare-program.ts', import.meta.url));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new BareServer(child, port);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** From now on, until the next order. */
  publish(order: BareOrder): void {
    this.#process.send(order);
  }

  rest(): void {
    this.publish({ everyMs: 0, topics: 0, bytes: 0 });
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await once(this.#process, 'exit');
  }
}
