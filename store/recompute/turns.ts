import { setImmediate as nextTurn } from 'node:timers/promises';

/** Steps (an operation, a member) after which others get their turn of the event loop: some milliseconds of work. */
const STEPS_OF_TURN = 2000;

/** Lets a long piece of work go on in turns, so that a tick in the same process is not held up. */
export class Turns {
  #steps = 0;

  /** To be awaited after so many steps. */
  async after(steps: number): Promise<void> {
    this.#steps += steps;
    if (this.#steps < STEPS_OF_TURN) return;
    this.#steps = 0;
    await nextTurn();
  }
}
