import { OperatingError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { PaceEnded } from './pace.ts';

/** What keeps boards from a checkpoint: each is told when it begins, and again only after a sweep that did not meet it. */
export class Obstacles {
  readonly #logger: Logger;
  readonly #known = new Map<string, string>();
  readonly #met = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  begin(): void {
    this.#met.clear();
  }

  /** After a whole sweep only. */
  end(): void {
    for (const board of this.#known.keys()) if (!this.#met.has(board)) this.#known.delete(board);
  }

  tell(board: string, why: string): void {
    this.#met.add(board);
    if (this.#known.get(board) === why) return;
    this.#known.set(board, why);
    this.#logger.error({ board }, `a board gets no checkpoint: ${why}`);
  }

  /** Work on one board: what is wrong with it (foreign data under its keys, say) is told, and holds up none of the others. */
  async around<T>(board: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof OperatingError || error instanceof PaceEnded) throw error;
      this.tell(board, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}
