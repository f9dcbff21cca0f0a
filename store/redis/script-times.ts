import { Histogram, SECONDS } from '../../runtime/histogram.ts';
import type { ScriptName } from './scripts.ts';

/** How long scripts took, from sending one to its answer or failure. */
export class ScriptTimes {
  readonly #seconds = new Map<ScriptName, Histogram>();

  /** Of the scripts that were run. */
  get seconds(): ReadonlyMap<ScriptName, Histogram> {
    return this.#seconds;
  }

  note(script: ScriptName, tookMs: number): void {
    let seconds = this.#seconds.get(script);
    if (seconds === undefined) {
      seconds = new Histogram(SECONDS);
      this.#seconds.set(script, seconds);
    }
    seconds.observe(tookMs / 1000);
  }
}
