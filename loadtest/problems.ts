/** Says the first few and counts the others: what is wrong with one is mostly wrong with thousands. */
export class Problems {
  readonly #texts: string[] = [];
  #count = 0;

  add(text: string): void {
    this.#count += 1;
    if (this.#texts.length < SAID) this.#texts.push(text);
  }

  get count(): number {
    return this.#count;
  }

  list(): readonly string[] {
    const others = this.#count - this.#texts.length;
    return others === 0 ? this.#texts : [...this.#texts, `and ${others} more like these`];
  }
}

const SAID = 5;
