/** Lets one work of a kind run at a time, in the order of asking. */
export class Turns<Kind> {
  readonly #last = new Map<Kind, Promise<unknown>>();

  take<Result>(kind: Kind, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(kind);
    const mine = before === undefined ? work() : before.then(work);
    const ended = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(kind, ended);
    void ended.then(() => {
      if (this.#last.get(kind) === ended) this.#last.delete(kind);
    });
    return mine;
  }
}
