/** Does the action at a moment of its own choosing, such as when all that is to be read has been read. */
export type Defer = (action: () => void) => void;

interface Flushable {
  flush(): void;
}

/** Those who have something to do once everything that one turn of the event loop brings is there: each is called once. */
export class EndOfTurn {
  readonly #defer: Defer;
  #waiting: Flushable[] = [];

  constructor(defer: Defer) {
    this.#defer = defer;
  }

  add(one: Flushable): void {
    if (this.#waiting.push(one) > 1) return;
    this.#defer(() => {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const each of waiting) each.flush();
    });
  }
}
