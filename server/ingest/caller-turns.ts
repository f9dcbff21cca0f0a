/** Keeps the order of what each caller asks for, where some of it has to wait and some has not. */
export class CallerTurns {
  readonly #last = new WeakMap<object, Promise<void>>();

  /** Something of this caller waits, and what comes has to wait behind it. */
  isWaiting(caller: object): boolean {
    return this.#last.has(caller);
  }

  /** Does the work when what it needs is there, and all that was asked for before is done. `needed` must not reject, nor `work` throw. */
  wait<T>(caller: object, needed: T | Promise<T>, work: (needed: T) => void): void {
    const before = this.#last.get(caller);
    const turn = Promise.all([needed, before]).then(([value]) => {
      work(value);
      if (this.#last.get(caller) === turn) this.#last.delete(caller);
    });
    this.#last.set(caller, turn);
  }
}
