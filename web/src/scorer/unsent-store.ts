import type { StoredBook } from './score-book.ts';

/** What was entered and not sent outlives the page: a phone throws pages away as it likes. */
export class UnsentStore {
  readonly #key: string;
  #mine = false;

  constructor(match: string) {
    this.#key = `scorewire.unsent.${match}`;
  }

  /**
   * Another tab that scores the same match keeps its own; then this one keeps nothing. Where the browser has no locks
   * (on a page without TLS), the last tab has it.
   */
  async claim(): Promise<boolean> {
    const { locks } = navigator;
    if (locks === undefined) this.#mine = true;
    else {
      this.#mine = await new Promise((resolve) => {
        void locks.request(this.#key, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          // Held as long as the page lives.
          return lock === null ? undefined : new Promise(() => {});
        });
      });
    }
    return this.#mine;
  }

  read(): StoredBook | undefined {
    if (!this.#mine) return undefined;
    try {
      const text = localStorage.getItem(this.#key);
      return text === null ? undefined : (JSON.parse(text) as StoredBook);
    } catch {
      return undefined;
    }
  }

  write(book: StoredBook): void {
    if (!this.#mine) return;
    try {
      if (book.unsent.length === 0) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(book));
    } catch {
      // Storage can be switched off or full; then it is kept in the page only.
    }
  }
}
