/** What is told about failures; a logger is one. */
interface Warnings {
  warn(fields: object, message: string): void;
}

/** Counts how often each handler failed, and tells it once per handler: one that is broken fails with every event. */
export class HandlerFailures {
  readonly #warnings: Warnings;
  readonly #counts = new Map<string, number>();

  /** `known` ones count from 0, so that whoever compares two readings sees their first failure. */
  constructor(warnings: Warnings, known: Iterable<string> = []) {
    this.#warnings = warnings;
    for (const handler of known) this.#counts.set(handler, 0);
  }

  /** By handler, such as `leaderboards.myrating`; others than the known ones are in it once they have failed. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  add(handler: string, error: unknown): void {
    const before = this.#counts.get(handler) ?? 0;
    this.#counts.set(handler, before + 1);
    if (before === 0) {
      this.#warnings.warn(
        { handler, err: error },
        'a handler failed: its events are rejected; later failures of it are counted and not logged',
      );
    }
  }
}
