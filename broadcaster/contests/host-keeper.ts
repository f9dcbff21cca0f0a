import type { ContestDeps, ContestThreadHost } from './contest-types.ts';

/** A host that can be asked. One that is lost, with all its contests, is followed by another one when somebody needs it. */
export class HostKeeper {
  readonly #deps: Pick<ContestDeps, 'createHost' | 'logger'>;
  #host: Promise<ContestThreadHost> | undefined;
  #isStopped = false;

  constructor(deps: Pick<ContestDeps, 'createHost' | 'logger'>) {
    this.#deps = deps;
  }

  /** Starts with the first question, since most broadcasters have no contests. `undefined` where none can be had. */
  async get(): Promise<ContestThreadHost | undefined> {
    if (this.#isStopped) return undefined;
    this.#host ??= this.#start();
    const started = this.#host;
    try {
      return await started;
    } catch (error) {
      if (this.#host === started) this.#host = undefined;
      this.#deps.logger.error({ err: error }, 'the thread of contests cannot be started');
      return undefined;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await (await this.#host?.catch(() => undefined))?.stop();
  }

  async #start(): Promise<ContestThreadHost> {
    const host = this.#deps.createHost((cause) => {
      this.#deps.logger.error(
        { err: cause },
        'the thread of contests is lost; its contests are loaded again',
      );
      this.#host = undefined;
    });
    await host.start();
    return host;
  }
}
