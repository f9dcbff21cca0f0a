export interface Listener<T> {
  answered(value: T): void;
  failed(error: unknown): void;
}

/**
 * A value that comes later, once: as a promise's, but told in the same turn and at the cost of this object, for what is asked so often that
 * promises would be most of its work.
 */
export class Pending<T> {
  #outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  #listener: Listener<T> | undefined;

  answer(value: T): void {
    if (this.#listener === undefined) this.#outcome = { value };
    else this.#listener.answered(value);
  }

  fail(error: unknown): void {
    if (this.#listener === undefined) this.#outcome = { error };
    else this.#listener.failed(error);
  }

  /** Who is told, also of what is known already. There is one, who must not throw. */
  tell(listener: Listener<T>): void {
    this.#listener = listener;
    const outcome = this.#outcome;
    if (outcome === undefined) return;
    if ('value' in outcome) listener.answered(outcome.value);
    else listener.failed(outcome.error);
  }
}

/** For those who wait for promises anyway. */
export function promised<T>(value: T | Pending<T>): T | Promise<T> {
  if (!(value instanceof Pending)) return value;
  return new Promise((resolve, reject) => value.tell({ answered: resolve, failed: reject }));
}
