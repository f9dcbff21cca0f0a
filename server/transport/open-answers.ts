/** Requests that have been read but not answered. A node that stops waits for them: what they changed is changed already. */
export class OpenAnswers {
  #count = 0;
  #isDraining = false;
  #emptied: (() => void) | undefined;

  /** From then on each answer is the last one of its connection, and nothing is changed any more. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  drain(): void {
    this.#isDraining = true;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    this.#count--;
    if (this.#count === 0) this.#emptied?.();
  }

  /** Resolves when everything that has arrived by now is answered, or after the deadline. */
  async settled(deadlineMs: number): Promise<void> {
    const late = Date.now() + deadlineMs;
    do {
      if (this.#count > 0) await this.#untilEmpty(late - Date.now());
      // Two turns of the loop have the sockets read once in between.
      await nextTurn();
      await nextTurn();
    } while (this.#count > 0 && Date.now() < late);
  }

  #untilEmpty(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#emptied = undefined;
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, withinMs));
      this.#emptied = done;
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
