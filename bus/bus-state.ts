import type { BusState } from './message-bus.ts';

/** The state that an engine shows, and those who want to hear of its changes. */
export class BusStateHolder {
  #state: BusState;
  readonly #listeners = new Set<{ readonly call: (state: BusState) => void }>();
  readonly #report: (error: unknown) => void;

  /** `report` gets what a listener throws; the other listeners are called all the same. */
  constructor(initial: BusState, report: (error: unknown) => void) {
    this.#state = initial;
    this.#report = report;
  }

  get state(): BusState {
    return this.#state;
  }

  set(state: BusState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue;
      try {
        listener.call(state);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  onState(listener: (state: BusState) => void): () => void {
    const entry = { call: listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }
}
