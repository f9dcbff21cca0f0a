import type { PartitionLease } from '../store/score-store.ts';

/** One term of ownership of one partition: the fence orders owners, the epoch names the views of this term. */
export interface Term extends PartitionLease {
  readonly epoch: string;
}

/** The terms of one broadcaster, one per partition that it owns. */
export class Terms {
  readonly #terms = new Map<number, Term>();
  readonly #leaving = new Set<number>();

  get size(): number {
    return this.#terms.size;
  }

  get(partition: number): Term | undefined {
    return this.#terms.get(partition);
  }

  all(): Iterable<Term> {
    return this.#terms.values();
  }

  /** Those that take dirty names; of one that leaves, what changes from now on is for its successor. */
  *staying(): Iterable<Term> {
    for (const term of this.#terms.values()) if (!this.#leaving.has(term.partition)) yield term;
  }

  begin(term: Term): void {
    this.#terms.set(term.partition, term);
  }

  leave(partition: number): void {
    if (this.#terms.has(partition)) this.#leaving.add(partition);
  }

  end(partition: number): void {
    this.#terms.delete(partition);
    this.#leaving.delete(partition);
  }
}
